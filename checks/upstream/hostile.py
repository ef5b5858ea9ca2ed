"""Questions, responses, judge's replies and subtitles that a parser may trip over. All drawn from one random.Random."""

import ast
import warnings

SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680", "\u2000",
          "\u2007", "\u2009", "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff", "\u180e", "\x00"]
MARKS = [",", ".", "!", "?", ";", ":", "'", '"', "(", ")", "[", "]", "{", "}", "-", "_", "/", "\\", "*", "**", "`", "@", "=", "+",
         "<", ">", "。", "，", "：", "（", "）", "’", "“", "‿", "·", "…", "1,000", "1.5", "٣,٤", "²", "½", "Ⅳ", "٣", "４", "①", "〇",
         ".٣", "१.२", "𝟏,𝟐", ".𝟗", ",４", "²,³", ".½", "." * 33]
LETTERS = ["A", "B", "C", "D", "E", "F", "G", "H", "a", "b", "c", "d", "e", "f", "g", "Ａ", "ａ", "А", "Β", "Å", "É", "ß", "ﬁ",
           "İ", "ı", "Σ", "ς", "K", "ſ", "ǅ", "ŉ", "ΐ", "é", "e\u0301", "B\u0301", "\u0301", "\u20dd", "\u200d", "𝐀", "𝔅", "😀", "👍🏽", "🇦",
           "𐐀", "𐐨", "字", "ก", "ा", "क्", "가", "𞤀", "Ⓐ",
           "ǆ", "Ǆ", "ﬃ", "ﬓ", "և", "ǰ", "ẖ", "ᾳ", "ᾼ", "ῼ", "ᾷ", "ẞ", "ა", "Ა", "ꭰ", "Ꭰ", "ᲀ", "\u0345", "ª", "ʰ", "Ⅷ", "ⓐ", "𖹀", "𝟗"]
PHRASES = ["the answer is", "The answer is", "The best answer is", "The correct answer is", "The answer", "answer is", "Best answer:",
           "Best option:", "The best option is", "The correct option is", "The best option isThe correct option is", "I choose", "i pick",
           "My choice is", "choice is", "THE ANSWER İS", "İİ the answer is", "정답은", "답:", "옵션", "答案是", "答案为", "选", "答えは", "Option",
           "None of the above", "I think", "it is", "Both", "and", "not", "because", "the person", "at home now", "Answer:", "so"]
TAGS = ["<think>", "</think>", "<analysis>", "</analysis>", "<THINK>", "</THINK>", "<think>B</think>", "<think>\n(A)\n</think>\n",
        "<analysis>C.</analysis>", "<think>", "</think>", "<think><think>", "</think></think>", "<answer>", "</answer>", "<think >", "<thi", "nk>",
        "<Think>", "</Think>", "<ANALYSIS>", "</ANALYSIS>", "＜think＞", "<think/>", "</ think>", "<reasoning>", "</reasoning>"]
# Texts (%) with reasoning before, within or behind them.
REASONED = ["<think>%</think>%", "<think>\n%\n</think>\n\n%", "%</think>%", "<think>%", "%<think>%", "%</think>", "<think>%<think>%</think>%</think>%",
            "<THINK>%</THINK>%", "<Think>%</think>%", "<think>%</THINK>%", "<analysis>%</analysis>%", "<think>%<analysis>%</think>%</analysis>%",
            "<analysis>%<think>%</analysis>%</think>%", "</think>%<think>%", "</think>%<think>%</think>%", "<think>%</think>%<think>%</think>%",
            "<think></think>%", "<think>%</think>", "%</think>%</think>%", "<analysis>%</think>%", "<thi<think>%</think>nk>%</think>%",
            "<think>%</think>\xa0%\u3000", "%\u2028<think>%</think>", "<think>%</think><analysis>%</analysis>%", "%</analysis>%</think>%"]
WORDS = ["runs away", "eats food", "sits down", "plays", "reads a book", "a dog", "A man", "Straße", "ΟΔΟΣ", "οδος", "İstanbul", "ﬁsh", "cat",
         "naïve", "one two three four", "3", "1.5", "red", "red car", "😀", "to eat", "c d", "don't", "E", "dog.", "x", "", "ΑΣ", "ΑΣ Α", "ΑΣ.Β"]


def spaced(draw, text):
    """A text between white space, or not."""
    edge = lambda: draw.choice(SPACES) if draw.random() < 0.3 else ""
    return edge() + text + edge()


def phrase(draw):
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(1, 4)))


def recased(draw, text):
    return draw.choice([str, str, str.lower, str.upper, str.title, str.capitalize, str.swapcase])(text)


