"""Makes gguf/: GGUF files and what llama.cpp computes from them.

    pip install torch 'transformers>=5' safetensors numpy gguf llama-cpp-python
    python tests/golden/gguf_reference.py [--quantize PATH/TO/llama-quantize] [--scout assets/models/scout] [GROUP ...]

GROUPs, all by default:
    scout   scout-f16.gguf and scout-q8_0.gguf of the bundled model; scout-reference.json: 512 tokens that the model wrote,
            and at each position the five best tokens llama.cpp gives
    forms   NAME-f16.gguf from parity/NAME: the rotary scalings, biases and norms as GGUF writes them
    quants  random models quantised by llama-quantize, with rows of 256 (K-quants) and rows of 64 (what it falls back to)
    blocks  blocks.safetensors: a few raw blocks of each type and the numbers they stand for

Beside each NAME.gguf of `forms` and `quants` lies NAME.reference.safetensors:
    tokens i64 [T]; llama f32 [T, V] from llama.cpp (which rounds activations too, to 8 bits for quantised rows);
    exact f32 [T, V] from transformers in f32 with the file's weights dequantised: no rounding of activations
and gguf/reference.json says for each how far the two are apart, as a share of the logits' standard deviation.
"""

import argparse
import ctypes
import json
import os
import subprocess
import sys
import tempfile

import gguf
import llama_cpp
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "gguf")

# Names of a layer's tensors: Hugging Face -> GGUF.
LAYER = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
TOP = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
FILE_TYPE = {Type.F32: gguf.LlamaFileType.ALL_F32, Type.F16: gguf.LlamaFileType.MOSTLY_F16,
             Type.Q8_0: gguf.LlamaFileType.MOSTLY_Q8_0}


# ---------------------------------------------------------------- writing and reading the format

def gguf_name(name):
    stem, kind = name.rsplit(".", 1)
    if stem in TOP:
        return f"{TOP[stem]}.{kind}"
    _, _, layer, rest = stem.split(".", 3)
    return f"blk.{layer}.{LAYER[rest]}.{kind}"


