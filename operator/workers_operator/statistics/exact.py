"""Exact tests by SciPy, imported in the child process only.

docs.scipy.org/doc/scipy/reference/generated/scipy.stats.fisher_exact,
docs.scipy.org/doc/scipy/reference/generated/scipy.stats.binomtest,
docs.scipy.org/doc/scipy/reference/generated/scipy.stats.combine_pvalues
"""

from scipy.stats import binomtest, combine_pvalues, fisher_exact


def p_value(counts: tuple[float, ...]) -> float:
    """Return the p-value of at least as many failures by chance.

    ``counts``: (failed, requests, limit) for the exact binomial test, whose hypothesis is that ``limit`` is the share
    of failures; (failed, requests, failed, requests) for Fisher's exact test, whose hypothesis is that both versions
    are alike. Several such tables, one after the other, are combined by Fisher's method. Raises ValueError.
    """
    if len(counts) == 3:
        failed, requests, limit = counts
        return float(binomtest(int(failed), int(requests), limit, alternative="greater").pvalue)
    values = [_fisher(*counts[first : first + 4]) for first in range(0, len(counts), 4)]
    return values[0] if len(values) == 1 else float(combine_pvalues(values, "fisher").pvalue)


def _fisher(failed: float, requests: float, others_failed: float, others: float) -> float:
    table = [[failed, requests - failed], [others_failed, others - others_failed]]
    return float(fisher_exact(table, alternative="greater").pvalue)
