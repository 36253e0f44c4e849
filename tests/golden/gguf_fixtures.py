"""Makes tests/data/gguf: tiny GGUF models with what transformers says of them, and blocks of every kind with their values.

    pip install gguf numpy tokenizers torch transformers
    python tests/golden/gguf_fixtures.py

Weights are drawn, quantised by the gguf package, and dequantised again for transformers, so that logits must agree up
to rounding. Rows of q and k are permuted here as llama.cpp's converter does it for its rotary positions.
"""
import json
import os

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Kind
from gguf import TokenType
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "data", "gguf")

CORPUS = [
    "The numbers are 25, 7 and 3. Let me try 25 + 7 = 32, then 32 - 3 = 29.\n",
    "That does not work, so go back and try again: 7 * 3 = 21, 25 - 21 = 4.\n\n",
    "I'm sure it's right; we'll check that they're the numbers. don't they've?",
]
TEXTS = [
    "The numbers are 25 and 7.",
    " leading and  double   blanks ",
    "I'M SURE they're right, don't you? 1234567",
    "try 25 + 7 = 32\n\n\t then\r\n  go",
    "é ñ 中文 🦙 cafe\u0301",
    "a<tool>b <tool> c",
    "",
    " ",
]


def hex_of(array):
    return np.ascontiguousarray(array).tobytes().hex()


# Blocks ---------------------------------------------------------------------------------------------------------------

# Where the half floats of a block stand, so that they can be made finite.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}


def blocks():
    rng = np.random.default_rng(1)
    found = {}
    for name in ["F32", "F16", "BF16", *HALVES]:
        kind = Kind[name]
        length, size = gguf.GGML_QUANT_SIZES[kind]
        count = 2 if length == 256 else 3
        if name == "F32":
            raw = rng.normal(size=8).astype("<f4").view(np.uint8).reshape(1, -1)
        elif name == "F16":
            # Normal, subnormal, zero and infinite.
            raw = np.array([1.5, -2.25e-6, 6e-8, 0.0, -0.0, 65504, np.inf, -0.333], "<f2").view(np.uint8).reshape(1, -1)
        elif name == "BF16":
            raw = (rng.normal(size=8).astype("<f4").view("<u4") >> 16).astype("<u2").view(np.uint8).reshape(1, -1)
        else:
            raw = rng.integers(0, 256, size=(count, size), dtype=np.uint8)
            for at in HALVES[name]:
                for block, scale in enumerate([0.0123, -1.75, 3e-7][:count]):
                    raw[block, at:at + 2] = np.array([scale * (1 + at)], "<f2").view(np.uint8)
            raw = raw.reshape(1, -1)
        values = gguf.quants.dequantize(raw, kind).astype("<f4")
        found[name] = {"blocks": hex_of(raw), "values": hex_of(values)}
    found["sizes"] = {kind.name: [kind.value, *gguf.GGML_QUANT_SIZES[kind]] for kind in gguf.GGML_QUANT_SIZES}
    return found


# Tokenizers -----------------------------------------------------------------------------------------------------------

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def split(regex):
    parts = [pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    return pre_tokenizers.Sequence(parts)


PRE = {
    "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False),
    "llama-bpe": split(LLAMA3),
    "smaug-bpe": split(LLAMA3),
    "qwen2": split(QWEN2),
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)]),
    "tekken": split(TEKKEN),
}


