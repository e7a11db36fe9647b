"""Makes the Grafana dashboard of the rows in ``panels``: ``python -m bench.observability.dashboard [--check]``."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as queries

from bench import generated
from bench.observability.panels import ROWS
from bench.observability.specs import PanelSpec

FILE: Final = Path(__file__).parents[2] / "manifests" / "observability" / "dashboard.json"
_SOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
_HEIGHT: Final = 8
_STAT_HEIGHT: Final = 4


def build() -> str:
    """Return the dashboard as JSON."""
    made = (
        dashboard.Dashboard("Cloudflare Workers operator")
        .uid("workers-operator")
        .tags(["cloudflare", "kubernetes", "workers"])
        .refresh("1m")
        .time("now-6h", "now")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(_variable("platform", "Platform", "cloudflare_worker_platform_ready", "platform"))
        .with_variable(
            _variable("namespace", "Namespace", "cloudflare_worker_single_requests_total", "exported_namespace")
        )
        .with_variable(
            _variable(
                "worker",
                "Worker",
                'cloudflare_worker_single_requests_total{exported_namespace=~"$namespace"}',
                "worker",
            )
        )
    )  # fmt: skip
    number = 0
    for row in ROWS:
        made.with_row(dashboard.Row(row.title).id(number := number + 1))
        for spec in row.panels:
            made.with_panel(_PANELS[spec.kind](spec).id(number := number + 1))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def understood(text: str) -> str:
    """Return what Grafana's schema knows of a dashboard: a field that it does not know is left out."""
    body: dict[str, Any] = json.loads(text)
    return JSONEncoder(sort_keys=True, indent=2).encode(models.Dashboard.from_json(body)) + "\n"


def _variable(name: str, label: str, metric: str, of: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(_SOURCE)
        .query(f"label_values({metric}, {of})")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .include_all(True)
        .all_value(".*")
        .multi(True)
    )


def _targets(spec: PanelSpec) -> list[Any]:
    found = []
    for letter, query in zip("ABCDEFGH", spec.queries, strict=False):
        target = prometheus.Dataquery().ref_id(letter).expr(query.expr).datasource(_SOURCE)
        target.legend_format(query.legend or spec.title)
        if spec.kind == "timeseries":
            target.range()
        else:
            target.instant()
        if spec.kind == "table":
            target.format(queries.PromQueryFormat.TABLE)
        found.append(target)
    return found


def _timeseries(spec: PanelSpec) -> Any:
    panel = _common(timeseries.Panel(), spec, _HEIGHT)
    panel.fill_opacity(20 if spec.stacked else 5).show_points(options.VisibilityMode.NEVER).min(0)
    if spec.stacked:
        panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL))
    panel.tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI))
    legend = common.VizLegendOptions().display_mode(options.LegendDisplayMode.LIST)
    panel.legend(
        legend.placement(options.LegendPlacement.BOTTOM).show_legend(True).calcs(["lastNotNull"])
    )
    return panel


def _stat(spec: PanelSpec) -> Any:
    panel = _common(stat.Panel(), spec, _STAT_HEIGHT)
    panel.graph_mode(options.BigValueGraphMode.NONE).color_mode(options.BigValueColorMode.VALUE)
    panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    return panel


def _table(spec: PanelSpec) -> Any:
    return _common(table.Panel(), spec, _HEIGHT - 2)


def _common(panel: Any, spec: PanelSpec, height: int) -> Any:
    panel.title(spec.title).description(spec.about).datasource(_SOURCE).unit(spec.unit)
    return panel.height(height).span(spec.width).targets(_targets(spec))


_PANELS: Final[Mapping[str, Callable[[PanelSpec], Any]]] = {
    "timeseries": _timeseries,
    "stat": _stat,
    "table": _table,
}


if __name__ == "__main__":
    generated.main(__doc__, FILE, build())
