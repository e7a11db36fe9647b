"""What a dashboard is made of: rows of panels with queries."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Query:
    """A PromQL expression. ``legend``: the name of its series, with labels as ``{{label}}``."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """A panel. ``unit``: Grafana's name of it; ``width``: of 24 columns."""

    title: str
    about: str
    queries: tuple[Query, ...]
    unit: str = "short"
    kind: Literal["timeseries", "stat", "table"] = "timeseries"
    width: int = 8
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class RowSpec:
    """A row with its panels."""

    title: str
    panels: tuple[PanelSpec, ...]
