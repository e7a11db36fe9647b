"""The names of metrics in PromQL expressions, and those that the operator exposes."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from prometheus_client import CollectorRegistry

from support.calls import ok
from support.platforms import Bench
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.queue import WorkQueue
from workers_operator.index.index import Index
from workers_operator.metrics import Metrics
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.scheduling.levels import CONTROLLERS, levels

OBSERVABILITY: Final = Path(__file__).parents[2] / "manifests" / "observability"
_STRINGS: Final = re.compile(r'"(?:\\.|[^"\\])*"')
_NOT_NAMES: Final = re.compile(
    r'""'
    r"|\{[^{}]*\}"  # label matchers
    r"|\[[^\]]*\]"  # ranges
    r"|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)"
)
_WORD: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_OPERATORS: Final = frozenset({"and", "or", "unless", "bool", "offset"})


def metrics_in(expression: str) -> set[str]:
    """The names of the metrics that an expression reads."""
    # Strings first: braces and brackets may stand in them.
    bare = _NOT_NAMES.sub(" ", _STRINGS.sub('""', expression))
    found = set()
    for match in _WORD.finditer(bare):
        is_number = match.start() > 0 and bare[match.start() - 1].isdigit()
        is_function = bare[match.end() :].lstrip().startswith("(")
        if match[0] not in _OPERATORS and not is_number and not is_function:
            found.add(match[0])
    return found


def rules() -> Iterator[Mapping[str, Any]]:
    """All rules of the PrometheusRule, those that record and those that alert."""
    body = yaml.safe_load((OBSERVABILITY / "prometheusrule.yaml").read_text())
    for group in body["spec"]["groups"]:
        yield from group["rules"]


def alerts() -> dict[str, Mapping[str, Any]]:
    """The alerts by name."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def recorded() -> set[str]:
    """The names of the series that rules record."""
    return {rule["record"] for rule in rules() if "record" in rule}


def series() -> Mapping[str, str]:
    """Every series that an operator may expose → the metric that it belongs to; none of Python or of the process."""
    registry, bench, index = CollectorRegistry(), Bench(lambda _: ok([])), Index()
    Metrics(registry, 1, CONTROLLERS)
    queue, leftovers = WorkQueue[ObjectKey](bench.clock), LeftoverRemover(index, 1.0)
    registry.register(levels(queue, bench.platforms, index, leftovers, bench.clock))
    found = {}
    for family in registry.collect():
        metric = family.name + ("_total" if family.type == "counter" else "")
        for suffix in ("_bucket", "_sum", "_count") if family.type == "histogram" else ("",):
            found[metric + suffix] = metric
    return found


def exposed() -> set[str]:
    """The names of all series that an operator may expose."""
    return set(series())
