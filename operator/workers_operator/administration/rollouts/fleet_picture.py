"""A picture of a template's rollout: its waves, and how far its followers are. Pure."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from workers_operator.administration.rollouts.objects import RolledTemplate
from workers_operator.administration.rollouts.picture import Glyphs, Line, Style, age, cut, flowing
from workers_operator.desired.fleet.rollout import state_of
from workers_operator.desired.status import find
from workers_operator.domain.conditions import READY
from workers_operator.domain.fleet.members import Portion, size_of
from workers_operator.domain.fleet.progress import UNDER_WAY, FleetState, FleetStrategy
from workers_operator.domain.text.lines import one_line
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.resources import FollowersStatus

_BAR: Final = 30
_INDENT: Final = "  "
_STYLES: Final[dict[str, Style]] = {
    "Progressing": "cyan",
    "Paused": "yellow",
    "Succeeded": "green",
    "Stopped": "red",
    "Aborted": "red",
}


def fleet_picture(template: RolledTemplate, now: int, width: int, glyphs: Glyphs) -> list[Line]:
    """Return the picture of a template's rollout. ``now``: Unix time; ``width``: of the longest line."""
    lines: list[Line] = [_head(template, now)]
    followers = template.status.followers or FollowersStatus()
    if followers.total:
        lines += [(), *_bars(template, followers, glyphs)]
    state, strategy = state_of(template.status.rollout), template.strategy
    if state is not None and strategy is not None and state.phase in UNDER_WAY:
        waves = list(_waves(state, strategy, followers.total, now, glyphs))
        lines += [(), *flowing(waves, width)]
    if note := _note(template):
        parts = wrap(one_line(note), max(20, width - len(_INDENT)))
        lines += [(), *((((_INDENT + part), ""),) for part in parts)]
    return [cut(line, width) for line in lines]


def _head(template: RolledTemplate, now: int) -> Line:
    rollout = template.status.rollout
    name: tuple[str, Style] = (f"{template.key}   ", "bold")
    if rollout is None:
        return (name, ("no rollout yet", "dim"))
    wave = f", wave {rollout.wave}" if rollout.phase in UNDER_WAY else ""
    begun, eta = parse_timestamp(rollout.started_at), parse_timestamp(template.status.eta)
    since = "" if begun is None else f", begun {age(now - begun)} ago"
    left = "" if eta is None else f", about {age(max(0, eta - now))} left"
    return (name, (f"{rollout.phase}{wave}", _STYLES[rollout.phase]), (since + left, "dim"))


def _bars(template: RolledTemplate, followers: FollowersStatus, glyphs: Glyphs) -> Iterator[Line]:
    """Yield a bar for each group of followers."""
    status, total = template.status, followers.total
    version = status.version or ""
    under_way = max(0, followers.updated - followers.ready - followers.failed)
    rows: list[tuple[str, str, int, Style]] = [
        (version, "ready", followers.ready, "green"),
        (version, "updating", under_way, "cyan"),
        (version, "failed", followers.failed, "red"),
        (status.previous_version or "", "waiting", total - followers.updated, "dim"),
    ]
    for name, role, number, style in rows:
        if not number and role != "ready":
            continue
        length = round(number * _BAR / total)
        yield (
            (f"{_INDENT}{name:<8}", "bold"),
            (f"  {role:<8}  ", "dim"),
            (glyphs.full * length, style),
            (glyphs.empty * (_BAR - length), "dim"),
            (f"{number:>6} of {total}", ""),
        )


def _waves(
    state: FleetState, strategy: FleetStrategy, total: int, now: int, glyphs: Glyphs
) -> Iterator[tuple[str, Style]]:
    """Yield the waves: done, under way and to come."""
    for index, portion in enumerate(strategy.waves):
        text = f"{_portion(portion)} ({size_of(strategy.waves, index, total)})"
        if index < state.wave:
            yield f"{glyphs.done} {text}", "dim"
        elif index == state.wave:
            yield f"{glyphs.now} {text}{_wait(state, strategy, now)}", "bold"
        else:
            yield f"{glyphs.later} {text}", "dim"


def _wait(state: FleetState, strategy: FleetStrategy, now: int) -> str:
    if state.held:
        return ", paused"
    if state.calm is None or state.wave == strategy.last:
        return ""
    if strategy.pause is None:
        return " until promoted"
    return f", {age(max(0, state.calm + strategy.pause - now))} of the pause left"


def _portion(portion: Portion) -> str:
    return f"{portion.number} %" if portion.is_percentage else str(portion.number)


def _note(template: RolledTemplate) -> str:
    """Return a note on the state."""
    if not template.is_observed:
        return "the operator has not looked at the last change of its spec yet"
    ready = find(template.status.conditions, READY)
    return ready.message if ready is not None and ready.status != "True" else ""
