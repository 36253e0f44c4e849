"""Writes chat_templates.json: conversations and what transformers renders of them.

    python tests/golden/chat_templates.py        (needs transformers and jinja2)

The templates are our own, written in the style of six families and with the Jinja constructs that those use:
what is tested is that our renderer understands the same language as transformers does. The date is fixed.
"""

import datetime
import json
import pathlib

import jinja2
import transformers
from transformers.utils import chat_template_utils

TODAY = datetime.datetime(2024, 7, 26)


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return TODAY


chat_template_utils.datetime = FixedClock

# Headers, a date, trimmed turns, variables that may be given from outside, a slice of the messages.
LLAMA = r"""{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "1 Jan 2000" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The frame comes first. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set frame = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set frame = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
{%- if tools is not none %}
    {{- "Tools may be used.\n" }}
{%- endif %}
{{- "Knowledge ends: spring\n" + "Today: " + date_string + "\n\n" }}
{{- frame + "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("one call at a time") }}
        {%- endif %}
        {{- message.tool_calls[0].function | tojson(indent=4) }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}
"""

# A frame of its own unless one is given, turns with start and end marks, positions in the loop.
QWEN25 = r"""{%- if tools %}
    {{- '<|im_start|>system\n# Tools\n' }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "<|im_end|>\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>system\nBe of help.<|im_end|>\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\n<tool_response>\n' + message.content + '\n</tool_response>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"""

# Thoughts are taken out of earlier turns; a switch closes the thought before it begins. Does not end with a newline.
QWEN3 = r"""{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- set ns = namespace(searching=true, last_question=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.searching and message.role == "user" and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.searching = false %}
        {%- set ns.last_question = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = message.content %}
        {%- set thoughts = '' %}
        {%- if message.reasoning_content is defined and message.reasoning_content is not none %}
            {%- set thoughts = message.reasoning_content %}
        {%- elif '</think>' in message.content %}
            {%- set content = message.content.split('</think>')[-1].lstrip('\n') %}
            {%- set thoughts = message.content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_question and (loop.last or thoughts) %}
            {{- '<|im_start|>' + message.role + '\n<think>\n' + thoughts.strip('\n') + '\n</think>\n\n' + content.lstrip('\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}"""

# Turns must alternate, or the template raises; the frame goes into the last question; items of a mapping.
MISTRAL = r"""{%- if messages[0]["role"] == "system" %}
    {%- set frame = messages[0]["content"] %}
    {%- set turns = messages[1:] %}
{%- else %}
    {%- set turns = messages %}
{%- endif %}
{%- set questions = turns | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in turns %}
    {%- if not (message.role == "tool" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the frame, roles must alternate user/assistant/...") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in turns %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and frame is defined and (message == questions[-1]) %}
            {{- "[INST]" + frame + "\n\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST]" + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- message["content"] + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant may speak, got " + message.role + "!") }}
    {%- endif %}
{%- endfor %}
"""

# Statements trimmed on both sides, a default for the switch, methods and a condition in an expression.
SMOLLM = r"""{# ---- defaults ---- #}
{%- if enable_thinking is not defined -%}
{%- set enable_thinking = true -%}
{%- endif -%}
{%- if enable_thinking -%}
  {%- set mode = "/think" -%}
{%- else -%}
  {%- set mode = "/no_think" -%}
{%- endif -%}
{{- "<|im_start|>system\n" -}}
{%- if messages[0].role == "system" -%}
  {%- set frame = messages[0].content -%}
  {%- if "/no_think" in frame -%}
    {%- set mode = "/no_think" -%}
  {%- elif "/think" in frame -%}
    {%- set mode = "/think" -%}
  {%- endif -%}
  {%- set custom = frame.replace("/no_think", "").replace("/think", "").rstrip() -%}
{%- endif -%}
{%- set day = strftime_now("%d %B %Y") -%}
{{- "Day: " ~ day ~ "\nMode: " ~ mode ~ "\n\n" -}}
{%- if custom -%}
  {{- custom + "\n\n" -}}
{%- elif mode == "/think" -%}
  {{- "Think first.\n\n" -}}
{%- endif -%}
{{- "<|im_end|>\n" -}}
{%- for message in messages -%}
  {%- set content = message.content if message.content is string else "" -%}
  {%- if message.role == "user" -%}
    {{ "<|im_start|>" + message.role + "\n"  + content + "<|im_end|>\n" }}
  {%- elif message.role == "assistant" -%}
    {%- generation -%}
    {%- if mode == "/think" -%}
      {{ "<|im_start|>assistant\n" + content.lstrip("\n") + "<|im_end|>\n" }}
    {%- else -%}
      {{ "<|im_start|>assistant\n" + "<think>\n\n</think>\n" + content.lstrip("\n") + "<|im_end|>\n" }}
    {%- endif -%}
    {%- endgeneration -%}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {%- if mode == "/think" -%}
    {{ "<|im_start|>assistant\n" }}
  {%- else -%}
    {{ "<|im_start|>assistant\n" + "<think>\n\n</think>\n"  }}
  {%- endif -%}
{%- endif -%}
"""

