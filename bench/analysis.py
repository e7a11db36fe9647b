"""Simulates analysed rollouts: how often a version that is no worse is aborted, and how often a bad one is found.

``make bench-analysis``; with ``--write-docs`` the table in docs/rollouts.md is written. Requests are drawn at random,
from the same seed in every run; the analysis is the operator's own: its looks while a step is under way, its
tests, and its share of the risk for each. Every step has as many requests to the new version, and the version that
serves has those that its share leaves it.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "operator")]

from workers_operator.domain.fleet import analysis as fleets  # noqa: E402
from workers_operator.domain.fleet.analysis import FleetEvidence  # noqa: E402
from workers_operator.domain.metrics.tally import BUCKETS_PER_OCTAVE, Tally  # noqa: E402
from workers_operator.domain.rollout.analysis import FALSE_ABORTS, Evidence, judge  # noqa: E402
from workers_operator.domain.rollout.criteria import Criteria, Criterion  # noqa: E402
from workers_operator.statistics.exact import p_value  # noqa: E402

PAGE: Final = ROOT / "docs" / "rollouts.md"
BEGIN, END = "<!-- bench-analysis: begin -->\n", "<!-- bench-analysis: end -->\n"
WEIGHTS: Final = (10, 25, 50)
FOLLOWERS: Final = 60
WAVES: Final = (10, 30)  # followers that have the version after each wave but the last
REQUESTS: Final = 1000
_MINUTES: Final = 5  # of a step: metrics arrive once a minute
_MEDIAN_MS: Final = 40.0
_SPREAD: Final = (
    0.6  # of the logarithm of the response times: the 99th percentile is four times the median
)

_p_value = lru_cache(maxsize=1 << 18)(p_value)


@dataclass(frozen=True)
class Version:
    """How a version behaves. ``errors``: the share of its requests that fails; ``slower``: times its median."""

    errors: float
    slower: float = 1.0


@dataclass(frozen=True)
class Scenario:
    """Two versions, and what the analysis asks of the new one. ``is_bad``: it should be aborted."""

    name: str
    stable: Version
    canary: Version
    criteria: tuple[Criterion, ...]
    is_bad: bool


def _compared(base: float, more: float) -> Scenario:
    name = f"{100 * base:g} % errors, " + (
        f"and {100 * (base + more):g} %" if more else "and as many"
    )
    criteria = (Criterion("ErrorRate"),)
    return Scenario(name, Version(base), Version(base + more), criteria, is_bad=more > 0)


_ALL: Final = (Criterion("ErrorRate"), Criterion("ResponseTimeP50"), Criterion("ResponseTimeP99"))
_LIMIT: Final = (Criterion("ErrorRate", 0.01),)
SCENARIOS: Final = (
    *(_compared(base, 0.0) for base in (0.0, 0.001, 0.01, 0.05, 0.2)),
    Scenario(
        "1 % errors, and as many; response times, too: all alike",
        Version(0.01),
        Version(0.01),
        _ALL,
        is_bad=False,
    ),
    Scenario("1 % errors, and a limit of 1 %", Version(0.01), Version(0.01), _LIMIT, is_bad=False),
    *(_compared(base, 0.02) for base in (0.0, 0.001, 0.005, 0.01, 0.02)),
    Scenario("3 % errors, and a limit of 1 %", Version(0.01), Version(0.03), _LIMIT, is_bad=True),
    Scenario(
        "response times half as long again", Version(0.01), Version(0.01, 1.5), _ALL, is_bad=True
    ),
)


@dataclass(frozen=True)
class FleetScenario:
    """A fleet whose customers have different errors and traffic. ``worse``: what the new version adds to the errors.

    ``outage``: what befalls all of them once the wave has begun. ``is_bad``: it should be held up.
    """

    name: str
    worse: float = 0.0
    outage: float = 0.0
    is_bad: bool = False


FLEETS: Final = (
    FleetScenario("a fleet of unequal customers, and as many errors"),
    FleetScenario("a fleet of unequal customers, and 3 points more", worse=0.03, is_bad=True),
    FleetScenario("a fleet of unequal customers, as many, and an outage of all", outage=0.05),
)


@dataclass(frozen=True)
class Outcome:
    """What became of many rollouts: shares of them. ``requests``: to the new version before an abort, on average."""

    aborted: float
    paused: float
    requests: float

    def meets(self, scenario: Scenario | FleetScenario) -> bool:
        """Return whether a bad version was held up often enough, and one that is none was aborted seldom enough."""
        if scenario.is_bad:
            return self.aborted + self.paused >= 0.99
        return self.aborted <= FALSE_ABORTS


def simulate(scenario: Scenario, rollouts: int, seed: int = 1) -> Outcome:
    """Return what becomes of rollouts."""
    rng = np.random.default_rng(seed)
    aborted, paused, requests = 0, 0, 0
    for _ in range(rollouts):
        finding, seen = _roll_out(scenario, rng)
        aborted += finding == "Failed"
        paused += finding == "Inconclusive"
        requests += seen if finding == "Failed" else 0
    return Outcome(aborted / rollouts, paused / rollouts, requests / max(1, aborted))


def simulate_fleets(scenario: FleetScenario, rollouts: int, seed: int = 1) -> Outcome:
    """Return what becomes of rollouts of a template."""
    rng = np.random.default_rng(seed)
    findings = [_roll_out_fleet(scenario, rng) for _ in range(rollouts)]
    stopped = sum(finding == "Failed" for finding, _ in findings)
    paused = sum(finding == "Inconclusive" for finding, _ in findings)
    requests = sum(seen for finding, seen in findings if finding == "Failed")
    return Outcome(stopped / rollouts, paused / rollouts, requests / max(1, stopped))


def _roll_out_fleet(scenario: FleetScenario, rng: np.random.Generator) -> tuple[str, int]:
    """Return how a rollout ends, and after how many requests to the new version."""
    criteria, seen, first = Criteria((Criterion("ErrorRate"),)), 0, 0
    share = FALSE_ABORTS / (len(WAVES) * criteria.counted)
    errors = rng.beta(0.5, 20, FOLLOWERS)  # most have few, and some have many
    traffic = rng.lognormal(log(200), 1.0, (2, FOLLOWERS)).astype(int) + 1  # before and since
    for wave in WAVES:
        reached, others = range(first, wave), range(wave, FOLLOWERS)
        since = np.minimum(1.0, errors + scenario.outage)
        judged = [
            (
                _tally(
                    Version(min(1.0, since[n] + scenario.worse)), traffic[1, n], rng, times=False
                ),
                _tally(Version(errors[n]), traffic[0, n], rng, times=False),
            )
            for n in reached
        ]
        control = [
            (
                _tally(Version(since[n]), traffic[1, n], rng, times=False),
                _tally(Version(errors[n]), traffic[0, n], rng, times=False),
            )
            for n in others
        ]
        evidence = FleetEvidence(criteria, tuple(judged), tuple(control), share)
        seen += sum(new.requests for new, _ in judged)
        finding = fleets.judge(evidence, _p_value).finding
        if finding != "Passed":
            return finding, seen
        first = wave
    return "Passed", seen


def _roll_out(scenario: Scenario, rng: np.random.Generator) -> tuple[str, int]:
    """Return how a rollout ends, and after how many requests to the new version."""
    criteria, count = Criteria(scenario.criteria), REQUESTS // _MINUTES
    share = FALSE_ABORTS / (len(WEIGHTS) * criteria.counted)
    with_times = any(c.metric != "ErrorRate" for c in criteria.criteria)
    former: tuple[tuple[Tally, Tally], ...] = ()
    for weight in WEIGHTS:
        evidence = Evidence(criteria, "stable", Tally(), Tally(), share, former=former)
        for minute in range(1, _MINUTES + 1):
            others = count * (100 - weight) // weight
            evidence = replace(
                evidence,
                canary=evidence.canary + _tally(scenario.canary, count, rng, times=with_times),
                stable=evidence.stable + _tally(scenario.stable, others, rng, times=with_times),
                is_final=minute == _MINUTES,
            )
            finding = judge(evidence, _p_value).finding
            if finding in ("Failed", "Inconclusive"):
                return finding, len(former) * REQUESTS + evidence.canary.requests
            evidence = replace(evidence, looked=evidence.look)
        former = (*former, (evidence.canary, evidence.stable))
    return "Passed", len(WEIGHTS) * REQUESTS


def _tally(version: Version, count: int, rng: np.random.Generator, *, times: bool) -> Tally:
    failed = int(rng.binomial(count, version.errors))
    if not times:
        return Tally(count, failed)
    took = rng.lognormal(log(_MEDIAN_MS * version.slower), _SPREAD, count)
    buckets = np.maximum(0, np.floor(np.log2(took) * BUCKETS_PER_OCTAVE)).astype(int)
    found = np.unique_counts(buckets)
    return Tally(
        count, failed, dict(zip(found.values.tolist(), found.counts.tolist(), strict=True))
    )


def table(outcomes: Mapping[Scenario | FleetScenario, Outcome], rollouts: int) -> str:
    """Return a table in Markdown."""
    head = f"the version that serves, and the new one ({rollouts:,} rollouts each)"
    lines = [
        f"| {head} | aborted | paused | goal | requests before an abort |",
        "| --- | ---: | ---: | --- | ---: |",
    ]
    for scenario, outcome in outcomes.items():
        goal = "held up ≥ 99 %" if scenario.is_bad else "aborted ≤ 1 %"
        mark = "✓" if outcome.meets(scenario) else "✗"
        before = f"{outcome.requests:,.0f}" if outcome.aborted else ""
        shares = f"{100 * outcome.aborted:.2f} % | {100 * outcome.paused:.2f} %"
        lines.append(f"| {scenario.name} | {shares} | {mark} {goal} | {before} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, and print the table; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rollouts", type=int, default=4000, help="of each kind; default 4000")
    parser.add_argument("--write-docs", action="store_true", help="write docs/rollouts.md")
    given = parser.parse_args(arguments)
    outcomes: dict[Scenario | FleetScenario, Outcome] = {}
    for scenario in SCENARIOS:
        sys.stderr.write(f"{scenario.name}\n")
        outcomes[scenario] = simulate(scenario, given.rollouts)
    for fleet in FLEETS:
        sys.stderr.write(f"{fleet.name}\n")
        outcomes[fleet] = simulate_fleets(fleet, given.rollouts)
    text = table(outcomes, given.rollouts)
    sys.stdout.write(text)
    if given.write_docs:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, tail = rest.partition(END)
        PAGE.write_text(f"{head}{BEGIN}{text}{END}{tail}")
    return 0 if all(outcome.meets(scenario) for scenario, outcome in outcomes.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
