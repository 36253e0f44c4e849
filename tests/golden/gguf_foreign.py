"""Makes gguf_foreign/NAME.gguf: tiny random models of other architectures in llama.cpp's format, with what transformers
says of them in NAME.safetensors: tokens i64 [T], logits f32 [T, V] at every position, greedy i64 [64].

    pip install torch 'transformers>=5' safetensors numpy gguf
    python tests/golden/gguf_foreign.py [NAME ...]

Matrices are quantised by the gguf package, and dequantised again for transformers, so that logits must agree up to
rounding. Names, shapes and the one that Gemma's norms are short of are those of llama.cpp's convert_hf_to_gguf.py.
Windows are shorter than the texts.
"""

import os
import sys

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Kind
from gguf import TokenType
from safetensors.numpy import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from foreign import GAP, NOISE, SMALL, TOKENS, greedy_of, logits_of, randomise

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "gguf_foreign")
SHAPE = {**SMALL, "hidden_size": 32, "intermediate_size": 64, "head_dim": 8}
TEMPLATE = ("{{ bos_token }}{% for message in messages %}<start_of_turn>{{ message['role'] }}\n{{ message['content'] }}"
            "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}")

# Name: model type, fields, how matrices are stored, keys of the file besides.
MODELS = {
    "phi3": ("phi3", dict(tie_word_embeddings=False, sliding_window=20), Kind.Q4_0,
             {"attention.sliding_window": 20, "rope.dimension_count": 8, "rope.scaling.original_context_length": 256}),
    "gemma": ("gemma", dict(tie_word_embeddings=True), Kind.F16, {}),
    "gemma2": ("gemma2", dict(tie_word_embeddings=True, query_pre_attn_scalar=8, sliding_window=20,
                              attn_logit_softcapping=5.0, final_logit_softcapping=8.0), Kind.Q8_0,
               {"attention.sliding_window": 20, "attn_logit_softcapping": 5.0, "final_logit_softcapping": 8.0}),
    "gemma3": ("gemma3_text",
               dict(tie_word_embeddings=True, query_pre_attn_scalar=8, sliding_window=20,
                    layer_types=["sliding_attention", "full_attention"],
                    rope_parameters={"sliding_attention": {"rope_type": "default", "rope_theta": 1000.0},
                                     "full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 100000.0}}),
               Kind.Q8_0,
               {"attention.sliding_window": 20, "attention.sliding_window_pattern": 2, "rope.freq_base": 100000.0,
                "rope.freq_base_swa": 1000.0, "rope.scaling.type": "linear", "rope.scaling.factor": 4.0}),
    "qwen3moe": ("qwen3_moe",
                 dict(tie_word_embeddings=False, num_experts=5, num_experts_per_tok=2, moe_intermediate_size=32,
                      decoder_sparse_step=1, norm_topk_prob=True,
                      rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}), Kind.Q8_0,
                 {"expert_count": 5, "expert_used_count": 2, "expert_feed_forward_length": 32, "rope.freq_base": 1000000.0}),
}

TOP = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
       "lm_head.weight": "output.weight"}
PARTS = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.qkv_proj": "attn_qkv", "self_attn.o_proj": "attn_output",
         "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate",
         "mlp.up_proj": "ffn_up", "mlp.gate_up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
         "mlp.gate": "ffn_gate_inp", "mlp.experts.gate_proj": "ffn_gate_exps", "mlp.experts.up_proj": "ffn_up_exps",
         "mlp.experts.down_proj": "ffn_down_exps"}


def name_of(name, four_norms):
    if name in TOP:
        return TOP[name]
    layer, part = name.removeprefix("model.layers.").removesuffix(".weight").split(".", 1)
    norms = {"post_attention_layernorm": "post_attention_norm" if four_norms else "ffn_norm",
             "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm"}
    return f"blk.{layer}.{(PARTS | norms)[part]}.weight"