def byte_level():
    """A byte-level vocabulary: all bytes, a few learnt merges, two special tokens and one that is not."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = PRE["gpt-2"]
    trainer = trainers.BpeTrainer(vocab_size=290, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocab, merges = model["vocab"], [tuple(m) for m in model["merges"]]
    tokens = [t for t, _ in sorted(vocab.items(), key=lambda item: item[1])]
    # Reachable only when merges are passed over.
    tokens.append("Ġnumberless")
    types = [TokenType.NORMAL] * len(tokens)
    for text, kind in [("<|endoftext|>", TokenType.CONTROL), ("<|im_start|>", TokenType.CONTROL),
                       ("<|im_end|>", TokenType.CONTROL), ("<tool>", TokenType.USER_DEFINED)]:
        tokens.append(text)
        types.append(kind)
    while len(tokens) < 300:
        tokens.append(f"[PAD{len(tokens)}]")
        types.append(TokenType.UNUSED)
    return tokens, types, merges


def encode_bpe(tokens, types, merges, pre):
    vocab = {t: i for i, t in enumerate(tokens) if types[i] == TokenType.NORMAL}
    model = models.BPE(vocab=vocab, merges=merges, ignore_merges=pre in ("llama-bpe", "smaug-bpe", "tekken"))
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = PRE[pre]
    if pre == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.decoder = decoders.ByteLevel()

    def encode(text):
        # The only added token of the texts; tokens beyond the vocabulary keep their ids this way.
        ids = []
        for i, part in enumerate(text.split("<tool>")):
            ids += ([tokens.index("<tool>")] if i else []) + (tokenizer.encode(part).ids if part else [])
        return ids

    return [encode(text) for text in TEXTS]


def sentencepiece():
    """Pieces with scores as SentencePiece learns them: the earlier merge has the higher score, characters come last."""
    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=100, show_progress=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    merged = [a + b for a, b in model["merges"]]
    letters = [t for t in model["vocab"] if t not in merged and t != "\n"]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    types = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL] + [TokenType.BYTE] * 256
    scores = [0.0] * 259
    for rank, piece in enumerate(["▁▁"] + merged + letters):
        tokens.append(piece)
        types.append(TokenType.NORMAL)
        scores.append(-float(rank))
    tokens.append("<tool>")
    types.append(TokenType.USER_DEFINED)
    scores.append(-1000.0)
    return tokens, types, scores


def encode_spm(tokens, types, scores, text, prefix):
    """SentencePiece's own way, without any merges: join the neighbours whose piece has the highest score, leftmost first."""
    known = {t: (scores[i], i) for i, t in enumerate(tokens) if types[i] == TokenType.NORMAL}

    def plain(part):
        pieces = list(((" " if prefix else "") + part).replace(" ", "▁"))
        while True:
            pairs = [(known[a + b][0], -i) for i, (a, b) in enumerate(zip(pieces, pieces[1:])) if a + b in known]
            if not pairs:
                break
            i = -max(pairs)[1]
            pieces[i:i + 2] = [pieces[i] + pieces[i + 1]]
        ids = []
        for piece in pieces:
            if piece in known:
                ids.append(known[piece][1])
            else:
                ids += [tokens.index(f"<0x{b:02X}>") for b in piece.encode()]
        return ids

    ids = []
    for i, part in enumerate(text.split("<tool>")):
        ids += ([tokens.index("<tool>")] if i else []) + (plain(part) if part else [])
    return ids


# Models ---------------------------------------------------------------------------------------------------------------

SHAPE = dict(
    hidden_size=32, intermediate_size=64, num_attention_heads=4, num_key_value_heads=2, head_dim=8,
    max_position_embeddings=128, rms_norm_eps=1e-5, attention_dropout=0.0, attn_implementation="eager",
    bos_token_id=None, eos_token_id=None, pad_token_id=None,
)
GGUF_NAME = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
QUANTISED = ["Q8_0", "Q4_0", "Q5_1", "F16", "Q5_0", "Q4_1", "BF16"]


def gguf_name(name):
    stem, kind = name.rsplit(".", 1)
    if stem.startswith("model.layers."):
        layer, rest = stem.removeprefix("model.layers.").split(".", 1)
        return f"blk.{layer}.{GGUF_NAME[rest]}.{kind}"
    return f"{GGUF_NAME[stem]}.{kind}"