def interleave(x, heads):
    """Rows of q or k so that the two halves of each head alternate, as arch `llama` rotates neighbours."""
    return x.reshape(heads, 2, x.shape[0] // heads // 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)


def halves(x, heads):
    """Undoes `interleave`."""
    return x.reshape(heads, x.shape[0] // heads // 2, 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)


def turned(config, name):
    """Heads of a q or k row tensor that the architecture wants interleaved, else nothing."""
    if config.model_type != "llama":
        return None
    if "attn_q." in name or "q_proj" in name:
        return config.num_attention_heads
    if "attn_k." in name or "k_proj" in name:
        return config.num_key_value_heads
    return None


def llama3_factors(rope, width):
    """What each rotary frequency is divided by: the tensor rope_freqs.weight of Llama 3."""
    old = rope["original_max_position_embeddings"]
    low, high = old / rope["low_freq_factor"], old / rope["high_freq_factor"]
    wave = 2 * np.pi * rope["rope_theta"] ** (np.arange(0, width, 2) / width)
    smooth = (old / wave - rope["low_freq_factor"]) / (rope["high_freq_factor"] - rope["low_freq_factor"])
    between = 1 / ((1 - smooth) / rope["factor"] + smooth)
    return np.where(wave < high, 1.0, np.where(wave > low, rope["factor"], between)).astype(np.float32)


def write(path, config, weights, kind, vocabulary, name):
    """A GGUF of `weights` (Hugging Face names, f32) with matrices of type `kind`; vectors stay f32."""
    out = gguf.GGUFWriter(path, config.model_type)
    out.add_name(name)
    out.add_file_type(FILE_TYPE[kind])
    out.add_quantization_version(gguf.GGML_QUANT_VERSION)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    out.add_context_length(config.max_position_embeddings)
    out.add_embedding_length(config.hidden_size)
    out.add_block_count(config.num_hidden_layers)
    out.add_feed_forward_length(config.intermediate_size)
    out.add_head_count(config.num_attention_heads)
    out.add_head_count_kv(config.num_key_value_heads)
    out.add_key_length(width)
    out.add_value_length(width)
    out.add_layer_norm_rms_eps(config.rms_norm_eps)
    out.add_vocab_size(config.vocab_size)
    rope = config.rope_parameters
    out.add_rope_freq_base(rope["rope_theta"])
    if config.model_type == "llama":
        out.add_rope_dimension_count(width)
    scaling = rope.get("rope_type", "default")
    if scaling == "linear":
        out.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        out.add_rope_scaling_factor(rope["factor"])
    elif scaling == "yarn":
        out.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        out.add_rope_scaling_factor(rope["factor"])
        out.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    elif scaling == "llama3":
        out.add_tensor("rope_freqs.weight", llama3_factors(rope, width))
    vocabulary(out)
    for tensor, x in weights.items():
        heads = turned(config, tensor)
        x = np.ascontiguousarray(interleave(x, heads) if heads else x, dtype=np.float32)
        if x.ndim == 1:
            out.add_tensor(gguf_name(tensor), x)
        else:
            out.add_tensor(gguf_name(tensor), quantize(x, kind), raw_dtype=kind)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def read(path, config):
    """A transformers model in f32 with the weights of a GGUF dequantised, and how many tensors it has of each type."""
    back = {}
    for layer in range(config.num_hidden_layers):
        back |= {f"blk.{layer}.{v}": f"model.layers.{layer}.{k}" for k, v in LAYER.items()}
    back |= {v: k for k, v in TOP.items()}
    state, types = {}, {}
    for tensor in gguf.GGUFReader(path).tensors:
        types[tensor.tensor_type.name] = types.get(tensor.tensor_type.name, 0) + 1
        if tensor.name == "rope_freqs.weight":
            continue
        stem, kind = tensor.name.rsplit(".", 1)
        x = dequantize(tensor.data, tensor.tensor_type)
        heads = turned(config, tensor.name)
        x = halves(x, heads) if heads else x
        state[f"{back[stem]}.{kind}"] = torch.from_numpy(np.array(x, dtype=np.float32))
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model, types


def logits_of(model, tokens):
    with torch.no_grad():
        return model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0].numpy()


# ---------------------------------------------------------------- llama.cpp

@llama_cpp.llama_log_callback
def quiet(level, text, data):
    if level == 4:  # errors only
        sys.stderr.write(text.decode(errors="replace"))


def llama_logits(path, tokens, threads=1):
    """llama.cpp's logits at every position, with its default settings (flash attention where it sees fit, f16 cache)."""
    options = llama_cpp.llama_model_default_params()
    options.n_gpu_layers = 0
    model = llama_cpp.llama_model_load_from_file(path.encode(), options)
    assert model, f"llama.cpp cannot load {path}"
    options = llama_cpp.llama_context_default_params()
    options.n_ctx, options.n_batch, options.n_ubatch = max(256, len(tokens)), len(tokens), len(tokens)
    options.n_threads = options.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model, options)
    assert context, f"llama.cpp cannot make a context for {path}"
    batch = llama_cpp.llama_batch_init(len(tokens), 0, 1)
    batch.n_tokens = len(tokens)
    for i, token in enumerate(tokens):
        batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = token, i, 1, 0, 1
    assert llama_cpp.llama_decode(context, batch) == 0
    size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
    logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits(context), (len(tokens), size)).copy()
    llama_cpp.llama_batch_free(batch)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return logits


def apart(a, b):
    """How far apart two sets of logits are."""
    share = np.abs(a - b).mean() / b.std()
    return {"mean_share_of_deviation": float(f"{share:.3g}"), "max": float(f"{np.abs(a - b).max():.3g}"),
            "top1_same": float(f"{(a.argmax(1) == b.argmax(1)).mean():.4g}")}


