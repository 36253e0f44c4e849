"""Labelled rows for `backtrail behaviors score|train`, from labels.jsonl and the texts they are about.

    python join.py UNLABELLED.jsonl CHUNKS_LABELED.jsonl > rows.jsonl          (--apart: only the 29 that were kept apart)

The texts are not repeated here. UNLABELLED.jsonl has rows with `text`, `question`, `task`, `model` (reasoning-gym-eval and
stream-of-search, Apache-2.0), CHUNKS_LABELED.jsonl rows with `chunks`, `problem`, `source` (thought-anchors, MIT). A trace's id
is the beginning of its text's SHA-256; a unit is [start, end, labels, disputed] in code points, the last two left out when empty.
"""
import hashlib
import json
import sys

paths = [path for path in sys.argv[1:] if path != "--apart"]
texts = {}
for path in paths:
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        text = row.get("text") or " ".join(chunk["chunk"] for chunk in row["chunks"])
        problem = row.get("question") or row.get("problem")
        texts[hashlib.sha256(text.encode()).hexdigest()[:10]] = (text, problem)
for line in open(__file__.replace("join.py", "labels.jsonl"), encoding="utf-8"):
    row = json.loads(line)
    if "--apart" in sys.argv and not row["apart"]:
        continue
    text, problem = texts[row["id"]]
    units = [dict(zip(("start", "end", "labels", "disputed"), unit + ["", ""])) for unit in row["units"]]
    row = {"id": row["id"], "src": row["src"], "model": row["model"], "task": row["task"], "problem": problem,
           "trace": text[:units[-1]["end"]], "score": None, "units": units}
    print(json.dumps(row))
