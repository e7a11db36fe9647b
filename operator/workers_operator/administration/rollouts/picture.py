"""A picture of a rollout, as lines of styled text. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final, Literal

from workers_operator.administration.rollouts.objects import RolledWorker
from workers_operator.desired.rollout import state_of
from workers_operator.desired.status import find
from workers_operator.desired.verdict import is_under_way
from workers_operator.domain.conditions import READY
from workers_operator.domain.rollout.progress import FAILED, RolloutState
from workers_operator.domain.rollout.strategy import SmokeStep, Step
from workers_operator.domain.text.lines import one_line
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.resources import RolloutStatus, WorkerStatus

Style = Literal["", "bold", "dim", "green", "yellow", "red", "cyan"]
Line = tuple[tuple[str, Style], ...]

_BAR: Final = 30
_INDENT: Final = "  "
_STYLES: Final[dict[str, Style]] = {
    "Progressing": "cyan",
    "Paused": "yellow",
    "Promoting": "cyan",
    "Succeeded": "green",
    "Aborted": "red",
    "RolledBack": "red",
}


@dataclass(frozen=True)
class Glyphs:
    """Characters that not every terminal has."""

    full: str = "█"
    empty: str = "░"
    done: str = "✓"
    now: str = "●"
    later: str = "○"


ASCII: Final = Glyphs("#", ".", "+", ">", "-")


@dataclass(frozen=True)
class _Row:
    """A version. ``share``: of the requests, in percent."""

    version: str
    role: str
    share: int
    style: Style


def picture(worker: RolledWorker, now: int, width: int, glyphs: Glyphs) -> list[Line]:
    """Return the picture of a worker's rollout. ``now``: Unix time; ``width``: of the longest line."""
    status = worker.status
    lines: list[Line] = [_head(worker, now)]
    if rows := _rows(status):
        lines += [(), *(_shown(row, glyphs) for row in rows)]
    if steps := _steps(worker, now, glyphs):
        lines += [(), *flowing(steps, width)]
    if note := _note(worker):
        parts = wrap(one_line(note), max(20, width - len(_INDENT)))
        lines += [(), *((((_INDENT + part), ""),) for part in parts)]
    return [cut(line, width) for line in lines]


def _head(worker: RolledWorker, now: int) -> Line:
    rollout = worker.status.rollout
    name: tuple[str, Style] = (f"{worker.key}   ", "bold")
    if rollout is None:
        return (name, ("no rollout yet", "dim"))
    step = f", step {rollout.step}" if rollout.step else ""
    since = parse_timestamp(rollout.step_started_at)
    return (
        name,
        (f"{rollout.phase}{step}", _STYLES[rollout.phase]),
        ("" if since is None else _since(age(now - since), rollout), "dim"),
    )


def _since(span: str, rollout: RolloutStatus) -> str:
    is_over = rollout.phase == "Succeeded" or rollout.phase in FAILED
    return f", {span} ago" if is_over else f", for {span}"


def _rows(status: WorkerStatus) -> list[_Row]:
    """Return the versions at the edge and the failed one, each once."""
    versions, rollout = status.versions, status.rollout
    if versions is None:
        return []
    weight = rollout.weight if rollout is not None and versions.canary else 0
    found = [
        _Row(versions.canary or "", "canary", weight, "cyan"),
        _Row(versions.stable or "", "stable", 100 - weight, "green"),
        _Row(versions.previous or "", "previous", 0, "dim"),
    ]
    if rollout is not None and rollout.phase in FAILED:
        found.append(_Row(rollout.version, _failed(rollout), 0, "red"))
    unique: dict[str, _Row] = {}
    for row in found:
        if row.version:
            unique.setdefault(row.version, row)
    if status.instances == 0:
        return [_Row(row.version, row.role, 0, "dim") for row in unique.values()]
    return list(unique.values())