# ---------------------------------------------------------------- vocabularies

def ascii_vocabulary(size, pre):
    """A byte-level vocabulary for the random models: printable ASCII (no capitals in the smallest), a few merges, and
    one special token that ends a text."""
    tokens = ["Ġ", "Ċ"] + [chr(c) for c in range(33, 127) if size >= 128 or not chr(c).isupper()]
    merges = []
    for a, b in [("t", "h"), ("th", "e"), ("i", "n"), ("e", "r"), ("a", "n"), ("o", "n"), ("Ġ", "a"), ("Ġ", "t"),
                 ("Ġt", "he"), ("Ġ", "s"), ("r", "e"), ("an", "d"), ("Ġ", "and"), ("1", "0"), ("1", "1"), ("1", "2"),
                 ("a", "t"), ("e", "n"), ("o", "r"), ("e", "s"), ("i", "s"), ("o", "f"), ("Ġ", "of"), ("l", "l"),
                 ("o", "u"), ("in", "g"), ("s", "t"), ("Ġ", "b"), ("Ġ", "c"), ("Ġ", "w"), ("m", "a"), ("c", "h")]:
        if len(tokens) < size - 1 and (a in tokens and b in tokens) and a + b not in tokens:
            tokens.append(a + b)
            merges.append(f"{a} {b}")
    tokens += [f"<|unused{i}|>" for i in range(size - 1 - len(tokens))] + ["<|end|>"]
    assert len(tokens) == size

    def add(out):
        out.add_tokenizer_model("gpt2")
        out.add_tokenizer_pre(pre)
        out.add_token_list(tokens)
        special = gguf.TokenType.CONTROL
        out.add_token_types([special if t.startswith("<|") else gguf.TokenType.NORMAL for t in tokens])
        out.add_token_merges(merges)
        out.add_eos_token_id(size - 1)
        out.add_add_bos_token(False)

    return add


def scout_vocabulary(folder):
    """The bundled tokenizer. It cuts no words before merging, which no `tokenizer.ggml.pre` says: the whole
    tokenizer.json is kept under `tokenizer.huggingface.json`, where the format has a place for it."""
    with open(os.path.join(folder, "tokenizer.json")) as file:
        text = file.read()
    tokenizer = json.loads(text)
    tokens = {i: (t, gguf.TokenType.NORMAL) for t, i in tokenizer["model"]["vocab"].items()}
    tokens |= {t["id"]: (t["content"], gguf.TokenType.CONTROL) for t in tokenizer["added_tokens"] if t["special"]}
    tokens = [tokens[i] for i in range(len(tokens))]
    end = next(t["id"] for t in tokenizer["added_tokens"] if t["content"] == "<|end|>")

    def add(out):
        out.add_tokenizer_model("gpt2")
        out.add_tokenizer_pre("gpt-2")
        out.add_token_list([t for t, _ in tokens])
        out.add_token_types([kind for _, kind in tokens])
        out.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
        out.add_eos_token_id(end)
        out.add_add_bos_token(False)
        out.add_string(gguf.Keys.Tokenizer.HF_JSON, text)

    return add, end


# ---------------------------------------------------------------- the groups

def scout_text(model, tokenizer, end, length):
    """Tokens of scout's own kind: it answers random problems at its own temperature, one after another. Searches
    that do not end soon are left out, so that only the last one is cut."""
    generator = torch.Generator().manual_seed(0)
    tokens = []
    while len(tokens) < length:
        a, b, c = torch.randint(1, 21, (3,), generator=generator).tolist()
        target = torch.randint(10, 100, (1,), generator=generator).item()
        trace = tokenizer.encode(f"make {target} from {a} {b} {c}\n").ids
        while len(trace) < 200 and trace[-1] != end:
            p = torch.softmax(torch.from_numpy(logits_of(model, trace)[-1]) / 0.6, 0)
            trace.append(torch.multinomial(p, 1, generator=generator).item())
        if trace[-1] == end:
            tokens += trace
    return tokens[:length]


