"""Makes loss.json: values and gradients of the losses of src/train/rl/loss.rs, by PyTorch's autograd from the formulas of
TRL 1.16's GRPOTrainer._compute_loss and RLOOTrainer._compute_loss, written out here.   python make.py > loss.json   (package torch)"""
import json
import torch

torch.manual_seed(5)
EPS_LOW, EPS_HIGH, LONGEST = 0.2, 0.28, 9
LENGTHS, ADVANTAGES, COUNTS = [3, 5, 1, 4], [1.3, -0.7, 0.4, -1.1], [True, True, True, False]
now = [-(torch.rand(n) * 2 + 0.05) for n in LENGTHS]
old = [x + torch.randn(len(x)) * 0.25 for x in now]
ref = [x + torch.randn(len(x)) * 0.3 for x in now]
T = max(LENGTHS)


def padded(rows):
    return torch.stack([torch.cat([r, torch.zeros(T - len(r))]) for r in rows])


mask = torch.stack([torch.tensor([float(c and t < n) for t in range(T)]) for n, c in zip(LENGTHS, COUNTS)])
advantages = torch.tensor(ADVANTAGES).unsqueeze(1)
# Completions that do not count are not in the batch.
batch = sum(COUNTS)


def grpo(logps, loss_type, beta):
    coef_1 = torch.exp(logps - padded(old))
    coef_2 = torch.clamp(coef_1, 1 - EPS_LOW, 1 + EPS_HIGH)
    per_token_loss = -torch.min(coef_1 * advantages, coef_2 * advantages)
    r = padded(ref) - logps
    per_token_loss = per_token_loss + beta * (torch.exp(r) - r - 1)
    if loss_type == "grpo":
        return ((per_token_loss * mask).sum(-1) / mask.sum(-1).clamp(min=1.0)).sum() / batch
    if loss_type == "dr_grpo":
        return (per_token_loss * mask).sum() / (batch * LONGEST)
    return (per_token_loss * mask).sum() / mask.sum().clamp(min=1.0)


def rloo(logps):
    log_ratio = ((logps - padded(old)) * mask).sum(1)
    coef_1 = torch.exp(log_ratio)
    coef_2 = torch.clamp(coef_1, 1 - EPS_LOW, 1 + EPS_HIGH)
    a = advantages.squeeze(1)
    loss = -torch.min(coef_1 * a, coef_2 * a)
    return (loss * torch.tensor([float(c) for c in COUNTS])).sum() / batch


cases = []
for algorithm, loss_type, beta in [("grpo", t, b) for t in ("grpo", "dr_grpo", "dapo", "bnpo") for b in (0.0, 0.04)] + [("rloo", "dapo", 0.0)]:
    leaves = [x.clone().requires_grad_(True) for x in now]
    value = rloo(padded(leaves)) if algorithm == "rloo" else grpo(padded(leaves), loss_type, beta)
    value.backward()
    gradient = torch.cat([x.grad for x in leaves]).tolist()
    cases.append(dict(algorithm=algorithm, loss_type=loss_type, beta=beta, value=value.item(), gradient=gradient))
completions = [dict(advantage=a, now=n.tolist(), old=o.tolist(), reference=r.tolist(), counts=c)
               for a, n, o, r, c in zip(ADVANTAGES, now, old, ref, COUNTS)]
print(json.dumps(dict(longest=LONGEST, completions=completions, cases=cases)))
