"""Simulates load shapes and compares the autoscaler with a plain HorizontalPodAutoscaler. ``make bench-scaling``.

With ``--write-docs`` the table in docs/scaling.md and its plots are written. Nothing is drawn by lot or by the clock:
every run has the same figures.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "operator")]

from bench.scaling.contenders import Contender, Operator, PlainHPA  # noqa: E402
from bench.scaling.loop import Outcome, run  # noqa: E402
from bench.scaling.plots import plot  # noqa: E402
from bench.scaling.shapes import DAY, HOUR, SHAPES, Shape  # noqa: E402

PHASES: Final = (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)
"""When in a minute metrics are polled: the sums of all are compared."""
SEASONS: Final = {"sawtooth": HOUR, "diurnal": DAY, "noise": HOUR}
"""Of the forecast, by shape: noise has none, which is the point."""
BEGIN, END = "<!-- bench-scaling: begin -->\n", "<!-- bench-scaling: end -->\n"
_HEAD: Final = (
    "| shape | overload minutes: HPA | operator | ÷ | flaps: HPA | operator | surplus: HPA | operator | goal |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


@dataclass(frozen=True)
class Row:
    """A shape with the sums over all phases."""

    shape: Shape
    plain: Outcome
    ours: Outcome

    @property
    def ratio(self) -> float:
        """Overload minutes compared with the plain HPA's."""
        return _ratio(self.ours.overload, self.plain.overload)

    @property
    def flap_ratio(self) -> float:
        """Flaps compared with the plain HPA's."""
        return _ratio(self.ours.flaps, self.plain.flaps)

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= (0.5 if self.shape.burst else 1.0) and self.flap_ratio <= 1.0


def compare(shape: Shape) -> Row:
    """Return a shape's figures."""
    return Row(shape, _sum(shape, PlainHPA, 0.0), _sum(shape, Operator, 0.0))


def forecast(shape: Shape, season: float) -> Row:
    """Return a shape's figures with a forecast, compared with the operator's without one."""
    return Row(shape, _sum(shape, Operator, 0.0), _sum(shape, lambda: Operator(season), season))


def _sum(shape: Shape, contender: Callable[[], Contender], season: float) -> Outcome:
    """Return the sums over all phases, with the numbers of the first."""
    total = Outcome()
    for phase in PHASES:
        one = run(shape, contender(), phase, season=season)
        total.add(one)
        total.numbers = total.numbers or one.numbers
    return total


def _ratio(ours: float, theirs: float) -> float:
    if theirs == 0:
        return 0.0 if ours == 0 else float("inf")
    return ours / theirs


def line(row: Row) -> str:
    """Return a row of the table."""
    goal = f"÷ ≤ {0.5 if row.shape.burst else 1.0}, flaps ÷ ≤ 1"
    runs = len(PHASES)
    cells = (
        f"`{row.shape.name}`: {row.shape.says}",
        f"{row.plain.overload / runs:.1f}",
        f"{row.ours.overload / runs:.1f}",
        f"{row.ratio:.2f}",
        f"{row.plain.flaps / runs:.1f}",
        f"{row.ours.flaps / runs:.1f}",
        f"{row.plain.surplus:+.0%}",
        f"{row.ours.surplus:+.0%}",
        f"{goal}: {'met' if row.met else 'missed'}",
    )
    return "| " + " | ".join(cells) + " |\n"


def tables(rows: Sequence[Row], forecasts: Sequence[Row]) -> str:
    """Return both tables as Markdown."""
    second = _HEAD.replace("HPA", "reactive").replace("operator", "predictive")
    second = second.replace(" goal |", "|").replace("| --- |\n", "|\n")
    lines = (line(row).rsplit("|", 2)[0] + "|\n" for row in forecasts)
    return (
        _HEAD
        + "".join(line(row) for row in rows)
        + "\nThe same with `predictive: {mode: Act}`, compared with the operator without it:\n\n"
        + second
        + "".join(lines)
    )


def write(text: str, rows: Sequence[Row], docs: Path) -> None:
    """Write the tables and plots into the documentation."""
    page = docs / "scaling.md"
    head, _, rest = page.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text(f"{head}{BEGIN}{text}{END}{tail}")
    for row in rows:
        picture = plot(
            row.shape.name,
            {"plain HPA": row.plain.numbers, "operator": row.ours.numbers},
        )
        (docs / "images" / f"scaling-{row.shape.name}.svg").write_text(picture)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program. Return its exit code: 0."""
    parser = argparse.ArgumentParser(prog="bench-scaling", description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="write docs/scaling.md and plots")
    options = parser.parse_args(arguments)
    rows = [compare(shape) for shape in SHAPES]
    forecasts = [forecast(shape, SEASONS[shape.name]) for shape in SHAPES if shape.name in SEASONS]
    text = tables(rows, forecasts)
    sys.stdout.write(text)
    if options.write_docs:
        write(text, rows, ROOT / "docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
