"""Draws the dashboard's panels over a run's data as one SVG: for the documentation, where there is no Grafana."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from bench.observability.panels import ROWS
from bench.observability.specs import PanelSpec

Series = Sequence[tuple[Mapping[str, str], list[tuple[float, float]]]]
Read = Callable[[str], Series]

_COLUMN: Final = 50  # of Grafana's 24
_WIDTH: Final = 24 * _COLUMN
_HEIGHTS: Final = {"timeseries": 210, "stat": 80, "table": 150}
_ROW: Final = 34
_GAP: Final = 8
_MOST: Final = 8  # series of a panel that the legend names
_COLOURS: Final = (
    "#3274d9", "#e0752d", "#37872d", "#c4162a", "#8f3bb8", "#0e9aa7", "#b8860b", "#6e6e6e",
)  # fmt: skip


def draw(path: Path, read: Read) -> None:
    """Write the picture. ``read``: the series of an expression."""
    drawn, top = [], 0
    for row in ROWS:
        drawn.append(_text(4, top + 22, row.title, 15, weight="bold"))
        top += _ROW
        left = height = 0
        for spec in row.panels:
            width = spec.width * _COLUMN
            if left + width > _WIDTH:
                left, top = 0, top + height
            height = _HEIGHTS[spec.kind]
            drawn.append(_panel(spec, read, (left, top, width - _GAP, height - _GAP)))
            left += width
        top += height
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" '
        f'font-family="sans-serif">\n<rect width="100%" height="100%" fill="#f4f5f5"/>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )


def _panel(spec: PanelSpec, read: Read, box: tuple[int, int, int, int]) -> str:
    left, top, width, height = box
    parts = [
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="white" stroke="#ddd"/>',
        _text(left + 8, top + 16, spec.title, 11, weight="bold"),
    ]
    found = [
        (_legend(query.legend or spec.title, labels), samples)
        for query in spec.queries
        for labels, samples in read(query.expr)
    ]
    if spec.kind == "stat":
        value = found[-1][1][-1][1] if found else None
        shown = "no data" if value is None else _amount(value, spec.unit)
        parts.append(_text(left + 8, top + 54, shown, 24, fill=_COLOURS[0]))
    elif spec.kind == "table":
        names = sorted({name for name, _ in found})
        columns = 3
        for number, name in enumerate(names):
            place = left + 8 + number % columns * (width // columns)
            parts.append(_text(place, top + 36 + number // columns * 15, name, 10))
    else:
        parts += _lines(spec, sorted(found), (left + 52, top + 26, width - 64, height - 80))
    return "\n".join(parts)


def _lines(
    spec: PanelSpec,
    found: Sequence[tuple[str, list[tuple[float, float]]]],
    box: tuple[int, int, int, int],
) -> list[str]:
    left, top, width, height = box
    samples = [sample for _, one in found for sample in one if not math.isnan(sample[1])]
    if not samples:
        return [_text(left, top + height / 2, "no data", 11)]
    begin, end = min(at for at, _ in samples), max(at for at, _ in samples)
    highest = max(value for _, value in samples) or 1.0
    parts = []
    for share in (0.0, 0.5, 1.0):
        at = top + height * (1 - share)
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{at:.0f}" y2="{at:.0f}" stroke="#eee"/>'
        )
        parts.append(_text(left - 4, at + 3, _amount(highest * share, spec.unit), 9, anchor="end"))
    for number, (name, one) in enumerate(found):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(
            f"{left + width * (at - begin) / max(1.0, end - begin):.1f},{top + height * (1 - value / highest):.1f}"
            for at, value in one
            if not math.isnan(value)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>'
        )
        if number < _MOST:
            place = left - 44 + number % 2 * (width // 2 + 26)
            below = top + height + 14 + number // 2 * 11
            parts.append(
                f'<rect x="{place}" y="{below - 7}" width="8" height="3" fill="{colour}"/>'
            )
            parts.append(_text(place + 11, below - 2, name[: width // 11], 8))
    return parts


def _legend(template: str, labels: Mapping[str, str]) -> str:
    for name in ("__name__", *labels):
        template = template.replace("{{" + name + "}}", labels.get(name, ""))
    # A label that the series does not have shows nothing.
    while "{{" in template:
        before, _, rest = template.partition("{{")
        template = before + rest.partition("}}")[2]
    return template.strip()


def _amount(value: float, unit: str) -> str:
    if unit == "percentunit":
        return f"{value:.1%}"
    if unit == "s":
        return f"{value:.3g} s" if value >= 1 else f"{value * 1000:.3g} ms"
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _text(
    place: float,
    baseline: float,
    text: str,
    size: int,
    *,
    weight: str = "normal",
    fill: str = "#333",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{place:.0f}" y="{baseline:.0f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
    )
