"""Shows log entries: as lines for people, and as JSON for programs. Pure.

A script may log anything. Whatever could move a cursor, change a colour or the direction of text is escaped, and every
further line of an entry is indented, so that no entry can pass for another.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from workers_operator.domain.telemetry.entries import EntryKind, LogEntry, LoggedInvocation
from workers_operator.domain.telemetry.sampling import label
from workers_operator.domain.text.lines import visible_lines

_LEVEL_WIDTH: Final = 5
_SOURCE_WIDTH: Final = 11  # of version, slash and an instance with two digits
_RESET: Final = "\x1b[0m"
_DIM: Final = "\x1b[2m"
_RED: Final = "\x1b[31m"
_GREEN: Final = "\x1b[32m"
_YELLOW: Final = "\x1b[33m"
# Instances are told apart by these; none of them is the colour of a level.
_SOURCES: Final = ("\x1b[36m", "\x1b[35m", "\x1b[34m", "\x1b[96m", "\x1b[95m", "\x1b[94m")
_LEVELS: Final = {"error": _RED, "warn": _YELLOW, "debug": _DIM}
_OK: Final = "ok"


def as_text(entry: LogEntry, *, colours: bool = False) -> str:
    """Return an entry as lines: time, version/instance, level or status, and what it says."""
    time, source = stamp_ms(entry.at), label(entry.script)
    level, shade = _level(entry)
    first, *others = _lines(entry)
    head = (
        _painted(time, _DIM, colours),
        _painted(source.ljust(_SOURCE_WIDTH), _shade_of(entry), colours),
        _painted(level.ljust(_LEVEL_WIDTH), shade, colours),
    )
    indent = " " * (len(time) + _SOURCE_WIDTH + _LEVEL_WIDTH + 2 * len(head))
    spoken = shade if entry.kind is not EntryKind.INVOCATION else ""
    shown = ["  ".join((*head, _painted(first, spoken, colours))).rstrip()]
    shown += (indent + _painted(line, _DIM, colours) for line in others)
    return "\n".join(line.rstrip() for line in shown)


def as_json(entry: LogEntry) -> str:
    """Return an entry as one line of JSON in ASCII."""
    shown: dict[str, object] = {
        "time": stamp_ms(entry.at),
        "version": entry.script.hash,
        "instance": entry.script.instance,
        "type": entry.kind.value,
        "level": entry.level,
        "message": entry.text,
        "stack": entry.stack or None,
        "requestId": entry.request or None,
    }
    if entry.invocation is not None:
        shown |= {
            "trigger": entry.invocation.trigger,
            "outcome": entry.invocation.outcome,
            "status": entry.invocation.status,
            "cpuMs": entry.invocation.cpu_ms,
            "wallMs": entry.invocation.wall_ms,
            "truncated": entry.invocation.truncated or None,
        }
    return json.dumps({name: value for name, value in shown.items() if value is not None})


def stamp_ms(milliseconds: int) -> str:
    """Return a Unix time in milliseconds as a timestamp."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def _level(entry: LogEntry) -> tuple[str, str]:
    """Return what stands in the column of the level, and its colour."""
    invocation = entry.invocation
    if invocation is None:
        return entry.level[:_LEVEL_WIDTH], _LEVELS.get(entry.level, "")
    if invocation.status is None:
        return "-", _GREEN if invocation.outcome == _OK else _RED
    if invocation.outcome != _OK or invocation.status >= 500:
        return str(invocation.status), _RED
    return str(invocation.status), _YELLOW if invocation.status >= 400 else _GREEN


def _lines(entry: LogEntry) -> Iterator[str]:
    if entry.invocation is not None:
        yield _summary(entry.invocation)
        return
    yield from visible_lines(entry.text)
    stack = visible_lines(entry.stack) if entry.stack else []
    # A stack begins with the message, which may be of several lines.
    said = list(visible_lines(entry.text))
    yield from stack[len(said) :] if stack[: len(said)] == said else stack


def _summary(invocation: LoggedInvocation) -> str:
    times = [
        f"{name} {_milliseconds(value)}"
        for name, value in (("cpu", invocation.cpu_ms), ("wall", invocation.wall_ms))
        if value is not None
    ]
    cut = ["logged more than is kept"] if invocation.truncated else []
    said = ", ".join([_joined(visible_lines(invocation.outcome)), *times, *cut])
    return f"{_joined(visible_lines(invocation.trigger))}  {said}"


def _milliseconds(value: float) -> str:
    return f"{value:.0f}ms" if value >= 10 or value == round(value) else f"{value:.1f}ms"


def _joined(lines: Iterable[str]) -> str:
    return " ".join(lines)


def _shade_of(entry: LogEntry) -> str:
    return _SOURCES[(int(entry.script.hash, 16) + entry.script.instance) % len(_SOURCES)]


def _painted(text: str, shade: str, colours: bool) -> str:
    return f"{shade}{text}{_RESET}" if colours and shade and text else text