def clean(draw, options):
    """What models mostly say."""
    letter = draw.choice("ABCDEFGHIJKL"[: max(5, len(options))])
    forms = ["%s", "%s.", "(%s)", "%s)", "%s: %s", "%s. %s", "(%s) %s", "The answer is %s.", "The best answer is (%s) %s", "Answer: %s", "**%s**",
             "The correct option is %s", "%s %s", "I think it is %s, %s", "Option %s", "%s, because the %s", "It is the %s", "%s\n%s", "%s</s>"]
    form = draw.choice(forms)
    text = form.replace("%s", letter, 1) if form.count("%s") > 0 else form
    return text.replace("%s", recased(draw, draw.choice(options) if options else phrase(draw)))


def hostile(draw, options):
    """Pieces that a parser may trip over, one behind the other."""
    pools = [SPACES, MARKS, LETTERS, PHRASES, WORDS, TAGS, list("ABCDEF"), [" "]]
    weights = [3, 3, 3, 2, 2, 1, 4, 4]
    if draw.random() < 0.4:
        weights[5] = 0
    pieces = []
    for _ in range(draw.choice([0, 1, 2, 3, 4, 5, 7, 10, 16])):
        if options and draw.random() < 0.15:
            pieces.append(recased(draw, draw.choice(options)))
            continue
        pieces.append(draw.choice(draw.choices(pools, weights)[0]))
        if draw.random() < 0.4:
            pieces.append(" ")
    return "".join(pieces)


def edited(draw, text):
    """A text with a few pieces put in, doubled or left out."""
    for _ in range(draw.choice([0, 1, 1, 2, 3])):
        at = draw.randint(0, len(text))
        match draw.randrange(3):
            case 0:
                text = text[:at] + draw.choice(draw.choice([SPACES, MARKS, LETTERS, TAGS])) + text[at:]
            case 1:
                text = text[:at] + text[at + 1 :]
            case 2:
                text = text[:at] + text[max(0, at - 3) :]
    return text


def worded(draw, options):
    """The words of an option or two, without a letter."""
    said = lambda: recased(draw, draw.choice(options) if options else phrase(draw))
    form = draw.choice(["%s", "they would say it was %s", "first we see %s and then %s", "so %s\u2028is\x85what\xa0they do"])
    return form.replace("%s", said(), 1).replace("%s", said())


def reasoned(draw, options):
    """Texts between tags, which may be nested, crossed, of another case or open."""
    first, *others = draw.choice(REASONED).split("%")
    return first + "".join(draw.choice([clean, clean, worded, hostile])(draw, options) + tag for tag in others)


def response(draw, options):
    kind = draw.random()
    if kind < 0.5:
        return draw.choice([clean, clean, clean, worded, reasoned])(draw, options)
    return edited(draw, draw.choice([clean, clean, worded, reasoned])(draw, options)) if kind < 0.7 else hostile(draw, options)


def question(draw):
    if draw.random() < 0.5:
        return "what does the person do"
    return spaced(draw, "".join(draw.choice(draw.choice([LETTERS, WORDS, MARKS, [" "]])) for _ in range(draw.randint(1, 8))))


def options(draw, count):
    texts = [draw.choice(["", "A. ", "(B) "] if draw.random() < 0.2 else [""]) + phrase(draw) for _ in range(count)]
    return [spaced(draw, text) for text in texts]


def annotation(draw, task, number):
    """A row of a benchmark's annotations, in its published columns."""
    letter = lambda letters: draw.choice(letters)
    match task:
        case "videomme" | "videomme_w_subtitle":
            texts = [f"{each}. {text}" for each, text in zip("ABCD", options(draw, 4))]
            return {"video_id": str(number), "videoID": f"v{number}", "question_id": f"{number}-1", "question": question(draw), "options": texts,
                    "answer": letter("ABCD"), "duration": letter(["short", "medium", "long"]), "domain": "Knowledge",
                    "sub_category": "Astronomy", "task_type": "OCR Problems"}
        case "mvbench":
            texts = options(draw, draw.choice([2, 3, 4, 5, 6, 7, 8, 12]))
            return {"video": "v.mp4", "question": question(draw), "candidates": texts, "answer": draw.choice(texts)}
        case "mlvu_dev":
            return {"video_name": "v.mp4", "question": question(draw), "answer": letter("ABCD"), "duration": 1.0,
                    "task_type": letter(["anomaly_reco", "count", "ego", "needle", "order", "plotQA", "topic_reasoning"])}
        case "mlvu_test":
            return {"video_name": "v.mp4", "question": question(draw), "answer": letter("ABCDEF"), "duration": 1.0, "task_type": letter(
                ["anomaly_reco", "count", "ego", "needleQA", "order", "plotQA", "sportsQA", "topic_reasoning", "tutorialQA"])}
        case "longvideobench_val_v":
            count = draw.randint(2, 5)
            texts = options(draw, count) + ["N/A"] * (5 - count)
            return {"id": str(number), "video_path": "v.mp4", "question": question(draw), **{f"option{i}": text for i, text in enumerate(texts)},
                    "correct_choice": draw.randrange(count), "duration_group": letter([15, 60, 600, 3600]), "question_category": letter(["E2O", "T3E"])}
        case "egoschema" | "egoschema_subset":
            texts = [spaced(draw, draw.choice(["", f"{each}. "]) + text) for each, text in zip("ABCDE", options(draw, 5))]
            return {"question_idx": str(number), "video_idx": f"v{number}", "question": question(draw), "option": texts,
                    "answer": letter("01234") if task == "egoschema_subset" else None}
        case "nextqa_mc_test":
            return {"video": 4010069381 + number, "question": question(draw), "answer": draw.randrange(5), "qid": "1", "type": "CW",
                    **{f"a{i}": text for i, text in enumerate(options(draw, 5))}}
        case "perceptiontest_val_mc":
            count = draw.choice([1, 2, 3, 3, 3, 3, 4, 5])
            return {"video_name": "v", "question": question(draw), "question_id": str(number), "options": options(draw, count),
                    "answer_id": draw.choice([str, int])(draw.randrange(count)), "area": "physics", "reasoning": "descriptive", "tag": ["motion"]}
        case "activitynetqa":
            return {"video_name": "v", "question": question(draw), "answer": phrase(draw), "question_id": f"v_{number}", "type": 3}


