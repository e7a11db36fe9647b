"""The simulator of the autoscaler: the goals that can be met are met, and the page shows the figures of this code."""

from pathlib import Path

import pytest

from bench.scaling.contenders import Operator, PlainHPA
from bench.scaling.loop import Analytics, run
from bench.scaling.run import BEGIN, END, Row, compare, line
from bench.scaling.shapes import DAY, MINUTE, SHAPES, Shape

PAGE = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()
QUICK = [shape for shape in SHAPES if shape.length < DAY]


@pytest.fixture(scope="module", params=QUICK, ids=lambda shape: str(shape.name))
def row(request: pytest.FixtureRequest) -> Row:
    return compare(request.param)


def test_no_shape_is_worse_than_with_a_plain_autoscaler(row: Row) -> None:
    assert row.ratio <= 1.0
    assert row.flap_ratio <= 1.0


def test_the_page_shows_these_figures(row: Row) -> None:
    """``make bench-scaling`` writes them."""
    assert line(row) in PAGE.partition(BEGIN)[2].partition(END)[0]


def shape(name: str) -> Shape:
    return next(shape for shape in SHAPES if shape.name == name)


def test_what_cannot_be_seen_cannot_be_met() -> None:
    """A step is overload until it is seen, polled and deployed, for whomever."""
    step = run(shape("step"), Operator(), 30.0)
    assert 1.5 < step.overload < run(shape("step"), PlainHPA(), 30.0).overload


def test_analytics_are_late() -> None:
    analytics = Analytics(shape("step"))
    for tick in range(60):
        analytics.record(tick * 5.0, 5.0 * tick)
    assert analytics.sample(179.0) is None
    newest = analytics.sample(4 * MINUTE + 20)
    assert newest is not None
    assert newest.value == pytest.approx(sum(range(12, 24)) * 5.0 / MINUTE)
    assert newest.before == pytest.approx(sum(range(12)) * 5.0 / MINUTE)
    assert newest.age == 140.0
    # Of the minutes that are not complete yet, everything counts that is visible.
    assert newest.peak == pytest.approx((38 + 39) * 5.0 / 10.0)


def test_metrics_that_cannot_be_had_are_missing() -> None:
    analytics = Analytics(shape("outage"))
    for tick in range(int(35 * MINUTE / 5)):
        analytics.record(tick * 5.0, 1.0)
    assert analytics.sample(30 * MINUTE - 1) is not None
    assert analytics.sample(30 * MINUTE) is None
