"""Makes parity/NAME/: tiny random checkpoints of every family, with the logits and greedy tokens transformers computes.

    pip install torch 'transformers>=5' safetensors numpy
    python tests/golden/parity.py [NAME ...]

Each folder holds
    config.json            as transformers 5 writes it (rope_parameters, dtype)
    config.v4.json         the same model as transformers 4 wrote it (rope_theta, rope_scaling, torch_dtype)
    model.safetensors      or shards with model.safetensors.index.json
    reference.safetensors  tokens i64 [T], logits f32 [T, V] at every position, greedy i64 [64] after the tokens
    reference.json         the tokens again, and how well separated and conditioned the numbers are

References are computed on the CPU in f32 with eager attention, from the weights as stored (after rounding to bf16/f16).
A seed is taken only if the greedy path has no near ties, no end token, and f32 agrees with f64; and each fixture must
change clearly when the feature it is there for is switched off, so that a reader that ignores the field fails.
"""

import copy
import json
import os
import shutil
import sys

import numpy as np
import torch
import transformers
from safetensors.numpy import save_file
from transformers import AutoConfig, AutoModelForCausalLM

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity")
GREEDY = 64  # tokens decoded after the prompt
GAP = 5e-3  # least distance from the best logit to the second along the greedy path
NOISE = 2e-5  # most that f32 may differ from f64: a fifth of what the parity tests allow

SMALL = dict(
    vocab_size=96, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=256, pad_token_id=None, bos_token_id=None, eos_token_id=1,
)


def rope(theta=10000.0, **scaling):
    return {"rope_theta": theta, "rope_type": "default", **scaling}


class Fixture:
    """One checkpoint: `family` and `fields` make the config, `off` are the fields that switch its feature off."""

    def __init__(self, family, off=None, tokens=48, dtype="float32", shard=None, v4=None, **fields):
        self.family, self.off, self.tokens, self.dtype, self.shard = family, off, tokens, dtype, shard
        self.v4 = v4 or {}
        self.fields = {**SMALL, **fields}

    def config(self, **change):
        return AutoConfig.for_model(self.family, **copy.deepcopy({**self.fields, **change}))


LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=32)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=512)

FIXTURES = {
    "llama2": Fixture("llama", num_key_value_heads=4, tie_word_embeddings=False, rms_norm_eps=1e-5,
                      off=dict(rope_parameters=rope(500.0)),
                      # The oldest files have neither: as many key heads as heads, and hidden over heads wide.
                      v4=dict(head_dim=None, num_key_value_heads=None, pretraining_tp=None)),
    "llama3": Fixture("llama", tokens=96, tie_word_embeddings=True, num_attention_heads=2, num_key_value_heads=1,
                      eos_token_id=[1, 2], rope_parameters=rope(500.0, **LLAMA3),
                      off=dict(rope_parameters=rope(500.0))),
    "llama-linear": Fixture("llama", tokens=64, tie_word_embeddings=True,
                            rope_parameters=rope(rope_type="linear", factor=4.0), off=dict(rope_parameters=rope()),
                            v4=dict(rope_scaling={"type": "linear", "factor": 4.0})),
    "llama-yarn": Fixture("llama", tokens=96, tie_word_embeddings=True, num_attention_heads=2, num_key_value_heads=1,
                          head_dim=32, max_position_embeddings=2048, rope_parameters=rope(500.0, **YARN),
                          off=dict(rope_parameters=rope(500.0))),
    "llama-bias": Fixture("llama", tie_word_embeddings=True, attention_bias=True, mlp_bias=True, off="bias"),
    "llama-bf16": Fixture("llama", tie_word_embeddings=True, dtype="bfloat16"),
    "llama-sharded": Fixture("llama", tie_word_embeddings=False, shard="44KB"),
    "mistral": Fixture("mistral", tie_word_embeddings=False, head_dim=12, sliding_window=None,
                       off=dict(sliding_window=8)),
    "mistral-window": Fixture("mistral", tie_word_embeddings=True, sliding_window=16, off=dict(sliding_window=None)),
    "smollm3": Fixture("smollm3", tie_word_embeddings=True, num_hidden_layers=4, no_rope_layer_interval=2,
                       off=dict(no_rope_layers=[1, 1, 1, 1]),
                       # Left out, the list follows from the interval.
                       v4=dict(no_rope_layers=None, layer_types=None)),
    "qwen2": Fixture("qwen2", tie_word_embeddings=True, rms_norm_eps=1e-6, off="bias"),
    "qwen2-f16": Fixture("qwen2", tie_word_embeddings=True, dtype="float16"),
    "qwen2-window": Fixture("qwen2", tie_word_embeddings=False, num_hidden_layers=4, intermediate_size=48,
                            use_sliding_window=True, sliding_window=16, max_window_layers=2,
                            off=dict(use_sliding_window=False),
                            # Left out, the kinds follow from max_window_layers.
                            v4=dict(layer_types=None)),
    "qwen3": Fixture("qwen3", tie_word_embeddings=True, head_dim=16, rope_parameters=rope(1e6), off="norm",
                     v4=dict(layer_types=None)),
    "qwen3-untied": Fixture("qwen3", tie_word_embeddings=False, head_dim=16, rope_parameters=rope(1e6), off="norm"),
}


