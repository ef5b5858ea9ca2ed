"""The text of a question, and the chat around it: byte for byte what `tokenreel answer` renders for this model.

Text: the question, and each option on a line of its own as it stands, without letters. No trailing newline.
Chat: CHAT_TEMPLATE (Jinja, as in the published LLaVA-OneVision checkpoints) over one user message that holds a video and that text.
The answer is the option's own text, ended by <|im_end|>.
"""

CHAT_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}"
    "{% for content in message['content'] | selectattr('type', 'equalto', 'video') %}{{ '<video>' }}{% endfor %}"
    "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ '\\n' + content['text'] }}{% endfor %}"
    "{{'<|im_end|>'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

PREFIX = "<|im_start|>user "
VIDEO = "<video>"
END = "<|im_end|>"


def text(question: str, options: list[str]) -> str:
    return "\n".join([question, *options])


def suffix(question: str, options: list[str]) -> str:
    """What follows <video> in the rendered chat."""
    return f"\n{text(question, options)}{END}<|im_start|>assistant\n"


def chat(question: str, options: list[str]) -> str:
    """The rendered chat, with one <video> where the visual tokens go."""
    return PREFIX + VIDEO + suffix(question, options)
