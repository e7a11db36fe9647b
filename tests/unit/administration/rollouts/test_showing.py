"""What ``rollout status`` and ``history`` show, and when a rollout that is watched has ended."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from support.clock import ManualClock
from unit.administration.rollouts.workers import (
    BLOCKED,
    KEY,
    PAUSED,
    READY,
    STALLED,
    Body,
    Cluster,
    condition,
    worker,
)
from workers_operator.administration.rollouts import cli
from workers_operator.administration.rollouts.objects import RolledWorker, WorkersClient
from workers_operator.administration.rollouts.picture import ASCII, Glyphs, age, picture
from workers_operator.administration.rollouts.watching import Lines, Picture, watch
from workers_operator.administration.rollouts.wording import sentence
from workers_operator.desired.verdict import verdict

NOW = int(datetime(2026, 1, 31, 8, 6, 20, tzinfo=UTC).timestamp())
STEPPING = {**PAUSED, "phase": "Progressing", "step": "2/3", "weight": 10}
DONE = {**PAUSED, "phase": "Succeeded", "weight": 100, "version": "11111111", "step": None}
GONE = {**PAUSED, "phase": "Aborted", "weight": 0, "step": None, "message": "it was aborted"}
THERE = [condition(kind, "True", "X") for kind in ("SourceResolved", "Deployed", "Routed")]


async def of(body: Body) -> RolledWorker:
    rolled = await WorkersClient(Cluster(body)).get(KEY)
    assert isinstance(rolled, RolledWorker)
    return rolled


async def drawn(body: Body, width: int = 100, glyphs: Glyphs = ASCII) -> list[str]:
    lines = picture(await of(body), NOW, width, glyphs)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


async def test_a_rollout_is_a_bar_for_each_version_and_its_steps() -> None:
    assert await drawn(worker(PAUSED, BLOCKED)) == [
        "CustomerWorker demo/shop   Paused, step 3/3, for 1m20s",
        "",
        "  22222222  canary    ###############...............   50 %",
        "  11111111  stable    ###############...............   50 %",
        "  00000000  previous  ..............................    0 %",
        "",
        "  + smoke test   + 10 %   > 50 % until promoted   - 100 %",
        "",
        "  it waits",
    ]


async def test_a_step_tells_how_long_it_still_takes() -> None:
    lines = await drawn(worker(STEPPING, READY))
    assert "> 10 % for 5m, 3m40s left" in lines[6]
    lines = await drawn(worker({**PAUSED, "held": True}, READY))
    assert "> 50 %, paused" in lines[6]


async def test_a_step_says_that_its_requests_are_analysed() -> None:
    steps = [
        {"weight": 10, "pause": {"duration": "5m"}, "analysis": {}},
        {"weight": 50, "pause": {}},
    ]
    body = worker(STEPPING, READY, spec={"rollout": {"strategy": "Canary", "steps": steps}})
    assert "> 10 % with analysis for 5m, 3m40s left" in (await drawn(body))[6]


async def test_what_has_failed_is_shown_as_well() -> None:
    lines = await drawn(worker(GONE, STALLED))
    assert "  11111111  stable    ##############################  100 %" in lines
    assert "  22222222  aborted   ..............................    0 %" in lines
    assert lines[0] == "CustomerWorker demo/shop   Aborted, 1m20s ago"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"spec": {"suspend": True}}, "spec.suspend is set"),
        ({"generation": 3}, "has not looked at the last change"),
        ({"instances": 0}, "the worker is parked"),
    ],
)
async def test_why_nothing_goes_on_is_told(more: Mapping[str, Any], words: str) -> None:
    assert words in (await drawn(worker(PAUSED, BLOCKED, **more)))[-1]


async def test_no_line_is_longer_than_the_terminal() -> None:
    body = worker(PAUSED, condition("Ready", "False", "X", "many words " * 40))
    for width in (20, 40, 80):
        assert max(map(len, await drawn(body, width))) <= width


async def test_what_a_status_quotes_cannot_move_the_cursor() -> None:
    body = worker(PAUSED, condition("Ready", "False", "X", "red \x1b[31m \u202e"))
    assert "\x1b" not in "".join(await drawn(body))


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        (worker(PAUSED, BLOCKED), "under way"),
        (worker({**DONE, "phase": "Promoting"}, BLOCKED), "under way"),
        (worker(DONE, READY), "succeeded"),
        (worker(DONE, BLOCKED, *THERE), "succeeded"),  # healthy once, and not any more
        (worker(DONE, BLOCKED), "under way"),  # the next version is not at the edge yet
        (worker(DONE, READY, generation=3), "under way"),
        (worker(GONE, STALLED), "failed"),
        (worker(DONE, STALLED), "failed"),  # the next version was rejected
        (worker(None, READY), "succeeded"),
        (worker(None, BLOCKED, *THERE), "under way"),
    ],
)
async def test_when_it_has_ended(body: Body, ended: str) -> None:
    worker = await of(body)
    assert verdict(worker.status, is_observed=worker.is_observed) == ended


async def test_without_a_terminal_there_is_a_line_for_each_change() -> None:
    clock, stream, cluster = ManualClock(1000.0), io.StringIO(), Cluster(worker(STEPPING, BLOCKED))
    lines = Lines(stream, clock)
    for body in (cluster.body, cluster.body, worker(PAUSED, BLOCKED), worker(DONE, READY)):
        lines.show(await of(body))
    said = [line.partition("  ")[2] for line in stream.getvalue().splitlines()]
    assert said == [
        "version 22222222 gets 10 % of the requests, step 2/3",
        "version 22222222 gets 50 % of the requests, and waits for a promotion at step 3/3",
        "version 11111111 gets all requests, and is healthy",
    ]


async def test_a_picture_is_drawn_over_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    display = Picture(stream, ManualClock(1000.0), in_place=True)
    display.show(await of(worker(PAUSED, BLOCKED)))
    first = stream.getvalue()
    display.show(await of(worker(DONE, READY)))
    assert "\x1b" not in first
    assert stream.getvalue().removeprefix(first).startswith(f"\x1b[{first.count(chr(10))}F\x1b[J")


@pytest.mark.parametrize(("body", "well"), [(worker(DONE, READY), True), (worker(GONE), False)])
async def test_watching_ends_with_the_rollout(body: Body, well: bool) -> None:
    clock = ManualClock(1000.0)
    found = await watch(WorkersClient(Cluster(body)), KEY, Lines(io.StringIO(), clock), clock)
    assert found is well


async def test_sentences() -> None:
    aborted = "version 22222222 is not rolled out: it was aborted; version 11111111 serves"
    assert sentence(await of(worker(GONE))) == aborted
    undone = {**GONE, "phase": "RolledBack", "message": "version 22222222 was undone"}
    assert (
        sentence(await of(worker(undone))) == "version 22222222 was undone; version 11111111 serves"
    )
    none = "CustomerWorker demo/shop has had no rollout yet; version 11111111 serves"
    assert sentence(await of(worker())) == none


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0s"), (0, "0s"), (59.9, "59s"), (80, "1m20s"), (3600, "1h"), (90_061, "1d1h"), (86_460, "1d")],
)  # fmt: skip
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    "arguments",
    [
        ["undo", "cw/shop", "--to", "HEAD"],
        ["abort", "cw/shop", "--timeout", "0"],
        ["restart", "cw/shop"],
        ["status"],
    ],
)
def test_options_that_cannot_be_understood(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: workers-operator rollout" in capsys.readouterr().err