# All on one line, marks of other scripts, thoughts cut off, a thought begun for the model.
DEEPSEEK = (
    r"{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
    r"{% set ns = namespace(is_first=false, is_tool=false, system_prompt='') %}"
    r"{%- for message in messages %}{%- if message['role'] == 'system' %}"
    r"{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}"
    r"{{bos_token}}{{ns.system_prompt}}"
    r"{%- for message in messages %}"
    r"{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}"
    r"{%- if message['role'] == 'assistant' and message['content'] is not none %}"
    r"{%- if ns.is_tool %}{{'<｜tool▁outputs▁end｜>' + message['content'] + '<｜end▁of▁sentence｜>'}}"
    r"{%- set ns.is_tool = false -%}"
    r"{%- else %}{% set content = message['content'] %}"
    r"{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}"
    r"{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endif %}"
    r"{%- endfor -%}"
    r"{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\n'}}{% endif %}"
)

# Blanks and newlines around tags, where every rule of trimming shows.
BLANKS = """  {% if true %}
  a
    {% endif %}
b {% for m in messages %}
  {{ m.role }}:
\t{{ m.content }}  \t
    {%- if loop.last +%}
 last
{% endif %}
{%+ if loop.first %}
 first
{%+ endif %}

{% endfor %}
{% generation %}
  {{ "kept" }}
{% endgeneration %}
  {# gone #}
 {#- gone too -#}
c
{% raw %}
  {% set x = {{ 1 }} %}
{%- endraw %}
d
{% set block %}
 {{ messages | length }}
{% endset %}
[{{ block }}]

"""

# What the rest of the language does: macros, call blocks, loop controls, filters, tests, methods, how values print.
LANGUAGE = r"""{%- macro turn(message, mark='#') -%}
{{ mark ~ message.role | upper }}:{{ caller() if caller is defined else message.content }}
{%- endmacro -%}
{%- set first, rest = messages[0], messages[1:] -%}
{{ turn(first) }}|{{ turn(first, mark='##') }}|{% call turn(first) %}called{% endcall %}
{% for message in messages %}
  {%- if message.role == 'system' %}{% continue %}{% endif -%}
  {%- if loop.index > 3 %}{% break %}{% endif -%}
  {{ loop.index }}/{{ loop.length }}{{ ' then ' ~ loop.nextitem.role if loop.nextitem is defined }};
{% else %}nobody{% endfor %}
{%- with a = 1, b = [1, 2.0, 'x', true, none, {'k': 'v'}] %}{{ a }} {{ b }} {{ (1, 2) }} {{ b | tojson }} {{ {'a': b} | tojson(indent=2) }}{% endwith %}
{{ messages | tojson }}
{{ messages[0] | tojson(indent=1) }}
{{ true }} {{ none }} {{ undefined_name }}{{ 1.5 }} {{ 7 // 2 }} {{ 7 / 2 }} {{ -7 % 3 }} {{ 2 ** 5 }} {{ 1 < 2 < 3 }}
{{ messages | map(attribute='role') | join(',') }} {{ messages | selectattr('role', 'ne', 'user') | list | length }} {{ messages | rejectattr('role', 'eq', 'user') | map(attribute='content') | first }}
{{ 'a b  c'.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a\nb\r\nc'.splitlines() }} {{ ' x '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'Mixed case'.title() }}|{{ 'abc'.upper()[::-1] }}|{{ 'abc'.find('c') }}
{{ 'content' in messages[0] }} {{ messages[0].get('none', 'fallback') }} {% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %} {{ messages[0].keys() | list }}
{{ messages[0] is mapping }} {{ messages is sequence }} {{ 'x' is sequence }} {{ 'x' is iterable }} {{ 1 is number }} {{ none is none }} {{ 'x' is string }} {{ messages is string }} {{ nothing is undefined }}
{{ 'quoted "text" and \'more\' \\ \u00e9 <b>&</b>' }} {{ '<b>' | e }} {{ ['é', '<&>', '"'] | tojson }} {{ 'é' | tojson(ensure_ascii=true) }}
{{ '%s is %d' | format('x', 3) }} {{ nothing | default('d') }} {{ '' | default('d', true) }} {{ [3, 1, 2] | sort | join }} {{ 'abc' | replace('b', 'B') | capitalize }} {{ [1, 2, 3] | sum }} {{ {'b': 1, 'a': 2} | dictsort }}
{%- set ns = namespace(items=[], text='') -%}
{%- for m in messages -%}{%- set ns.items = ns.items + [m.role] -%}{%- set ns.text = ns.text ~ m.role[0] -%}{%- endfor %}
{{ ns.items }} {{ ns.text }} {{ ns.items[-1] }} {{ ns.items | last }} {{ ns.items | unique | list }} {{ ns.items[:2] }} {{ 'a' * 3 }}
{{ strftime_now('%Y-%m-%d %H:%M %A %j') }} {{ range(3) | list }} {{ dict(a=1) }} {{ ('a' 'b') }} {{ not true or false }} {{ 'x' if false }}.
"""