def choices(task, row):
    """The texts of a row's options."""
    return row.get("options") or row.get("option") or row.get("candidates") or [
        text for name, text in row.items() if name[:-1] in ("a", "option") and text != "N/A"]


STRINGS = ["'yes'", '"yes"', "'no'", '"No"', "'Yes.'", "'not yes'", "'maybe'", "'ye' 's'", "'ye'\n's'", "u'yes'", "U'no'", "r'yes'", "R'no\\q'",
           "b'yes'", "rb'yes'", "bR'no'", "f'yes'", "fr'yes'", "ur'yes'", "'''yes'''", '"""no\n"""', "'y\\x65s'", "'y\\145s'", "'\\u0079es'",
           "'\\U00000079es'", "'\\N'", "'y\\es'", "'y\\\nes'", "'y\nes'", "'\\x6'", "'\\u12'", "'\\U00110000'", "'\\ud800'", "'\\400yes'", "b'\\400'",
           "b'é'", "'YEſ'", "'İes NO'", "''", "'", "'\\'yes\\''", "\"it's no\"", "'no' b'x'", "b'n' b'o'", "'yes' f'x'", "'😀 yes'", "'yes\\\\'", "yes",
           "('yes')", "(('no'))", "('yes',)", "['yes']", "'yes' 'no' \"maybe\"", "'\\0no'", "'\\a\\b\\f\\n\\r\\t\\v no'", "'no' # c\n", "Yes", "'NONE'"]
NUMBERS = ["4", "4.8", "4.", ".5", "+4", "-4", "- 4", "+ 4.5", "--4", "+-4", "~4", "4e0", "4E+1", "4e", "1e400", "-1e400", "1e20", "1e308", "0x1F", "0X_f", "0o17",
           "0b101", "0b2", "0o8", "0x", "1_000", "1__0", "_1", "1_", "1_0.5_0", "1e1_0", "1_.5", "04", "00", "0_0", "04.5", "04e1", "0_7", "09", "4j", "1+2j",
           "-1-2.5j", "1+2", "2j+1", "1+-2j", "True", "False", "None", "...", "'4'", "' 4 '", "'4.8'", "'+4'", "'-_4'", "'1_0'", "'٤'", "'４'", "'\u30004\x85'",
           "b'4'", "b' 4\\n'", "b'1_0'", "'0x4'", "''", "(4)", "-(4)", "(-4)", "(4,)", "[4]", "set()", "set( )", "set(1)", "four", "4 # c\n", "4#c", "4\n", "\\\n4",
           "4 if 1 else 2", "4*1", "4or 5", "4 5", "4,5", "99999999999", "2147483647", "-2147483648", "2147483648", "9" * 40, "0x" + "f" * 40,
           "1e-400", "1e15", "4.99999999999999999", "-0.0", "-.5", "0.1e1", "1.e-5", "5/1", "4L", "0xfg", "1_000j"]
def _sound(texts, kinds):
    """Of texts those that Python reads as one of these kinds."""

    def read(text):
        try:
            return ast.literal_eval("{0: " + text + "}")[0]
        except Exception:
            return None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [text for text in texts if isinstance(read(text), kinds)]