def scout(options):
    from tokenizers import Tokenizer

    folder = options.scout
    config = AutoConfig.from_pretrained(folder)
    weights = load_file(os.path.join(folder, "model.safetensors"))
    vocabulary, end = scout_vocabulary(folder)
    original = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokens = scout_text(original, tokenizer, end, 512)
    first = logits_of(original, tokens)
    about = {"tokens": tokens, "text": tokenizer.decode(tokens, skip_special_tokens=False),
             "made_by": f"llama-cpp-python {llama_cpp.__version__}, transformers {transformers.__version__}",
             "float32": {"top1": first.argmax(1).tolist()}}
    for kind in (Type.F16, Type.Q8_0):
        key = kind.name.lower()
        path = os.path.join(OUT, f"scout-{key}.gguf")
        write(path, config, weights, kind, vocabulary, "scout")
        logits = llama_logits(path, tokens)
        exact = logits_of(read(path, config)[0], tokens)
        order = np.argsort(-logits, axis=1, kind="stable")[:, :5]
        ranked = np.take_along_axis(logits, order, 1)
        about[key] = {"top1": order[:, 0].tolist(), "top5": order.tolist(),
                      "lead": [float(f"{x:.4g}") for x in ranked[:, 0] - ranked[:, 1]],
                      "dequantised_in_f32": apart(exact, logits), "original_in_f32": apart(first, logits)}
        print(f"scout-{key}: {os.path.getsize(path)} bytes; llama.cpp against its weights in f32: {apart(exact, logits)}; "
              f"against the original: {apart(first, logits)}", flush=True)
    with open(os.path.join(OUT, "scout-reference.json"), "w") as file:
        json.dump(about, file)
        file.write("\n")


def reference(name, path, config, tokens, limit, about):
    """Writes the logits beside a GGUF; fails when llama.cpp and transformers do not mean the same model."""
    model, types = read(path, config)
    exact, llama = logits_of(model, tokens), llama_logits(path, tokens)
    save_file({"tokens": np.array(tokens, dtype=np.int64), "llama": llama, "exact": exact},
              os.path.join(OUT, f"{name}.reference.safetensors"))
    about[name] = {"types": types, "bytes": os.path.getsize(path), "llama_against_exact": apart(llama, exact)}
    print(f"{name}: {os.path.getsize(path)} bytes, {types}, {apart(llama, exact)}", flush=True)
    assert apart(llama, exact)["mean_share_of_deviation"] < limit, f"{name}: not the same model"


def forms(options, about):
    for name in ("llama3", "llama-linear", "llama-yarn", "llama-bias", "qwen2", "qwen3-untied"):
        folder = os.path.join(HERE, "parity", name)
        config = AutoConfig.from_pretrained(folder)
        path = os.path.join(OUT, f"{name}-f16.gguf")
        pre = "llama-bpe" if config.model_type == "llama" else "qwen2"
        write(path, config, load_file(os.path.join(folder, "model.safetensors")), Type.F16,
              ascii_vocabulary(config.vocab_size, pre), name)
        tokens = load_file(os.path.join(folder, "reference.safetensors"))["tokens"].tolist()
        reference(f"{name}-f16", path, config, tokens, 0.01, about)


# The random models: what is asked of llama-quantize, and for which. Rows of 64 cannot be K-quants, so it falls back.
WIDE = dict(vocab_size=128, hidden_size=256, intermediate_size=256, num_hidden_layers=1, num_attention_heads=4,
            num_key_value_heads=1, max_position_embeddings=256, pad_token_id=None, bos_token_id=None, eos_token_id=127)