def _failed(rollout: RolloutStatus) -> str:
    return "aborted" if rollout.phase == "Aborted" else "undone"


def _shown(row: _Row, glyphs: Glyphs) -> Line:
    length = round(row.share * _BAR / 100)
    if 0 < row.share < 100:
        length = min(max(length, 1), _BAR - 1)
    return (
        (f"{_INDENT}{row.version}", "bold"),
        (f"  {row.role:<8}  ", "dim"),
        (glyphs.full * length, row.style),
        (glyphs.empty * (_BAR - length), "dim"),
        (f"{row.share:>5} %", ""),
    )


# --- steps ------------------------------------------------------------------------------------------------------------


def _steps(worker: RolledWorker, now: int, glyphs: Glyphs) -> list[tuple[str, Style]]:
    """Return the steps: done, under way and to come; nothing unless a rollout is under way."""
    state, rollout, steps = state_of(worker.status.rollout), worker.status.rollout, worker.steps
    if (
        state is None
        or rollout is None
        or not is_under_way(worker.status)
        or not worker.is_observed
    ):
        return []
    if (rollout.step or "").partition("/")[2] != str(len(steps)):
        return []
    found: list[tuple[str, Style]] = []
    for index, step in enumerate(steps):
        if index < state.step:
            found.append((f"{glyphs.done} {_name(step)}", "dim"))
        elif index == state.step:
            found.append((f"{glyphs.now} {_name(step)}{_wait(step, state, now)}", "bold"))
        else:
            found.append((f"{glyphs.later} {_name(step)}{_wait(step, None, now)}", ""))
    return [*found, (f"{glyphs.later} 100 %", "")]


def _name(step: Step) -> str:
    if isinstance(step, SmokeStep):
        return "smoke test"
    return f"{step.weight} %" if step.analysis is None else f"{step.weight} % with analysis"


def _wait(step: Step, state: RolloutState | None, now: int) -> str:
    """Return how long a step takes. ``state``: if it is the one under way."""
    if state is not None and state.held:
        return ", paused"
    if isinstance(step, SmokeStep):
        return ""
    if step.pause is None:
        return " until promoted"
    whole = age(step.pause)
    if state is None:
        return f" for {whole}"
    return f" for {whole}, {age(max(0, state.since + step.pause - now))} left"


def flowing(parts: Sequence[tuple[str, Style]], width: int) -> Iterator[Line]:
    """Yield lines in which the parts stand side by side."""
    line: list[tuple[str, Style]] = []
    used = 0
    for text, style in parts:
        if line and used + len(text) > width - len(_INDENT):
            yield tuple(line)
            line, used = [], 0
        line.append((f"{_INDENT}{text} ", style))
        used += len(text) + len(_INDENT) + 1
    yield tuple(line)


# --- words ------------------------------------------------------------------------------------------------------------


def _note(worker: RolledWorker) -> str:
    """Return a note on the state."""
    if worker.is_suspended:
        return "spec.suspend is set: nothing goes on until it is removed"
    if not worker.is_observed:
        return "the operator has not looked at the last change of its spec yet"
    if worker.status.instances == 0:
        return "the worker is parked: it gets no requests, and no step goes on"
    ready, rollout = find(worker.status.conditions, READY), worker.status.rollout
    if ready is not None and ready.status != "True":
        return ready.message
    return (rollout.message or "") if rollout is not None else ""


def age(seconds: float) -> str:
    """Return a time span as people say it: in its two largest units."""
    left = max(0, int(seconds))
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or (unit == "s" and not parts):
            parts.append(f"{count}{unit}")
        elif parts:
            break
    return "".join(parts[:2])


def cut(line: Line, width: int) -> Line:
    """Return a line that fits: one that a terminal breaks in two cannot be redrawn."""
    found: list[tuple[str, Style]] = []
    for text, style in line:
        found.append((text[:width], style))
        width -= len(text[:width])
    return tuple((text, style) for text, style in found if text)