def vocabulary(writer, size):
    """SentencePiece's kind: pieces with scores."""
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>", "▁", "\n"]
    types = [TokenType.CONTROL] * 3 + [TokenType.UNKNOWN] + [TokenType.CONTROL] * 2 + [TokenType.NORMAL] * 2
    tokens += list("abcdefghijklmnopqrstuvwxyz0123456789") + ["he", "ll", "hell", "hello", "▁w", "or", "ld", "orld", "▁world"]
    tokens += [f"<unused{i}>" for i in range(size - len(tokens))]
    types += [TokenType.NORMAL] * (size - len(types))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(i) for i in range(size)])
    writer.add_token_types(types)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)


def attempt(name, seed):
    """Writes both files with one seed; a sentence says why the seed is no good."""
    kind, fields, stored, keys = MODELS[name]
    config = AutoConfig.for_model(kind, **{**SHAPE, **fields})
    generator = torch.Generator().manual_seed(seed)
    how = dict(experts_implementation="eager") if hasattr(config, "num_experts_per_tok") else {}
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32, **how).eval()
    randomise(model, generator)

    path = os.path.join(OUT, f"{name}.gguf")
    arch = name
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(name)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if arch != "phi3":
        writer.add_key_length(8)
        writer.add_value_length(8)
    for key, value in keys.items():
        add = {int: writer.add_uint32, float: writer.add_float32, str: writer.add_string}[type(value)]
        add(f"{arch}.{key}", value)
    vocabulary(writer, config.vocab_size)
    four_norms = arch in ("gemma2", "gemma3")
    for hf, parameter in model.named_parameters():
        if hf == "lm_head.weight" and config.tie_word_embeddings:
            continue
        parameter.requires_grad_(False)
        if parameter.ndim == 1:
            more = 1.0 if "gemma" in arch else 0.0
            writer.add_tensor(name_of(hf, four_norms), parameter.numpy() + np.float32(more))
            continue
        # The table is stored finer, as llama.cpp does it, and who chooses experts not at all.
        how = Kind.Q8_0 if stored == Kind.Q4_0 and hf in TOP else Kind.F32 if hf.endswith("mlp.gate.weight") else stored
        parts = {hf: parameter}
        if hf.endswith("experts.gate_up_proj"):
            halves = parameter.chunk(2, dim=1)
            parts = {hf.replace("gate_up", part): half for part, half in zip(["gate", "up"], halves)}
        for part, view in parts.items():
            raw = gguf.quants.quantize(view.contiguous().numpy(), how)
            view.copy_(torch.from_numpy(gguf.quants.dequantize(raw, how).astype(np.float32)))
            writer.add_tensor(name_of(part, four_norms), raw, raw_dtype=how)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    tokens = torch.randint(6, config.vocab_size, (TOKENS,), generator=generator).tolist()
    logits = logits_of(model, tokens)
    greedy, gap = greedy_of(model, tokens)
    if gap < GAP or 1 in greedy or len(set(greedy)) < 8:
        return f"gap {gap:.1e}, {len(set(greedy))} different"
    noise = (logits_of(model.double(), tokens) - logits).abs().max().item()
    if noise > NOISE:
        return f"f32 is {noise:.1e} away from f64"
    save_file({"tokens": np.array(tokens, dtype=np.int64), "logits": logits.float().numpy(),
               "greedy": np.array(greedy, dtype=np.int64)}, os.path.join(OUT, f"{name}.safetensors"))
    print(f"{name}: seed {seed}, {os.path.getsize(path)} bytes, deviation {logits.std():.2f}, gap {gap:.1e}, "
          f"{len(set(greedy))} different, noise {noise:.1e}", flush=True)
    return None


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    os.makedirs(OUT, exist_ok=True)
    for number, name in enumerate(MODELS):
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        for seed in range(1000 * number, 1000 * number + 200):
            if (why := attempt(name, seed)) is None:
                break
        else:
            raise SystemExit(f"{name}: no seed of 200 is good: {why}")


main()
