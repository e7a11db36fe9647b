"""Plots of a run as SVG: the load's need, and the instances that serve, of each contender."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bench.scaling.contenders import TARGET

Scale = Callable[[float], float]
Numbers = Sequence[tuple[float, float, int]]  # second, requests per second, instances

_WIDTH: Final = 760
_HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 34, 34
_ROOT: Final = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="11"'
_COLOURS: Final = ("#0f62fe", "#d9480f", "#2b8a3e")


def plot(title: str, runs: Mapping[str, Numbers]) -> str:
    """Return the picture. ``runs``: by the name in the legend."""
    series = list(runs.values())
    begin, end = series[0][0][0], series[0][-1][0]
    highest = max(max(load / TARGET, number) for run in series for _, load, number in run)
    top = _round_up(highest)

    def place_of(second: float) -> float:
        return _LEFT + (second - begin) / (end - begin) * (_WIDTH - _LEFT - _RIGHT)

    def height_of(number: float) -> float:
        return _HEIGHT - _BOTTOM - number / top * (_HEIGHT - _TOP - _BOTTOM)

    need = [(place_of(second), height_of(load / TARGET)) for second, load, _ in series[0]]
    area = [(place_of(begin), height_of(0)), *need, (place_of(end), height_of(0))]
    parts = [
        f'<svg {_ROOT} viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="16" font-size="13" fill="#222222">{title}</text>',
        *_grid(top, height_of),
        *_hours(begin, end, place_of),
        f'<polygon points="{_points(area)}" fill="#ced4da"/>',
    ]
    entries = [("load ÷ target", "#adb5bd")]
    for (name, run), colour in zip(runs.items(), _COLOURS, strict=False):
        line = _points(
            _stairs([(place_of(second), height_of(number)) for second, _, number in run])
        )
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        )
        entries.append((name, colour))
    parts += _legend(entries)
    return "\n".join([*parts, "</svg>", ""])


def _grid(top: int, height_of: Scale) -> list[str]:
    parts = []
    for number in range(0, top + 1, max(1, top // 5)):
        height = f"{height_of(number):.1f}"
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height}" y2="{height}" stroke="#e9ecef"/>'
        )
        parts.append(
            f'<text x="{_LEFT - 6}" y="{height}" dy="4" text-anchor="end" fill="#495057">{number}</text>'
        )
    return parts


def _hours(begin: float, end: float, place_of: Scale) -> list[str]:
    minutes = (end - begin) / 60
    every = next(step for step in (5, 10, 15, 30, 60, 120, 360, 720, 1440) if minutes / step <= 12)
    parts = []
    first = -(-int(begin) // (every * 60)) * every
    for minute in range(first, int(end // 60) + 1, every):
        label = f"{minute} min" if every < 60 else f"{minute // 60} h"
        parts.append(
            f'<text x="{place_of(minute * 60):.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle" '
            f'fill="#495057">{label}</text>'
        )
    return parts


def _legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    parts, place = [], _WIDTH - _RIGHT
    for name, colour in reversed(entries):
        place -= 7 * len(name) + 26
        parts.append(f'<rect x="{place}" y="8" width="14" height="8" fill="{colour}"/>')
        parts.append(f'<text x="{place + 18}" y="16" fill="#222222">{name}</text>')
    return parts


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of a line that keeps its height until the next point of another height."""
    found = [points[0]]
    for place, height in points[1:]:
        if height != found[-1][1]:
            found += [(place, found[-1][1]), (place, height)]
    return [*found, (points[-1][0], found[-1][1])]


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _round_up(highest: float) -> int:
    step = 5 if highest <= 30 else 10
    return step * -(-int(highest + 0.999) // step)
