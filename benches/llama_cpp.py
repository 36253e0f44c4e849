"""Generation beside llama.cpp's, on the same file, the same threads, one after the other: a Markdown table, ratios first.

    cargo build --release
    python benches/llama_cpp.py --llama DIR_OF_LLAMA_CPP_BINARIES --threads 1 MODEL.gguf [DIR=MODEL.gguf …]

`DIR=MODEL.gguf` measures a Hugging Face directory of ours against the same weights as GGUF. DIR_OF_LLAMA_CPP_BINARIES holds
llama-bench and llama-batched-bench. Each figure is the best of three.
"""
import argparse
import json
import os
import re
import subprocess

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("models", nargs="+")
parser.add_argument("--llama", required=True)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--ours", default="target/release/backtrail")
args = parser.parse_args()
environment = dict(os.environ, LD_LIBRARY_PATH=args.llama + ":" + os.environ.get("LD_LIBRARY_PATH", ""))


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return done.stdout


def theirs(model):
    one = json.loads(run(f"{args.llama}/llama-bench", "-m", model, "-t", str(args.threads), "-p", "0", "-n", "32", "-r", "3", "-o", "json"))
    alone = max(one[0]["samples_ts"])
    best = 0.0
    for _ in range(3):
        table = run(f"{args.llama}/llama-batched-bench", "-m", model, "-t", str(args.threads), "-tb", str(args.threads),
                    "-c", "2048", "-npp", "16", "-ntg", "8", "-npl", "32")
        row = [cell.strip() for cell in re.findall(r"^\|\s+16 .*$", table, re.M)[-1].strip("|").split("|")]
        best = max(best, float(row[7]))
    return alone, best


rows = []
for model in args.models:
    path, _, peer = model.partition("=")
    peer = peer or path
    report = json.loads(run(args.ours, "bench", "--model", path, "--threads", str(args.threads), "--json"))
    alone, many = report["decode"]
    their_alone, their_many = theirs(peer)
    name = f"{os.path.basename(path.rstrip('/'))} ({report['dtype']}, {report['weights_bytes'] / 1e6:.0f} MB)"
    rows.append((name, "one sequence", alone, their_alone))
    rows.append((name, f"{many['batch']} sequences", many, their_many))
    fork = report.get("fork")
    print(f"{name}: load {report['load_seconds']:.2f} s, resident {report['loaded_bytes'] / report['weights_bytes']:.2f} x the weights, "
          f"fork of {fork['prefix']} tokens into {fork['branches']}: {fork['decode_steps']:.2f} steps" if fork else name)
    machine = report["machine"]
print(f"\n{machine['processor']}, {machine['kernels']}, {args.threads} thread(s); memory reads at {report['bandwidth'] / 1e9:.0f} GB/s\n")
print("| ours / llama.cpp | what | tokens/s ours | llama.cpp | share of bandwidth |")
print("|---|---|---|---|---|")
for name, what, ours, peer in rows:
    print(f"| {ours['tokens_per_second'] / peer:.2f} x | {name}, {what} | {ours['tokens_per_second']:.1f} | {peer:.1f} | {100 * ours['share_of_bandwidth']:.0f} % |")
