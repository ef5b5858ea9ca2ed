"""Writes what Jinja gives for templates, with the settings that Transformers has for chat templates; UpstreamTemplatesTest holds
this project against it.

    python checks/upstream/templates.py --out FILE [--drawn N] [--seed N]

Needs jinja2 3.1. Some templates are in the forms that published checkpoints have theirs in, others are drawn from texts and tags with
all signs beside delimiters. A line of the file has "template", "values" and "output".
"""

import argparse
import json
import pathlib
import random

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

PARTS = [{"type": "video"}, {"type": "text", "text": "What happens?\n  Say { it }, 'x' <b>."}]
PLAIN = "<video>\nWhat happens?"

# The forms of Qwen3-VL's: signs beside expressions, macros, counters in a namespace.
INDENTED = """{%- set image_count = namespace(value=0) %}
{%- set video_count = namespace(value=0) %}
{%- macro content_of(content, counted) %}
    {%- if content is string %}
        {{- content }}
    {%- elif content is iterable and content is not mapping %}
        {%- for item in content %}
            {%- if 'image' in item or 'image_url' in item or item.type == 'image' %}
                {%- set image_count.value = image_count.value + 1 %}
                {%- if add_vision_id %}Picture {{ image_count.value }}: {% endif -%}
                <|vision_start|><|image_pad|><|vision_end|>
            {%- elif 'video' in item or item.type == 'video' %}
                {%- set video_count.value = video_count.value + 1 %}
                {%- if add_vision_id %}Video {{ video_count.value }}: {% endif -%}
                <|vision_start|><|video_pad|><|vision_end|>
            {%- elif 'text' in item %}
                {{- item.text }}
            {%- else %}
                {{- raise_exception('Unexpected item type in content.') }}
            {%- endif %}
        {%- endfor %}
    {%- elif content is none or content is undefined %}
        {{- '' }}
    {%- endif %}
{%- endmacro %}
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}
        {{- content_of(messages[0].content, false) + '\\n\\n' }}
    {%- endif %}
    {{- "# Tools\\n\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools>{\\"name\\": <function-name>}<|im_end|>\\n" }}
{%- else %}
    {%- if messages[0].role == 'system' %}
        {{- '<|im_start|>system\\n' + content_of(messages[0].content, false) + '<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == "user" %}
        {{- '<|im_start|>' + message.role + '\\n' }}
        {%- if message.content is string %}
            {{- message.content }}
        {%- else %}
            {{- content_of(message.content, true) }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role + '\\n' }}
        {%- generation -%}
        {{- message.content }}
        {%- endgeneration -%}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

# The forms of its -Thinking: a slice from behind, methods of texts.
THINKING = """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" %}
        {%- set content = message.content if message.content is string else '' %}
        {%- if not(content.startswith('<tool_response>') and content.endswith('</tool_response>')) %}
            {%- set ns.multi_step_tool = false %}
            {%- set ns.last_query_index = index %}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role == "assistant" %}
        {%- set content = message.content %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index and (loop.last or (not loop.last and reasoning_content)) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' }}
        {%- if message.content is string %}{{- message.content }}{%- else %}
            {%- for item in message.content %}
                {%- if item.type == 'video' %}<|vision_start|><|video_pad|><|vision_end|>{%- elif 'text' in item %}{{- item.text }}{%- endif %}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n<think>\\n' }}
{%- endif %}
"""

# The forms of LLaVA-OneVision's and Qwen2-VL's: one line, tags in the middle of it, newlines in texts.
ONE_LINE = (
    "{% set count = namespace(value=0) %}{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\n"
    "You are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'video' or 'video' in content %}{% set count.value = count.value + 1 %}{% if add_vision_id %}"
    "Video {{ count.value }}: {% endif %}<|video_pad|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SELECTED = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}"
    "{% if message['content'] is string %}{{ '\\n' + message['content'] | trim }}{% else %}"
    "{% for content in message['content'] | selectattr('type', 'equalto', 'video') %}{{ '<video>' }}{% endfor %}"
    "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ '\\n' + content['text'] }}{% endfor %}{% endif %}"
    "{{'<|im_end|>'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Expressions one by one.
EXPRESSIONS = [
    "{{ messages[0]['role'].upper() ~ '|' ~ 'A b'.lower() }}",
    "{{ messages[0].get('name', 'nobody') }}/{{ messages[0].get('role') }}",
    "{{ ' a b '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'xa'.lstrip('x') }}|{{ 'ax'.rstrip('x') }}",
    "{{ 'a,b,c'.split(',')[1] }}{{ 'a,b,c'.split(',', 1)[1] }}{{ ' a  b '.split()[1] }}",
    "{{ 'a.b.c'.replace('.', '-') }}{{ 'a.b.c'.replace('.', '-', 1) }}",
    "{{ 'abc'[::-1] }}{{ 'abc'[1:] }}{{ 'abc'[:-1] }}{{ 'abc'[-1] }}",
    "{% for m in messages[::-1] %}{{ m.role }}{{ loop.index }}{{ 'first' if loop.first }}{% endfor %}",
    "{{ '[::-1]' }}{{ \"it's %} and }} \" }}{{ {'a': {'b': 'c'}}['a']['b'] }}",
    "{{ -1 }}{{- -1 }}{{ 1 + 2 * 3 }}{{ 7 // 2 }}{{ 7 % 4 }}{{ 'x' if not true else 'y' }}{{ 'z' if none is none }}",
    "{{ 'yes' if messages|length > 1 else 'no' }}{{ (messages|length - 1) - 1 }}",
    "{{ {'a': {'b': ['c']}}['a']['b'][0] }}{% set x = {'a': {'b': 1}} %}{{ x.a.b + 1 }}",
    "{% set n = namespace(a=messages|length - 1, b='x, y' ~ 'z') %}{{ n.a }}{{ n.b }}",
    "{% set x = 'a' %}{% if x is defined and y is not defined and x != 'b' %}{{ x }}{% endif %}",
    "{% raw %} {{ not this }} {%- nor this %} {% endraw %}|",
    "{%- raw -%}\n {{ x }} \n{%- endraw -%}\n |",
    "{# a comment #}\n a {#- another -#} b\n  {# and one in its line #}\nc",
    "{ {{- 'x' -}} }{ {%- if true -%} { {%- endif -%} }",
    "{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}",
    "{{ ['a', 'b'] | join(', ') }}{{ 'x' if 'a' in ['a'] }}{{ 'y' if 'z' not in 'abc' }}",
    "{% macro m(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ m('1') }}{{ m('1', b='2') }}",
    "{% if not add_generation_prompt is defined %}a{% else %}b{% endif %}{{ 'c' if not messages[0].content is string else 'd' }}",
    "{{ 'a' if not 'x' == 'y' and not 'x' in 'yz' else 'b' }}{{ 'c' if 'x' not in 'y' and 'x' is not none }}{{ not_a }}",
    "{% if (not messages[0].role == 'user') or not (true and not false) %}a{% else %}b{% endif %}{{ [not 'a' == 'b', 1]|length }}",
    "{{ 'a' is iterable and 'a' is sequence and [1] is iterable and 1 is not iterable and {} is iterable }}".replace("{{ ", "{% if ").replace(" }}", " %}y{% endif %}"),
    "{{ x|default(0) + 1 }}{{ 'a' if x|default(false) else 'b' }}{{ ''|default('c', true) }}{{ 'd'|default('e') }}",
    "{{ ', '.join(['a', 'b']) }}{{ 'y' if 'abc'.startswith(('x', 'a')) and 'z' }}{{ x or 'b' }}{{ 'c' or 'd' }}{#-#} a\n b",
    "a\n",
    "a\n\n",
    "a \r\n  {% if true %} \r\n b {% endif %}\r\n",
]
TEXTS = ["", " ", "\n", "  ", "\t", "\n  ", " \n", "a", " a ", "a\n", "\n a", "{", "} ", "\n\n", "a \n "]
TAGS = [("{%", " if true ", "%}"), ("{%", " endif ", "%}"), ("{%", " set x = 'a' ", "%}"), ("{{", " 'v' ", "}}"), ("{{", " ' ' ", "}}"), ("{#", " c ", "#}")]


def environment():
    """Transformers' of 5.24, _compile_jinja_template of utils/chat_template_utils.py."""

    class Generation(jinja2.ext.Extension):
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
            return jinja2.nodes.CallBlock(self.call_method("_said"), [], [], body).set_lineno(line)

        def _said(self, caller):
            return caller()

    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    made.globals["raise_exception"] = raise_exception
    return made


def conversations():
    user = {"role": "user", "content": PARTS}
    yield {"messages": [user], "add_generation_prompt": True}
    yield {"messages": [{"role": "user", "content": PLAIN}], "add_generation_prompt": True}
    yield {"messages": [{"role": "system", "content": "Be short."}, user], "add_generation_prompt": False, "add_vision_id": True}
    replied = {"role": "assistant", "content": "<think>\nWell.\n</think>\n\nA circle."}
    yield {"messages": [user, replied, {"role": "user", "content": "Sure?"}], "add_generation_prompt": True}


def drawn(draw, made):
    """Texts and tags in turns; each tag has signs of its own, and ifs are closed."""
    while True:
        template = mixed(draw)
        try:
            made.from_string(template)
        except jinja2.TemplateSyntaxError:
            continue  # a brace before a tag may make another tag of it
        return template


def mixed(draw):
    opened, parts = 0, [draw.choice(TEXTS)]
    for _ in range(draw.randint(1, 6)):
        start, inside, end = draw.choice(TAGS)
        if "endif" in inside and not opened:
            continue
        opened += (" if " in inside) - ("endif" in inside)
        signs = ["", "", "-"] if start == "{{" else ["", "", "-", "+"]
        parts += [start + draw.choice(signs if start != "{#" else ["", "-"]) + inside + draw.choice(signs if start != "{#" else ["", "-"]) + end]
        parts += [draw.choice(TEXTS)]
    return "".join(parts) + "{% endif %}" * opened


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=pathlib.Path, required=True)
    options.add_argument("--drawn", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    draw, made = random.Random(given.seed), environment()
    cases = [(template, values) for template in [INDENTED, THINKING, ONE_LINE, SELECTED] for values in conversations()]
    cases += [(template, values) for template in EXPRESSIONS for values in list(conversations())[-1:]]
    cases += [(drawn(draw, made), {}) for _ in range(given.drawn)]
    with given.out.open("w", encoding="utf-8") as out:
        for template, values in cases:
            output = made.from_string(template).render(**values)
            out.write(json.dumps({"template": template, "values": values, "output": output}) + "\n")


if __name__ == "__main__":
    main()
