"""Makes the fixtures llama-tiny (grouped heads, tied) and llama-tiny-untied: random checkpoints with transformers' logits.

    pip install torch transformers safetensors
    python tests/data/make_llama_tiny.py
"""
import json
import os

import torch
from transformers import LlamaConfig, LlamaForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))


def make(name, seed, **shape):
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=31,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        max_position_embeddings=64,
        attn_implementation="eager",
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=1,
        **shape,
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            # Large enough that attention is far from uniform; norms away from 1.
            parameter.copy_(torch.randn_like(parameter) * 0.4 + (1.0 if parameter.dim() == 1 else 0.0))
        ids = torch.randint(0, config.vocab_size, (2, 11))
        logits = model(input_ids=ids).logits
    where = os.path.join(HERE, name)
    model.save_pretrained(where)
    generation = os.path.join(where, "generation_config.json")
    if os.path.exists(generation):
        os.remove(generation)
    with open(os.path.join(where, "expected.json"), "w") as file:
        rounded = [[[round(x, 5) for x in row] for row in one] for one in logits.tolist()]
        json.dump({"ids": ids.tolist(), "logits": rounded}, file)
        file.write("\n")


make("llama-tiny", 0, num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True, rope_theta=500.0)
make("llama-tiny-untied", 1, num_attention_heads=2, num_key_value_heads=2, tie_word_embeddings=False, head_dim=4)