def randomise(model, generator):
    """Weights large enough that logits differ clearly and attention is far from uniform; norms scattered around 1."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator) * 0.3
            parameter.copy_(noise + 1.0 if "norm" in name else noise)


def load(folder, dtype=torch.float32, config=None):
    model = AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=dtype, attn_implementation="eager")
    return model.eval()


def logits_of(model, tokens):
    with torch.no_grad():
        return model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0]


def greedy_of(model, tokens):
    """The tokens argmax picks, without a cache, and the smallest lead any of them had."""
    tokens, start, gap = list(tokens), len(tokens), float("inf")
    for _ in range(GREEDY):
        best = torch.topk(logits_of(model, tokens)[-1], 2)
        gap = min(gap, (best.values[0] - best.values[1]).item())
        tokens.append(best.indices[0].item())
    return tokens[start:], gap


def cached_greedy(model, tokens):
    """The same through transformers' own cached generation, end tokens ignored."""
    out = model.generate(torch.tensor([tokens]), attention_mask=torch.ones(1, len(tokens), dtype=torch.long),
                         do_sample=False, max_new_tokens=GREEDY, eos_token_id=None, pad_token_id=0)
    return out[0, len(tokens):].tolist()


def version_4(config, fixture):
    """The configuration as transformers 4 wrote it: rope_theta, rope_scaling and torch_dtype at the top level."""
    old = json.loads(config.to_json_string(use_diff=False))
    keep = set(json.loads(config.to_json_string())) | {"hidden_act", "rms_norm_eps", "initializer_range", "use_cache",
                                                       "tie_word_embeddings", "bos_token_id", "attention_dropout"}
    old = {k: v for k, v in old.items() if k in keep}
    old["torch_dtype"] = old.pop("dtype", fixture.dtype)
    parameters = dict(old.pop("rope_parameters"))
    old["rope_theta"] = parameters.pop("rope_theta")
    old["rope_scaling"] = parameters if parameters.get("rope_type", "default") != "default" else None
    for field, value in fixture.v4.items():
        if value is None:
            old.pop(field, None)
        else:
            old[field] = value
    old["transformers_version"] = "4.51.3"
    return dict(sorted(old.items()))


def switched_off(folder, fixture):
    """The model with the fixture's feature ignored."""
    if not isinstance(fixture.off, str):
        config = fixture.config(**fixture.off)
        return load(folder, config=config)
    model = load(folder)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if fixture.off == "bias" and name.endswith("bias"):
                parameter.zero_()
            if fixture.off == "norm" and ("q_norm" in name or "k_norm" in name):
                parameter.fill_(1.0)
    return model


