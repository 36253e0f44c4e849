"""Makes the Inspect fixtures with inspect_ai itself: pip install inspect_ai; python make_inspect.py

A scripted model answers three Countdown questions with the texts below, twice each.
"""

import json
import os
import pathlib
import tempfile
import zipfile

os.environ["INSPECT_DISPLAY"] = "none"

import tiktoken


class Bytes:
    """Counts tokens without the table that tiktoken would download."""

    def encode(self, text, **_):
        return list(text.encode())[::4]


tiktoken.get_encoding = tiktoken.encoding_for_model = lambda *_: Bytes()

from inspect_ai import Task, eval as run, task
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.log._recorders.chunked import convert_eval_logs_to_chunked
from inspect_ai.model import (
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.scorer import Score, accuracy, scorer
from inspect_ai.solver import generate, solver, user_message

HERE = pathlib.Path(__file__).parent

PROBLEMS = [([18, 7, 4], 15), ([3, 5, 2], 13), ([6, 1, 4], 29)]
ANSWERS = [
    ("18 - 7 = 11, and 11 + 4 = 15. That is it.", "(18 - 7) + 4 = 15\n\n<answer>(18-7)+4</answer>"),
    ("3 * 5 = 15; 15 - 2 = 13. Let me check: 15 - 2 is 13, yes.", "<answer>3*5-2</answer>"),
    ("6 * 4 = 24, 24 + 1 = 25. No, too small. 6 + 1 = 7, 7 * 4 = 28, close. I give up é.", "<answer>7*4</answer>"),
]


def question(numbers, target):
    return (
        f"Using the numbers {numbers}, create an equation that equals {target}. You can use basic arithmetic "
        "operations (+, -, *, /) and each number can only be used once. Show your work, and return the final "
        "answer in <answer> </answer> tags."
    )


@scorer(metrics=[accuracy()])
def exact():
    async def score(state, target):
        right = eval(state.output.completion.split("<answer>")[1].split("<")[0]) == int(target.text)
        return Score(value="C" if right else "I", answer=state.output.completion.split("<answer>")[1].split("<")[0])

    return score


@solver
def second_thoughts():
    """A second turn, so that there are two to join."""

    async def solve(state, generate):
        if state.sample_id == 3:
            state = await user_message("Are you sure?")(state, generate)
            state = await generate(state)
        if state.sample_id == 2 and state.epoch == 2:
            raise RuntimeError("the second epoch of sample 2 is broken on purpose")
        return state

    return solve


@task
def countdown():
    samples = [
        Sample(id=i + 1, input=question(n, t), target=str(t), metadata={"numbers": n, "target": t})
        for i, (n, t) in enumerate(PROBLEMS)
    ]
    return Task(dataset=samples, solver=[generate(), second_thoughts()], scorer=exact(), fail_on_error=False)


def answer(messages, tools, tool_choice, config):
    text = messages[-1].text + messages[0].text
    which = next(i for i, (n, t) in enumerate(PROBLEMS) if str(n) in text)
    thinking, said = ANSWERS[which]
    message = ChatMessageAssistant(
        content=[ContentReasoning(reasoning=thinking), ContentText(text=said)], model="scripted", source="generate"
    )
    output = ModelOutput.from_message(message)
    output.usage = ModelUsage(input_tokens=60, output_tokens=40, total_tokens=100, reasoning_tokens=20)
    return output


def tame(value):
    """Without what belongs to the machine it ran on."""
    if isinstance(value, list):
        return [tame(v) for v in value]
    if isinstance(value, dict):
        hide = ("traceback", "traceback_ansi", "revision", "task_file", "packages", "role_usage", "timelines")
        return {k: ("" if k.startswith("traceback") else None) if k in hide else tame(v) for k, v in value.items()}
    return value


def members(source, target, compression, keep=lambda name: True):
    """A copy of an archive with only some members."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            if keep(name):
                new.writestr(name, json.dumps(tame(json.loads(old.read(name))), ensure_ascii=False))


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    model = get_model("mockllm/model", custom_outputs=answer)
    config = GenerateConfig(temperature=0.6, max_tokens=512)
    run(countdown(), model=model, epochs=2, log_dir=str(folder), log_format="eval", max_samples=1, **config.model_dump(exclude_none=True))
    log = next(folder.glob("*.eval"))
    members(log, HERE / "inspect.eval", zipfile.ZIP_ZSTANDARD)
    members(log, HERE / "inspect_deflate.eval", zipfile.ZIP_DEFLATED)
    # A run that nobody closed: no header, but a journal.
    members(
        log,
        HERE / "inspect_unfinished.eval",
        zipfile.ZIP_DEFLATED,
        lambda name: name not in ("header.json", "summaries.json", "reductions.json") and "3_epoch" not in name,
    )
    write_eval_log(read_eval_log(str(log)), str(folder / "log.json"), "json")
    whole = tame(json.loads((folder / "log.json").read_text()))
    (HERE / "inspect.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False))
    convert_eval_logs_to_chunked(str(log), str(folder / "chunked"))
    members(next((folder / "chunked").glob("*.eval")), HERE / "inspect_chunked.eval", zipfile.ZIP_ZSTANDARD)
