"""Says which logs of a worker Cloudflare does not keep. Pure."""

from collections import defaultdict
from collections.abc import Mapping

from workers_operator.domain.names import VersionedName
from workers_operator.domain.text.lines import listed


def sampling_notices(shares: Mapping[VersionedName, float | None]) -> list[str]:
    """Return what is missing of scripts' logs.

    ``shares``: of the invocations that are logged, 0 to 1; None: unknown.
    """
    by_share: defaultdict[float, list[str]] = defaultdict(list)
    for script, share in sorted(shares.items()):
        if share is not None and share < 1:
            by_share[share].append(label(script))
    return [_notice(share, scripts) for share, scripts in sorted(by_share.items())]


def label(script: VersionedName) -> str:
    """Return how an instance of a version is called beside its worker's name: ``4f2a91c0/0``."""
    return f"{script.hash}/{script.instance}"


def _notice(share: float, scripts: list[str]) -> str:
    names = listed(scripts)
    if share <= 0:
        return (
            f"no logs of {names} are kept: its plan has logSamplingPercent 0, or it was uploaded before logs were "
            "kept; the next version has them if the plan does"
        )
    return f"logs of {names} are sampled: {share * 100:.3g}% of the invocations are shown"
