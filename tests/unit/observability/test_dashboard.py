"""The dashboard: Grafana understands it, it is current, and it shows what exists."""

import json
import re
from typing import Any

import pytest

from bench.observability import dashboard
from bench.observability.panels import ROWS
from support.promql import exposed, metrics_in, recorded, rules, series

TEXT = dashboard.FILE.read_text()
BODY: dict[str, Any] = json.loads(TEXT)
QUERIES = [query.expr for row in ROWS for spec in row.panels for query in spec.queries]


def test_it_is_what_the_rows_make() -> None:
    assert dashboard.build() == TEXT, "run make manifests"


def test_grafana_understands_every_field() -> None:
    assert dashboard.understood(TEXT) == TEXT


def test_a_field_that_grafana_does_not_know_is_found() -> None:
    wrong = json.dumps({**BODY, "panles": []}, sort_keys=True, indent=2)
    assert dashboard.understood(wrong) != wrong + "\n"


def test_panels_do_not_overlap_and_have_numbers_of_their_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BODY["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    numbers = [panel["id"] for panel in BODY["panels"]]
    assert len(set(numbers)) == len(numbers)


def test_the_rows_are_there() -> None:
    titles = [panel["title"] for panel in BODY["panels"] if panel["type"] == "row"]
    assert [title.partition(" (")[0] for title in titles] == [
        "Fleet", "One worker", "Reconcile", "API budget", "Scaling",
    ]  # fmt: skip


def test_everything_that_panels_read_exists() -> None:
    variables = [v["query"] for v in BODY["templating"]["list"] if v["type"] == "query"]
    inner = [re.sub(r"^label_values\((.*), \w+\)$", r"\1", query) for query in variables]
    missing = set[str]().union(*map(metrics_in, [*QUERIES, *inner])) - exposed() - recorded()
    assert missing == {"ALERTS"}  # Prometheus' own


def test_everything_that_the_operator_exposes_is_shown() -> None:
    recording = [rule["expr"] for rule in rules() if "record" in rule]
    read = set[str]().union(*map(metrics_in, [*QUERIES, *recording]))
    of = series()
    shown = {of[name] for name in read if name in of}
    assert set(of.values()) - shown == {
        "cloudflare_worker_platform_info",  # joined to others by its labels
        "cloudflare_worker_notifications_total",  # of webhooks, for people without a dashboard
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_panels_say_what_they_show(row: Any) -> None:
    for spec in row.panels:
        assert spec.about.endswith(".")
        assert len(spec.queries) <= 8
