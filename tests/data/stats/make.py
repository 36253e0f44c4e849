"""The expected values of `src/base/stats.rs`, from scipy and statsmodels: `python make.py > expected.json`."""

import json

from scipy.special import comb
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint


def pass_at(n, c, k):
    """The unbiased estimator of Chen et al. 2021 with exact integers."""
    return 1 - comb(n - c, k, exact=True) / comb(n, k, exact=True)


wilson = [
    {"k": k, "n": n, "interval": list(proportion_confint(k, n, method="wilson"))}
    for k, n in [(0, 10), (8, 10), (10, 10), (164, 200), (1, 500), (9999, 10000)]
]
passes = [
    {"n": n, "c": c, "k": k, "value": pass_at(n, c, k)}
    for n, c, k in [(1, 1, 1), (1, 0, 1), (8, 3, 1), (8, 3, 4), (8, 3, 6), (8, 0, 8), (200, 17, 10), (1000, 1, 100)]
]
pairs = []
for b, c in [(0, 0), (1, 0), (5, 5), (0, 6), (9, 91), (10, 12), (40, 60), (300, 400), (2000, 2100)]:
    p = mcnemar([[0, b], [c, 0]], exact=True).pvalue if b + c else 1.0
    if b + c:
        assert abs(p - binomtest(b, b + c).pvalue) <= 1e-9 * p
    pairs.append({"b": b, "c": c, "p": float(p)})
print(json.dumps({"wilson": wilson, "pass_at": passes, "mcnemar": pairs}, indent=1))
