"""Joined rows with the turns (B) of prose as the annotators of the gold traces would have them.

    python reread.py ROWS.jsonl > rows.jsonl            (ROWS.jsonl: what the two join.py print)

The first two readings called more in prose a turn than gold's annotators do. The third (third_reading.jsonl: where labels
and a probe parted, and controls) and the fourth (fourth_reading.jsonl: every other B, and what was disputed) were calibrated
on gold's examples; where a unit was read again its B is theirs, and disputed where they hesitated. Lines are
{"id", "units": [start, end, labels, hesitated]} in code points; a fifth field marks the controls. V, S and C stay as they were.
"""
import json
import sys


def main():
    again = {}
    for name in ("third_reading.jsonl", "fourth_reading.jsonl"):
        for line in open(__file__.replace("reread.py", name), encoding="utf-8"):
            row = json.loads(line)
            again.setdefault(row["id"], {}).update({tuple(unit[:2]): unit[2:4] for unit in row["units"]})
    for line in open(sys.argv[1], encoding="utf-8"):
        row = json.loads(line)
        for unit in row["units"]:
            said = again.get(row.get("id"), {}).get((unit["start"], unit["end"]))
            if said is None:
                continue
            for field, sure in (("labels", "B" in said[0]), ("disputed", "B" in said[1] and "B" not in said[0])):
                others = (unit.get(field) or "").replace("B", "")
                unit[field] = "".join(letter for letter in "VBSC" if letter in others or letter == "B" and sure)
        print(json.dumps(row))


if __name__ == "__main__":
    main()
