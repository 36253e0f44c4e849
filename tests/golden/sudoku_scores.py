"""Writes sudoku_scores.json: completions and what reasoning-gym gives them.

    python tests/golden/sudoku_scores.py        (needs reasoning-gym 0.1.25)

Puzzles are its own, 4x4 and 9x9. The answers are written in every way that its scorer treats differently: right as it
wants them, right in other forms, with wrong or missing cells, with words about them, too long, in no tags.
"""

import json
import pathlib

import reasoning_gym
from reasoning_gym.utils import extract_answer


def answers(entry):
    right = entry["answer"]
    lines = right.split("\n")
    size = len(lines)
    swapped = [lines[1], lines[0], *lines[2:]]
    first = lines[0].split()
    wrong = [" ".join([first[1], first[0], *first[2:]]), *lines[1:]]
    tagged = [
        right,
        right + "\n",
        "\n".join(line + "  " for line in lines),
        "\n".join("".join(line.split()) for line in lines),
        "\n".join("| " + " | ".join(line.split()) + " |" for line in lines),
        "[" + ",\n".join("[" + ", ".join(line.split()) + "]" for line in lines) + "]",
        "\n".join(f"Row {number}: {line}" for number, line in enumerate(lines, 1)),
        "\n".join(f"Row: {line}" for line in lines),
        "The grid is:\n" + right,
        right.replace(first[0], "_", 1),
        "\n".join(swapped),
        "\n".join(wrong),
        "\n".join(lines[:-1]),
        "\n".join([*lines, lines[0]]),
        "\n\n".join(lines),
        " ".join(lines),
        "1 " * size,
        "",
        "none",
        "é " + right,
    ]
    yield from (f"So it is <answer>{answer}</answer>." for answer in tagged)
    yield right
    yield f"<answer>none</answer> no, <answer>\n{right}\n</answer>"
    yield f"<answer>{right}</answer> no, <answer>none</answer>"


rows = []
for name in ("mini_sudoku", "sudoku"):
    data = reasoning_gym.create_dataset(name, size=1, seed=7)
    for entry in data:
        solution = "".join(str(value) for row in entry["metadata"]["solution"] for value in row)
        for completion in answers(entry):
            score = data.score_answer(extract_answer(completion), entry)
            rows.append({"solution": solution, "completion": completion, "score": score})

out = pathlib.Path(__file__).with_suffix(".json")
out.write_text(json.dumps(rows, ensure_ascii=False, indent=0) + "\n")
