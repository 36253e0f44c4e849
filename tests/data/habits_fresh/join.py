"""Labelled rows for `backtrail behaviors score|train`, from labels.jsonl and the texts they are about.

    python join.py TEXTS.jsonl... > rows.jsonl          (--apart: only those that nothing was developed on)

The texts are not repeated here: they stand in public repositories, each at its `src`. TEXTS.jsonl has rows with `text` and
`problem`. A trace is the beginning of such a text, without a leading `<think>`: `length` code points, whose SHA-256 begins
with its id. A unit is [start, end, labels, disputed] in code points; only those with labels are written down, the others
are where `units` says.
"""
import collections
import hashlib
import json
import re
import sys


def units(text):
    """Where the sentences of a text begin and end."""
    for line in re.finditer(r"[^\n]+", text):
        ends = [cut.end() for cut in re.finditer(r"(?<![._ ])[.!?][)\"*']*\s+(?=[A-Z\"*'\\])", line.group())]
        for begin, end in zip([0, *ends], [*ends, len(line.group())]):
            begin, end = line.start() + begin, line.start() + end
            while begin < end and text[begin].isspace():
                begin += 1
            while end > begin and text[end - 1].isspace():
                end -= 1
            if end > begin:
                yield begin, end


def main():
    lengths = collections.defaultdict(dict)
    for line in open(__file__.replace("join.py", "labels.jsonl"), encoding="utf-8"):
        row = json.loads(line)
        if row["apart"] or "--apart" not in sys.argv:
            lengths[row["length"]][row["id"]] = row
    for path in (path for path in sys.argv[1:] if path != "--apart"):
        for line in open(path, encoding="utf-8"):
            source = json.loads(line)
            text = re.sub(r"^<think>\s*", "", source["text"].strip())
            for length, rows in lengths.items():
                trace = text[:length]
                row = rows.get(hashlib.sha256(trace.encode()).hexdigest()[:10])
                if row is None:
                    continue
                said = {tuple(unit[:2]): unit[2:] for unit in row["units"]}
                joined = []
                for begin, end in units(trace):
                    labels, disputed = (said.get((begin, end), []) + ["", ""])[:2]
                    joined.append({"start": begin, "end": end, "labels": labels, "disputed": disputed})
                print(json.dumps({"id": row["id"], "src": row["src"], "model": row["model"], "task": row["task"],
                                  "problem": source.get("problem"), "trace": trace, "score": None, "units": joined}))


if __name__ == "__main__":
    main()