SOUND_STRINGS = _sound(STRINGS, str)
SOUND_NUMBERS = _sound(NUMBERS, (int, float, str, bytes))
KEYS = ["'pred'", '"pred"', "'score'", '"score"', "'pr' 'ed'", "u'score'", "b'pred'", "pred", "score", "'Score'", "1", "None", "('a', 1)", "['a']", "()", "(set(),)",
        "'\\x70red'", "'''score'''", "1.5", "-1", "True", "[]", "'reason'", "**a", "*a", "ｓｅｔ()", "ſet( )", "Ｎone", "１", "é", "set\u0301()"]


def reply(draw):
    """What a judge may say: a Python dictionary, more or less. About half of them can be read."""
    odd = draw.random() ** 2  # how many of the pieces are any, beside those that are sound
    some = lambda sound, any: draw.choice(any if draw.random() < odd else sound)
    gaps = ["", " ", "\n", "\t", "\x0c", "  ", "\r\n", "\r", "\\\n", "# c\n", "# }\n", "\xa0", "\\ \n", "\x0b"]
    gap = lambda: some(gaps[:10], gaps) if draw.random() < 0.25 else ""
    value = lambda: some(["[]", "()", "[1, 'a',]", "(1)", "(1,)", "[[[]]]", "None", "'why'", "1+2j", "set()"],
                         STRINGS + NUMBERS + KEYS + ["[1 2]", "(,)", "[,]", "[*a]", "1:2", "(1, 2"])
    entries = [(some(["'pred'", '"pred"', "u'pred'", "'pr' 'ed'", "('pred')"], KEYS), some(SOUND_STRINGS, STRINGS)),
               (some(["'score'", '"score"', "'''score'''", "'\\x73core'"], KEYS), some(SOUND_NUMBERS, NUMBERS))]
    if draw.random() < 0.4:
        entries.insert(draw.randrange(3), (some(["'reason'", "1", "None", "('a', 1)", "1.5", "-1", "()", "b'pred'"], KEYS), value()))
    if draw.random() < 0.2:
        draw.shuffle(entries)
    inside = ",".join(f"{gap()}{key}{gap()}:{gap()}{text}{gap()}" for key, text in entries) + some(["", ",", ", "], ["", ",,", " # end", ";"])
    head = some(["", "Sure: ", "```python\n", " \n", "}"], ["{'a'} ", "{{"])
    text = head + "{" + inside + some(["}", "}}", "", "} {'pred': 'no', 'score': 1}", "}\n```", " {"], ["# }"])
    if draw.random() < 0.1:
        at = draw.randint(0, len(text))
        piece = draw.choice(["", "'", '"', "\\", "#", "(", ")", "[", "]", ",", ":", "1", "_", ".", "e", " ", "\n", "\x00", "é", "\u3000", "\u2028", "\ud800"])
        text = text[:at] + piece + text[at + draw.randint(0, 1) :]
    return text


def subtitles(draw):
    """A .srt file's text that upstream can read, frames per second, the number of frames, and how many are sampled."""
    fps = draw.choice([24.0, 25.0, 29.97, 30.0, 23.976])
    frames = draw.choice([50, 300, 3000, 30000, 90000])
    seconds = frames / fps
    number = lambda form, value: (draw.choice([" %d", "+%d", "%d\u3000", "0_%d"]) if draw.random() < 0.03 else form) % value
    stamp = lambda at: ":".join([number("%02d", at // 3600), number("%02d", at // 60 % 60), number("%02d", at % 60)]) + "," + number("%03d", at * 1000 % 1000)
    mark = lambda text: f'<font color="white" size=".72c">{text}</font>'
    blanks = [each for each in SPACES if not set(each) & set("\r\n")]
    entries, ranges, at = [], [], 0.0
    for place in range(draw.choice([0, 1, 5, 31, 32, 33, 40, 120, 400])):
        length = draw.choice([0.4, 1.0, 2.5, seconds / 30])
        if ranges and draw.random() < 0.2:  # once more the range of an entry before
            shown = draw.choice([ranges[-1], draw.choice(ranges)])
        else:
            shown, at = (at, at + length), max(0.0, at + draw.choice([length, length, length / 2, 0.0, length * 2, -length]))
        ranges.append(shown)
        body = draw.choice([mark("s%d"), mark("s%d\nnext"), "plain %d", mark("") + "%d", mark("é%d") + " " + mark("two"), mark("<i>%d</i>"),
                            mark(draw.choice(blanks) + draw.choice(LETTERS) + "%d" + draw.choice(blanks)), mark("%d").replace(".", "x"),
                            mark("%d").replace("font", "FONT")])
        entries.append("%d\n%s --> %s%s\n%s" % (place + 1, *map(stamp, shown), draw.choice(["", "", "", " ", " --> x"]), body % place))
    end = draw.choice(["", "\n", "\n\n", "\n\n \x85\n\n\u3000"])
    return draw.choice(["\n\n", "\r\n\r\n", "\r\r"]).join(entries) + end, fps, frames, draw.choice([8, 32, 64])