def permute(weight, heads):
    shape = weight.shape
    return weight.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def write(arch, config, vocabulary, permuted, factors=None):
    torch.manual_seed(7)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    path = os.path.join(OUT, f"{arch}.gguf")
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(f"tiny {arch}")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(5000.0)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_vocab_size(config.vocab_size)
    vocabulary(writer)
    state, drawn = dict(model.state_dict()), np.random.default_rng(3)
    rows = {}
    for number, (name, tensor) in enumerate(state.items()):
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        weight = drawn.normal(scale=0.3, size=tuple(tensor.shape)).astype(np.float32)
        if name.endswith("norm.weight"):
            weight = np.abs(weight) + 0.5
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
        heads = next((n for part, n in heads.items() if part in name), None)
        stored = permute(weight, heads) if permuted and heads else weight
        if weight.ndim == 1:
            writer.add_tensor(gguf_name(name), stored)
        else:
            kind = Kind[QUANTISED[number % len(QUANTISED)]]
            data = gguf.quants.quantize(stored, kind)
            writer.add_tensor(gguf_name(name), data, raw_dtype=kind)
            stored = gguf.quants.dequantize(data, kind).astype(np.float32)
            if permuted and heads:
                # Back to the order of transformers.
                back = np.argsort(permute(np.arange(stored.shape[0]), heads))
                weight = stored[back]
            else:
                weight = stored
        tensor.copy_(torch.from_numpy(weight.copy()))
        if "layers.0.self_attn.q_proj" in name or "layers.0.self_attn.k_proj" in name:
            rows[name] = [float(row[0]) if weight.ndim == 2 else float(row) for row in weight]
    if factors is not None:
        writer.add_tensor("rope_freqs.weight", np.array(factors, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model.load_state_dict(state)
    model.tie_weights()
    ids = [3, 260, 17, 81, 9, 250, 44, 5, 12, 100, 261, 7]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    fields = ["model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
              "num_key_value_heads", "head_dim", "vocab_size", "max_position_embeddings", "rms_norm_eps",
              "tie_word_embeddings", "no_rope_layers"]
    return {
        "config": {f: getattr(config, f) for f in fields if hasattr(config, f)},
        "first_column": rows, "ids": ids, "logits": [[round(float(x), 5) for x in row] for row in logits],
    }


def bpe_writer(pre):
    tokens, types, merges = byte_level()

    def add(writer):
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre)
        writer.add_token_list(tokens)
        writer.add_token_types(types)
        writer.add_token_merges([" ".join(m) for m in merges])
        writer.add_eos_token_id(tokens.index("<|im_end|>"))
        writer.add_bos_token_id(tokens.index("<|endoftext|>"))
        writer.add_pad_token_id(tokens.index("<|endoftext|>"))
        writer.add_add_bos_token(False)
        writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}")

    return len(tokens), add


def spm_writer():
    tokens, types, scores = sentencepiece()

    def add(writer):
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(tokens)
        writer.add_token_scores(scores)
        writer.add_token_types(types)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_unk_token_id(0)

    return len(tokens), add


def rope(**more):
    return {"rope_type": "default", "rope_theta": 5000.0, **more}


def main():
    os.makedirs(OUT, exist_ok=True)
    models_, expected = {}, {}
    size, add = spm_writer()
    # Llama 3's way to stretch positions, in numbers that matter at this size.
    stretched = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                     original_max_position_embeddings=32)
    config = transformers.LlamaConfig(vocab_size=size, num_hidden_layers=2, tie_word_embeddings=False,
                                      rope_parameters=rope(**stretched), **SHAPE)
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
    inverse, _ = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
    plain = 1.0 / (5000.0 ** (torch.arange(0, 8, 2).float() / 8))
    models_["llama"] = write("llama", config, add, True, factors=(plain / inverse).tolist())
    size, add = bpe_writer("qwen2")
    config = transformers.Qwen2Config(vocab_size=size, num_hidden_layers=1, tie_word_embeddings=True,
                                      rope_parameters=rope(), **SHAPE)
    models_["qwen2"] = write("qwen2", config, add, False)
    config = transformers.Qwen3Config(vocab_size=size, num_hidden_layers=1, tie_word_embeddings=True,
                                      rope_parameters=rope(), **SHAPE)
    models_["qwen3"] = write("qwen3", config, add, False)
    size, add = bpe_writer("smaug-bpe")
    config = transformers.SmolLM3Config(vocab_size=size, num_hidden_layers=4, tie_word_embeddings=True,
                                        rope_parameters=rope(), use_sliding_window=False, **SHAPE)
    models_["smollm3"] = write("smollm3", config, add, True)
    for name, model in models_.items():
        with open(os.path.join(OUT, f"{name}.json"), "w") as file:
            json.dump(model, file, ensure_ascii=False)

    tokens, types, merges = byte_level()
    pieces, kinds, scores = sentencepiece()
    expected = {
        "texts": TEXTS,
        "bpe": {pre: encode_bpe(tokens, types, merges, pre) for pre in PRE},
        "spm": [encode_spm(pieces, kinds, scores, text, True) for text in TEXTS],
        "spm_without_prefix": [encode_spm(pieces, kinds, scores, text, False) for text in TEXTS],
    }
    with open(os.path.join(OUT, "tokens.json"), "w") as file:
        json.dump(expected, file, ensure_ascii=False)
    with open(os.path.join(OUT, "blocks.json"), "w") as file:
        json.dump(blocks(), file)


if __name__ == "__main__":
    main()