NARROW = {**WIDE, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 2}
QUANTS = {
    "wide-qwen3": ("qwen3", {**WIDE, "head_dim": 64, "tie_word_embeddings": True}, ["Q4_K_M", "Q6_K"]),
    "wide-llama": ("llama", {**WIDE, "tie_word_embeddings": False}, ["Q5_K_M"]),
    "narrow-qwen2": ("qwen2", {**NARROW, "tie_word_embeddings": True}, ["Q4_K_M", "Q5_K_M", "Q4_0", "Q4_1", "Q8_0"]),
}


def quants(options, about):
    for number, (name, (family, fields, kinds)) in enumerate(QUANTS.items()):
        config = AutoConfig.for_model(family, **fields)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        generator = torch.Generator().manual_seed(100 + number)
        with torch.no_grad():
            for key, x in model.named_parameters():
                noise = torch.randn(x.shape, generator=generator)
                scale = 0.3 if x.dim() == 1 else 1.3 * x.shape[-1] ** -0.5
                x.copy_(noise * scale + (1.0 if "norm" in key else 0.0))
        tied = config.tie_word_embeddings
        weights = {k: v.numpy() for k, v in model.state_dict().items() if not (tied and k == "lm_head.weight")}
        tokens = torch.randint(0, config.vocab_size - 1, (32,), generator=generator).tolist()
        with tempfile.TemporaryDirectory() as scratch:
            whole = os.path.join(scratch, "f32.gguf")
            pre = "llama-bpe" if family == "llama" else "qwen2"
            write(whole, config, weights, Type.F32, ascii_vocabulary(config.vocab_size, pre), name)
            for kind in kinds:
                path = os.path.join(OUT, f"{name}-{kind.lower()}.gguf")
                done = subprocess.run([options.quantize, whole, path, kind, "1"], capture_output=True, text=True)
                assert done.returncode == 0, done.stderr[-2000:]
                reference(f"{name}-{kind.lower()}", path, config, tokens, 0.05, about)


# Where the f16 scales of a block are, by type: bytes drawn at random would make them infinite.
SCALES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
          "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0]}


def blocks(options):
    rng, tensors = np.random.default_rng(7), {}
    for name, places in SCALES.items():
        kind = Type[name]
        _, size = gguf.GGML_QUANT_SIZES[kind]
        raw = rng.integers(0, 256, (4, size), dtype=np.uint8)
        for place in places:
            scale = rng.uniform(-0.02, 0.02, 4).astype(np.float16)
            raw[:, place:place + 2] = scale.view(np.uint8).reshape(4, 2)
        tensors[f"{name}.raw"], tensors[f"{name}.values"] = raw, dequantize(raw, kind).astype(np.float32)
    x = rng.normal(size=16).astype(np.float32)
    for kind in (Type.F16, Type.BF16):
        raw = quantize(x, kind)
        tensors[f"{kind.name}.raw"] = np.ascontiguousarray(raw).view(np.uint8)
        tensors[f"{kind.name}.values"] = dequantize(raw, kind).astype(np.float32)
    save_file(tensors, os.path.join(OUT, "blocks.safetensors"))
    print(f"blocks.safetensors: {', '.join(SCALES)}, F16, BF16")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("groups", nargs="*")
    parser.add_argument("--quantize", default="llama-quantize")
    parser.add_argument("--scout", default=os.path.join(HERE, "..", "..", "assets", "models", "scout"))
    options = parser.parse_args()
    groups = options.groups or ["scout", "forms", "quants", "blocks"]
    os.makedirs(OUT, exist_ok=True)
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    where = os.path.join(OUT, "reference.json")
    about = json.load(open(where)) if os.path.exists(where) else {}
    if "scout" in groups:
        scout(options)
    if "forms" in groups:
        forms(options, about)
    if "quants" in groups:
        quants(options, about)
    if "blocks" in groups:
        blocks(options)
    with open(where, "w") as file:
        json.dump(dict(sorted(about.items())), file, indent=1)
        file.write("\n")
    print(f"{sum(os.path.getsize(os.path.join(OUT, f)) for f in os.listdir(OUT))} bytes in {OUT}")


main()