def attempt(name, fixture, seed):
    """Writes the folder with one seed; a sentence says why the seed is no good."""
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    generator = torch.Generator().manual_seed(seed)
    model = AutoModelForCausalLM.from_config(fixture.config(), attn_implementation="eager", dtype=torch.float32)
    randomise(model, generator)
    model.to(getattr(torch, fixture.dtype))
    model.save_pretrained(folder, **({"max_shard_size": fixture.shard} if fixture.shard else {}))
    generation = os.path.join(folder, "generation_config.json")
    if os.path.exists(generation):
        os.remove(generation)

    model = load(folder)
    tokens = torch.randint(3, SMALL["vocab_size"], (fixture.tokens,), generator=generator).tolist()
    logits = logits_of(model, tokens)
    greedy, gap = greedy_of(model, tokens)
    ends = fixture.fields["eos_token_id"]
    ends = ends if isinstance(ends, list) else [ends]
    if gap < GAP:
        return f"near tie {gap:.1e}"
    if set(greedy) & set(ends):
        return "an end token on the greedy path"
    if len(set(greedy)) < 12:
        return f"only {len(set(greedy))} different tokens on the greedy path"
    exact = load(folder, torch.float64)
    whole = tokens + greedy
    noise = (logits_of(exact, whole) - logits_of(model, whole)).abs().max().item()
    if noise > NOISE:
        return f"f32 is {noise:.1e} away from f64"
    assert greedy_of(exact, tokens)[0] == greedy
    assert cached_greedy(model, tokens) == greedy, "cached generation differs"

    effect = None
    if fixture.off:
        effect = (logits_of(switched_off(folder, fixture), tokens) - logits).abs().max().item()
        assert effect > 0.1, f"{name}: the feature hardly changes the logits ({effect:.1e})"

    old = version_4(fixture.config(dtype=fixture.dtype, architectures=model.config.architectures), fixture)
    with open(os.path.join(folder, "config.v4.json"), "w") as file:
        json.dump(old, file, indent=2)
        file.write("\n")
    again = load(folder, config=AutoConfig.for_model(**copy.deepcopy(old)))
    assert torch.equal(logits_of(again, tokens), logits), "config.v4.json is another model"

    save_file({"tokens": np.array(tokens, dtype=np.int64), "logits": logits.numpy(),
               "greedy": np.array(greedy, dtype=np.int64)}, os.path.join(folder, "reference.safetensors"))
    about = {
        "tokens": tokens, "logits": "reference.safetensors", "greedy": greedy, "seed": seed, "dtype": fixture.dtype,
        "made_by": f"transformers {transformers.__version__}, eager attention, f32",
        "greedy_gap": float(f"{gap:.3g}"), "f32_against_f64": float(f"{noise:.3g}"),
        "feature_off_changes": None if effect is None else float(f"{effect:.3g}"),
    }
    with open(os.path.join(folder, "reference.json"), "w") as file:
        json.dump(about, file)
        file.write("\n")
    size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))
    print(f"{name}: seed {seed}, {sum(p.numel() for p in model.parameters())} parameters, {size} bytes, "
          f"logits of deviation {logits.std():.2f}, greedy gap {gap:.1e}, {len(set(greedy))} different, "
          f"f32 noise {noise:.1e}, feature off changes {'-' if effect is None else f'{effect:.2f}'}", flush=True)
    return None


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    total = 0
    for number, (name, fixture) in enumerate(FIXTURES.items()):
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        for seed in range(1000 * number, 1000 * number + 200):
            if (why := attempt(name, fixture, seed)) is None:
                break
        else:
            raise SystemExit(f"{name}: no seed of 200 is good: {why}")
    for root, _, files in os.walk(HERE):
        total += sum(os.path.getsize(os.path.join(root, f)) for f in files)
    print(f"{total} bytes in {HERE}")


main()