TEMPLATES = {
    "llama": (LLAMA, {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}),
    "qwen2.5": (QWEN25, {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}),
    "qwen3": (QWEN3, {"eos_token": "<|im_end|>"}),
    "mistral": (MISTRAL, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}),
    "smollm": (SMOLLM, {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>"}),
    "deepseek": (DEEPSEEK, {"bos_token": "<｜begin▁of▁sentence｜>", "eos_token": "<｜end▁of▁sentence｜>"}),
    "blanks": (BLANKS, {}),
    "language": (LANGUAGE, {}),
    "failing": ("{% for m in messages %}\n{{ m.absent.deeper }}\n{% endfor %}", {}),
    "raising": ("{{ raise_exception('not\nfor \"you\"') }}", {}),
    "shouting": ("{% for m in messages %}{{ m.content | upper }}{% endfor %}", {}),
    "silent": ("{{ messages | length }} turns, content hidden", {}),
}


def conversation(*contents, system=None):
    turns = [{"role": "system", "content": system}] if system is not None else []
    for at, content in enumerate(contents):
        turns.append({"role": "assistant" if at % 2 else "user", "content": content})
    return turns


HARD = 'Quotes "double" \'single\' `back`, \\n and \\, <b>&amp;</b>, {{ braces }} {% tags %}\n\nÜñí 漢字 🙂\ttab\u00a0'
THOUGHT = "<think>\nOne. Two.\n</think>\n\nThree."

CONVERSATIONS = {
    "one question": conversation("What is 2 + 2?"),
    "a frame": conversation("What is 2 + 2?", system="  Answer briefly.\n"),
    "several turns": conversation("Hi", "Hello.", "And now?", "Well.", "So?", system="Frame"),
    "hard text": conversation(HARD, HARD, HARD, system=HARD),
    "a thought before": conversation("Count.", THOUGHT, "Go on."),
    "two closing marks": conversation("Count.", "a</think>b</think>\n\nc", "Go on."),
    "to be continued": conversation("Count.", "One, two,"),
    "to be continued with a blank": conversation("Count.", "One, two, "),
    "to be continued after turns": conversation("Count.", THOUGHT, "Again.", "\nOne", system="/no_think Frame"),
    "an open thought": conversation("Count.", "<think>\nOne."),
    "a closed thought": conversation("Count.", THOUGHT),
    "empty turns": conversation("", "", "  \n"),
    "two questions": conversation("a") + conversation("b"),
    "an answer first": [{"role": "assistant", "content": "I begin."}, {"role": "user", "content": "Well."}],
}

# Templates, conversations, values of the switch.
PLAN = [
    (["llama", "qwen2.5", "qwen3", "mistral", "smollm", "deepseek"], list(CONVERSATIONS), [None]),
    (["qwen3", "smollm"], ["one question", "a frame", "a thought before", "to be continued", "an open thought"], [True, False]),
    (["blanks", "language"], ["one question", "several turns", "hard text", "two questions"], [None]),
    (["failing", "raising", "silent"], ["one question"], [None]),
    (["shouting", "silent"], ["to be continued"], [None]),
]


def render(template, messages, thinking):
    """The case's result: a text, or which kind of error."""
    source, specials = TEMPLATES[template]
    options = {} if thinking is None else {"enable_thinking": thinking}
    continued = messages[-1]["role"] == "assistant"
    try:
        rendered, _ = chat_template_utils.render_jinja_template(
            [messages],
            chat_template=source,
            add_generation_prompt=not continued,
            continue_final_message=continued,
            **specials,
            **options,
        )
    except jinja2.exceptions.UndefinedError:
        return {"error": "failed"}
    except jinja2.exceptions.TemplateError as error:
        return {"error": "refused", "message": str(error)}
    except ValueError as error:
        assert "continue_final_message" in str(error), error
        return {"error": "not continued"}
    return {"text": rendered[0]}


def main():
    cases = []
    for templates, conversations, switches in PLAN:
        for template in templates:
            for name in conversations:
                for thinking in switches:
                    messages = CONVERSATIONS[name]
                    case = {"template": template, "name": name, "messages": messages, "thinking": thinking}
                    cases.append(case | render(template, messages, thinking))
    golden = {
        "made_with": {"transformers": transformers.__version__, "jinja2": jinja2.__version__},
        "today": TODAY.date().isoformat(),
        "templates": {name: {"source": source, "specials": specials} for name, (source, specials) in TEMPLATES.items()},
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(len(cases), "cases,", sum("error" in case for case in cases), "of them errors")


if __name__ == "__main__":
    main()
