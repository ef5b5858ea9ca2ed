"""What a server wants beside a LLaVA-OneVision's weights and config."""

import json

TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + ' ' }}"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' %}{{ '<image>' }}{% elif content['type'] == 'video' %}{{ '<video>' }}"
    "{% elif content['type'] == 'text' %}{{ '\\n' + content['text'] }}{% endif %}{% endfor %}{% endif %}{{ '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def write(folder, patches):
    """Writes the processor's settings, for pictures of so many patches, and a chat template that the tiny tokenizer has tokens for."""
    processor = {"processor_class": "LlavaOnevisionProcessor", "num_image_tokens": patches}
    processor |= {"vision_feature_select_strategy": "full", "image_token": "<image>", "video_token": "<video>"}
    folder.joinpath("processor_config.json").write_text(json.dumps(processor), encoding="utf-8")
    folder.joinpath("chat_template.json").write_text(json.dumps({"chat_template": TEMPLATE}), encoding="utf-8")
