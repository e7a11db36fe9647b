"""What clients make of a status: kstatus' verdict, and Flux's checks of conditions.

kstatus is how Flux, kpt and others decide that an object is done (sigs.k8s.io/cli-utils,
pkg/kstatus/status). The checks bear the names that Flux gave them (github.com/fluxcd/pkg,
runtime/conditions/check); FAIL0010 was retired there. Both take objects as the API server returns
them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

KStatus = Literal["InProgress", "Current", "Failed", "Terminating"]

# Conditions that are abnormal while True; the first that is there outranks the others.
NEGATIVE: Final = ("Reconciling", "Stalled", "Drifted", "RateLimited")

_Condition = Mapping[str, Any]


def kstatus(obj: Mapping[str, Any]) -> KStatus:
    """How far the controller has come with ``obj``, as kstatus sees it."""
    view = _View(obj)
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    generation, observed = obj["metadata"].get("generation"), view.status.get("observedGeneration")
    if generation is not None and observed is not None and observed != generation:
        return "InProgress"
    for condition in view.conditions:
        match (condition["type"], condition["status"]):
            case ("Reconciling", "True"):
                return "InProgress"
            case ("Stalled", "True"):
                return "Failed"
    if view.has("Ready") and not view.is_true("Ready"):
        return "InProgress"
    return "Current"


def violations(obj: Mapping[str, Any]) -> list[str]:
    """What Flux finds wrong with a status at rest, after a reconcile."""
    return _run(_AT_REST, obj)


def violations_in_progress(obj: Mapping[str, Any]) -> list[str]:
    """What Flux finds wrong with a status that is written in the course of a reconcile."""
    return _run(_IN_PROGRESS, obj)


@dataclass(frozen=True)
class _View:
    """The parts of an object that the checks look at; what is absent counts as 0 or empty."""

    obj: Mapping[str, Any]

    @property
    def status(self) -> Mapping[str, Any]:
        return self.obj.get("status") or {}

    @property
    def conditions(self) -> list[_Condition]:
        return list(self.status.get("conditions") or ())

    @cached_property
    def by_type(self) -> Mapping[str, _Condition]:
        return {c["type"]: c for c in reversed(self.conditions)}

    @property
    def generation(self) -> int:
        return int(self.obj["metadata"].get("generation") or 0)

    @property
    def observed(self) -> int:
        return int(self.status.get("observedGeneration") or 0)

    def has(self, kind: str) -> bool:
        return kind in self.by_type

    def is_(self, kind: str, status: str) -> bool:
        return self.has(kind) and self.by_type[kind]["status"] == status

    def is_true(self, kind: str) -> bool:
        return self.is_(kind, "True")

    @property
    def ready(self) -> bool:
        """Ready, and neither Reconciling nor Stalled alone gainsays it."""
        return self.is_true("Ready") and self.is_true("Reconciling") == self.is_true("Stalled")

    def types_where(self, wrong: Callable[[_Condition], bool]) -> str:
        return ", ".join(c["type"] for c in self.conditions if wrong(c))


def _observed(condition: _Condition) -> int:
    return int(condition.get("observedGeneration") or 0)


def _fail0001(view: _View) -> str:
    wrong = view.types_where(lambda c: c["type"] in NEGATIVE and c["status"] == "True")
    return f"Ready is True beside {wrong}" if view.is_true("Ready") and wrong else ""


def _fail0002(view: _View) -> str:
    return "" if view.has("Ready") else "Ready is missing"


def _not_false_beside(view: _View, kind: str) -> str:
    wrong = view.is_true(kind) and view.has("Ready") and not view.is_("Ready", "False")
    return f"Ready is not False while {kind} is True" if wrong else ""


def _fail0003(view: _View) -> str:
    return _not_false_beside(view, "Reconciling")


def _fail0004(view: _View) -> str:
    return _not_false_beside(view, "Stalled")


def _fail0005(view: _View) -> str:
    both = view.has("Reconciling") and view.has("Stalled")
    return "Reconciling and Stalled are both there" if both else ""


def _fail0006(view: _View) -> str:
    ahead = view.observed > view.generation
    return f"observedGeneration {view.observed} > generation {view.generation}" if ahead else ""


def _fail0007(view: _View) -> str:
    stale = view.ready and view.observed < view.generation
    return f"Ready at observedGeneration {view.observed} < {view.generation}" if stale else ""


def _fail0008(view: _View) -> str:
    wrong = view.types_where(lambda c: _observed(c) < view.generation)
    return f"Ready, but of an older generation: {wrong}" if view.ready and wrong else ""


def _fail0009(view: _View) -> str:
    wrong = view.types_where(lambda c: _observed(c) != view.observed)
    return f"Ready, but not of the status' generation: {wrong}" if view.ready and wrong else ""


def _fail0011(view: _View) -> str:
    unknown = not view.has("Ready") or view.is_("Ready", "Unknown")
    wrong = unknown and not view.is_true("Reconciling")
    return "Ready is Unknown without Reconciling" if wrong else ""


def _warn0001(view: _View) -> str:
    wrong = view.types_where(lambda c: c["type"] in NEGATIVE)
    return (
        f"Ready is True, so this is to be removed: {wrong}"
        if view.is_true("Ready") and wrong
        else ""
    )


def _warn0002(view: _View) -> str:
    worst = next((kind for kind in NEGATIVE if view.has(kind)), None)
    if view.is_true("Ready") or not view.has("Ready") or worst in (None, "Reconciling", "Stalled"):
        return ""
    mine, theirs = view.by_type["Ready"], view.by_type[str(worst)]
    same = all(mine.get(field) == theirs.get(field) for field in ("reason", "message"))
    return "" if same else f"Ready does not say what {worst} says"


def _warn0003(view: _View) -> str:
    return "Reconciling is to be removed, not False" if view.is_("Reconciling", "False") else ""


def _warn0004(view: _View) -> str:
    return "Stalled is to be removed, not False" if view.is_("Stalled", "False") else ""


def _warn0005(view: _View) -> str:
    wrong = view.types_where(lambda c: _observed(c) < 1)
    return f"no observedGeneration in {wrong}" if wrong else ""


_Check = Callable[[_View], str]  # what is wrong, or ""
_AT_REST: Final[tuple[_Check, ...]] = (
    _fail0001,
    _fail0002,
    _fail0003,
    _fail0004,
    _fail0005,
    _fail0006,
    _fail0007,
    _fail0008,
    _fail0009,
    _warn0001,
    _warn0002,
    _warn0003,
    _warn0004,
    _warn0005,
)
_IN_PROGRESS: Final[tuple[_Check, ...]] = (
    _fail0002,
    _fail0004,
    _fail0005,
    _fail0006,
    _fail0011,
    _warn0003,
    _warn0004,
    _warn0005,
)


def _run(checks: tuple[_Check, ...], obj: Mapping[str, Any]) -> list[str]:
    view = _View(obj)
    found = ((check.__name__.strip("_").upper(), check(view)) for check in checks)
    return [f"{name}: {problem}" for name, problem in found if problem]
