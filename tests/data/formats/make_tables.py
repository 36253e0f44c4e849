"""Makes the other fixtures: pip install pyarrow reasoning-gym; python make_tables.py DATA

`DATA` is the folder of public samples that README.md names. Parquet files are written by pyarrow, with the columns and
types that TRL's `completions_*.parquet` and TinyZero's task files have; reasoning-gym's rows come from reasoning_gym.
"""

import json
import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import reasoning_gym

HERE = pathlib.Path(__file__).parent
DATA = pathlib.Path(sys.argv[1])


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def write(name, rows):
    (HERE / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


traces = [row for row in lines(DATA / "real_traces/unlabelled.jsonl") if row["task"] == "countdown"]
short = sorted(traces, key=lambda row: len(row["text"]))[10:14]
write("real_traces.jsonl", short[:2])
gold = sorted(lines(DATA / "habits_gold/gold.jsonl"), key=lambda row: len(row["trace"]))
write("habits_gold.jsonl", [next(row for row in gold if row["task"] == "countdown"), next(row for row in gold if row["task"] == "math")])

anchors = min(lines(DATA / "thought_anchors/chunks_labeled.jsonl"), key=lambda row: len(row["chunks"]))
write("thought_anchors.jsonl", [anchors])
(HERE / "chunks_labeled.json").write_text(json.dumps(anchors["chunks"][:12], indent=2, ensure_ascii=False))

# What verl's _dump_generations writes.
write("verl.jsonl", [
    {"input": f"user\n{row['question']}\nassistant\n", "output": row["text"], "gts": None, "score": row["score"], "step": 40, "acc": row["score"] >= 1}
    for row in short
])

# What GRPOTrainer writes: plain prompts in one file, conversations in the other.
pq.write_table(pa.table({
    "step": [5, 5],
    "prompt": [row["question"] for row in short[:2]],
    "completion": ["<think>\n" + row["text"].replace("<answer>", "</think>\n<answer>") for row in short[:2]],
    "format_reward": [1.0, float("nan")],
    "exact_reward": [row["score"] for row in short[:2]],
    "advantage": [0.5, -0.5],
}), HERE / "trl.parquet", compression="snappy")
pq.write_table(pa.table({
    "step": [7],
    "prompt": [[{"role": "user", "content": short[2]["question"]}]],
    "completion": [[{"role": "assistant", "content": short[2]["text"]}]],
    "exact_reward": [short[2]["score"]],
    "advantage": [0.0],
}), HERE / "trl_chat.parquet", compression="zstd")

pq.write_table(pa.table({"text": ["a", "b"]}), HERE / "lz4.parquet", compression="lz4")

asked = "Using the numbers [44, 19, 35], create an equation that equals 98."
pq.write_table(pa.table({
    "target": [98],
    "nums": [[44, 19, 35]],
    "data_source": ["countdown"],
    "prompt": [[{"role": "user", "content": asked}]],
    "ability": ["math"],
    "reward_model": [{"style": "rule", "ground_truth": {"target": 98, "numbers": [44, 19, 35]}}],
    "extra_info": [{"split": "train", "index": 0}],
}), HERE / "tinyzero.parquet", compression="gzip")

# Two questions of a data set, and what reasoning-gym's evaluation writes of one of them.
sets = reasoning_gym.create_dataset("countdown", size=2, seed=1)
rows = [dict(entry) for entry in sets]
write("reasoning_gym.jsonl", rows)
said = f"Let me think.\n<answer>{rows[0]['answer']}</answer>"
(HERE / "reasoning_gym_eval.json").write_text(json.dumps({
    "name": "countdown",
    "model": "scripted/model",
    "results": [
        {
            "question": rows[0]["question"],
            "expected_answer": rows[0]["answer"],
            "best_model_answer": rows[0]["answer"],
            "best_full_model_response": said,
            "best_score": 1.0,
            "mean_score": 0.505,
            "completions": [
                {"model_answer": rows[0]["answer"], "full_model_response": said, "score": 1.0},
                {"model_answer": "1", "full_model_response": "<answer>1</answer>", "score": 0.01},
            ],
            "metadata": rows[0]["metadata"],
        },
        {
            "question": rows[1]["question"],
            "expected_answer": rows[1]["answer"],
            "best_model_answer": None,
            "best_full_model_response": None,
            "best_score": 0.0,
            "mean_score": 0.0,
            "error": "timed out",
            "completions": [],
        },
    ],
}, indent=2))

# cognitive-behaviors: priming rows in a list, and completions, which are one list in a file called .jsonl.
(HERE / "cognitive_query.json").write_text(json.dumps(
    [{"query": row["question"], "completion": row["text"]} for row in short[:2]], indent=1, ensure_ascii=False))
(HERE / "cognitive_completions.jsonl").write_text(json.dumps([
    {
        "index": i,
        "data_source": "countdown",
        "prompt": asked,
        "generated": text,
        "score": score,
        "ground_truth": {"target": 98, "numbers": [44, 19, 35]},
    }
    for i, (text, score) in enumerate([("44 + 19 = 63, 63 + 35 = 98 <answer>44+19+35</answer>", 1.0), ("<answer>44</answer>", 0.1)])
]))
