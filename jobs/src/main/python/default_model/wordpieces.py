"""A byte-level BPE tokenizer in Qwen2's manner: every byte, and every word of the benchmark as one token."""

from itertools import product

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

COLOURS = ["red", "yellow", "green", "cyan", "blue", "purple"]
SHAPES = ["circle", "square", "triangle", "cross"]
WAYS = ["left", "right", "up", "down"]
COUNTS = ["1", "2", "3", "4"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>", "<video>"]

_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_MOST = 1024  # entries; the words need far fewer


def corpus() -> list[str]:
    questions = [f"What colour is the {shape}?" for shape in SHAPES]
    questions += [f"What shape is the {colour} object?" for colour in COLOURS]
    questions += [f"Which way does the {colour} object move?" for colour in COLOURS]
    questions += [f"Which object is the {place} to appear?" for place in ("first", "last")]
    questions += ["How many coloured objects appear?"]
    questions += [question + "\n" for question in questions]
    options = COLOURS + SHAPES + WAYS + COUNTS + [f"{colour} {shape}" for colour, shape in product(COLOURS, SHAPES)]
    return questions + options + ["user", "assistant"]


def build() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_MOST,
        min_frequency=1,
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    for word in COLOURS + SHAPES + WAYS + COUNTS:
        assert len(tokenizer.encode(word).ids) == 1, word
    for word in COLOURS + SHAPES:
        assert len(tokenizer.encode(" " + word).ids) == 1, word
    return tokenizer
