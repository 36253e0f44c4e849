"""Training beside PyTorch's, the same shape, the same batches, one after the other: a Markdown table, ratios first.

    cargo build --release --features cuda
    python benches/pytorch.py                          (needs torch and transformers; Qwen2.5-0.5B's shape, 8x1024 tokens a step)
    python benches/pytorch.py --device cpu --dtype f32 --config tests/data/parity/qwen2/config.json --batch 8x32

PyTorch is eager: transformers' model with `sdpa` attention, f32 weights under bf16 autocast where ours computes in bf16, AdamW
and clipping as torch has them. Random weights, random tokens; a step is forward, backward and update, and ends when its loss is
known. Each figure is the fastest step. The two losses are of different random weights: both are near ln(vocabulary).
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import torch
import transformers

# Qwen/Qwen2.5-0.5B, as its config.json has it.
QWEN = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_act": "silu", "hidden_size": 896,
    "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
    "max_position_embeddings": 32768, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "tie_word_embeddings": True,
    "vocab_size": 151936, "bos_token_id": 151643, "eos_token_id": 151643, "torch_dtype": "bfloat16",
    "use_sliding_window": False,
}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--batch", default="8x1024", help="sequences x tokens of a step")
parser.add_argument("--device", default="cuda")
parser.add_argument("--dtype", choices=["auto", "f32"], default="auto")
parser.add_argument("--config", help="config.json of another shape")
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
parser.add_argument("--steps", type=int, default=10)
parser.add_argument("--ours", default="target/release/backtrail")
args = parser.parse_args()
rows, tokens = (int(part) for part in args.batch.split("x"))
config = json.loads(pathlib.Path(args.config).read_text()) if args.config else QWEN

with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "config.json").write_text(json.dumps(config))
    command = [args.ours, "bench", "--model", folder, "--train", args.batch, "--device", args.device,
               "--dtype", args.dtype, "--threads", str(args.threads), "--json"]
    ours = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    shape = transformers.AutoConfig.from_pretrained(folder)

torch.manual_seed(0)
torch.set_num_threads(args.threads)
device = torch.device({"metal": "mps"}.get(args.device, args.device))
model = transformers.AutoModelForCausalLM.from_config(shape, attn_implementation="sdpa", dtype=torch.float32).to(device)
model.train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01)
narrow = ours["dtype"] == "bf16"


def step():
    ids = torch.randint(shape.vocab_size, (rows, tokens + 1), device=device)
    with torch.autocast(device.type, torch.bfloat16, enabled=narrow):
        logits = model(ids[:, :-1], use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


step()
best = float("inf")
for _ in range(args.steps):
    began = time.perf_counter()
    loss = step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    best = min(best, time.perf_counter() - began)
theirs = rows * tokens / best
where = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{ours['machine']['processor']}, {args.threads} thread(s)"
print(f"{where}; backtrail {ours['machine']['version']}, PyTorch {torch.__version__}, transformers {transformers.__version__}\n")
print("| ours / PyTorch | shape | a step | tokens/s ours | PyTorch | last loss, both |")
print("|---|---|---|---|---|---|")
print(f"| {ours['tokens_per_second'] / theirs:.2f} x | {ours['parameters'] / 1e6:.0f}M, {ours['dtype']} | {rows} x {tokens} "
      f"| {ours['tokens_per_second']:.0f} | {theirs:.0f} | {ours['loss']:.3f} {loss:.3f} |")
