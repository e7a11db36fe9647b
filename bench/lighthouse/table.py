"""docs/lighthouse.md, from what was measured. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.lighthouse.overlap import COUNTED, OVERLAP, REASONS

CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
MOST_PIXELS: Final = 0.5
LEAST_AGREEMENT: Final = 95.0
Result = Mapping[str, Any]
_ABOUT: Final = """The pages are third-party templates, installed from npm and served on the loopback; other sites that
they load from are not available. Lighthouse audits each page unchanged, and as `optimize` serves it with all default
fixes of the three elite workers; workerd serves both. The network is Lighthouse's slow 4G, the CPU is not throttled. If
a score seems to drop, the scores are medians of up to five runs. axe audits the pages that the workers generate: the
report on each of these pages, with a trend, and the error page."""


@dataclass(frozen=True)
class Verdict:
    """What both say about one audit of a page; True: it has passed."""

    page: str
    audit: str
    theirs: bool
    ours: bool
    detail: str

    @property
    def agree(self) -> bool:
        return self.theirs == self.ours


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    """Every audit of both on every page. Lighthouse's "does not apply" is a pass: ours finds nothing there either."""
    return [
        _verdict(result, audit)
        for result in results
        for audit in OVERLAP
        if audit in result["verdicts"]
    ]


def _verdict(result: Result, audit: str) -> Verdict:
    found = {finding["id"]: finding for finding in result["report"]["findings"]}
    counted = COUNTED.get(audit, bool)
    places = [
        place
        for id_ in OVERLAP[audit]
        if id_ in found
        for place in found[id_]["evidence"]
        if counted(place)
    ]
    said = result["verdicts"][audit]
    shown = [place.get("selector") or place.get("detail", "") for place in places] or said["items"]
    return Verdict(
        result["name"],
        audit,
        said["passed"] is not False,
        not places,
        ", ".join(map(str, shown[:2])),
    )


def drops(result: Result) -> list[str]:
    """The categories whose score is lower on the optimized page."""
    return [c for c in CATEGORIES if result["is"][c] < result["was"][c]]


def is_noise(result: Result, category: str) -> bool:
    """Whether a drop is no larger than what lies between runs of the same, untouched page."""
    return (
        category == "performance"
        and result["was"][category] - result["is"][category] <= result["spread"]
    )


def missed(results: Sequence[Result]) -> list[str]:
    """The goals that are missed, in words."""
    listed = verdicts(results)
    agreement = 100 * sum(v.agree for v in listed) / len(listed)
    found = [f"agreement {agreement:.1f} %"] if agreement < LEAST_AGREEMENT else []
    real = [(r["name"], c) for r in results for c in drops(r) if not is_noise(r, c)]
    found += [f"{name}: {category} dropped" for name, category in real]
    found += [f"axe: {b['id']} at {b['at']} of {b['url']}, {b['scheme']}" for b in serious(results)]
    changed = [r for r in results if r["pixels"]["changed"] - r["pixels"]["noise"] >= MOST_PIXELS]
    return found + [f"{r['name']}: {r['pixels']['changed']:.2f} % of pixels" for r in changed]


def serious(results: Sequence[Result]) -> list[Mapping[str, str]]:
    """What axe calls serious or critical on the pages that are our own."""
    found = [one for result in results for one in result["own"]["barriers"]]
    return [one for one in found if one["impact"] in ("serious", "critical")]


def render(results: Sequence[Result], versions: str) -> str:
    """The whole page."""
    return "\n".join(_lines(results, versions)) + "\n"


def _lines(results: Sequence[Result], versions: str) -> Iterator[str]:
    listed = verdicts(results)
    agreed = sum(v.agree for v in listed)
    yield "<!-- Written by `make test-lighthouse`. -->\n"
    yield "# Elite workers and Lighthouse\n"
    yield _ABOUT
    yield f"\n{versions}.\n"
    yield "## Summary\n"
    yield f"- {len(results)} pages, {len(OVERLAP)} audits in common, {len(listed)} verdicts; {agreed} agree:"
    yield f"  **{100 * agreed / len(listed):.1f} %** (goal: at least {LEAST_AGREEMENT:.0f} %)."
    failing = [v for v in listed if not v.theirs]
    both = sum(v.agree for v in failing)
    yield f"- Of the {len(failing)} failures in Lighthouse, the elite workers find {both}."
    lower = [(r, c) for r in results for c in drops(r)]
    noise = sum(is_noise(r, c) for r, c in lower)
    yield f"- Category scores that `optimize` lowers: **{len(lower)}** of {len(results) * len(CATEGORIES)} (goal: 0)."
    if noise:
        yield f"  {noise} of them within the spread of performance between runs of the unchanged page."
    worst = max(r["pixels"]["changed"] for r in results)
    goal = f"(goal: less than {MOST_PIXELS} %)"
    yield f"- Pixels that differ in a screenshot of 1280 by 1600: at most {worst:.2f} % {goal}."
    own = sum(r["own"]["pages"] for r in results)
    findings = sum(len(r["own"]["barriers"]) for r in results)
    yield f"- axe on {own} generated pages, each in light and dark mode: **{len(serious(results))}** serious"
    yield f"  findings (goal: 0), {findings} in total."
    yield from _table_of_pages(results)
    yield from _table_of_audits(listed)
    yield from _disagreements([v for v in listed if not v.agree])


def _table_of_pages(results: Sequence[Result]) -> Iterator[str]:
    yield "\n## Scores, before → after\n"
    yield f"| page | {' | '.join(CATEGORIES)} | pixels |"
    yield "| --- |" + " --- |" * (len(CATEGORIES) + 1)
    for result in results:
        cells = [_scores(result, category) for category in CATEGORIES]
        yield f"| {result['name']} | {' | '.join(cells)} | {result['pixels']['changed']:.2f} % |"


def _scores(result: Result, category: str) -> str:
    was, now = result["was"][category], result["is"][category]
    text = f"{was}" if was == now else f"{was} → {now}"
    if now >= was:
        return text
    return (
        f"**{text}** (runs before: ±{result['spread'] / 2:g})"
        if category == "performance"
        else f"**{text}**"
    )


def _table_of_audits(listed: Sequence[Verdict]) -> Iterator[str]:
    yield "\n## Overlap\n"
    yield "| Lighthouse | elite workers | pages | fail in Lighthouse | agree |"
    yield "| --- | --- | --- | --- | --- |"
    for audit, ours in OVERLAP.items():
        own = [v for v in listed if v.audit == audit]
        failing = sum(not v.theirs for v in own)
        names = ", ".join(f"`{id_}`" for id_ in ours)
        share = f"{100 * sum(v.agree for v in own) / len(own):.0f} %" if own else "not run"
        yield f"| `{audit}` | {names} | {len(own)} | {failing} | {share} |"


def _disagreements(listed: Sequence[Verdict]) -> Iterator[str]:
    yield "\n## Differences\n"
    if not listed:
        yield "None."
        return
    yield "| page | audit | Lighthouse | elite workers | reason |"
    yield "| --- | --- | --- | --- | --- |"
    words = {True: "passes", False: "fails"}
    for verdict in listed:
        place = verdict.detail.replace("|", "\\|").replace("`", "'")[:90]
        why = REASONS.get(verdict.audit, "not investigated")
        found = f"{words[verdict.theirs]} | {words[verdict.ours]}"
        yield f"| {verdict.page} | `{verdict.audit}` | {found} | {why} (`{place}`) |"
