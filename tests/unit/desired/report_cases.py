"""What each method of the report changes in status, case by case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator.desired.report import Report, ResolvedSource
from workers_operator.desired.rollout import NewVersion
from workers_operator.domain.conditions import ABLE_TO_SCALE, HEALTHY, ROUTED, Fact
from workers_operator.domain.health.probes import Health, ProbeResult
from workers_operator.domain.health.traffic import Budgets
from workers_operator.domain.metrics.window import MetricsWindow, Traffic
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route
from workers_operator.domain.scaling.decision import Decision
from workers_operator.domain.scaling.history import ScalingHistory
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits
from workers_operator.domain.tenancy.grants import Rights
from workers_operator.domain.worker import ObjectKey, Worker
from workers_operator.resources import (
    CreatedResource,
    FollowedTemplate,
    RolloutOrderStatus,
    RolloutStatus,
    Versions,
    WorkerStatus,
)

VERSION: Final = "22222222"
FORMER: Final = "11111111"
NOON: Final = 1_770_000_000
STAMP: Final = "2026-02-02T02:40:00Z"
DIGEST: Final = "sha256:" + "0" * 64
KEY: Final = ObjectKey("CustomerWorker", "shop", "w")
WORKER: Final = Worker(KEY, "u", "c", "w", (Route("w.example.com", "/a"),), 2, "example.com")
SOURCE: Final = ResolvedSource("inline", DIGEST, "0a0b0c0d", "/")
NEW: Final = NewVersion(digest=DIGEST, source="inline", by="kubectl")
WELL: Final = Fact(HEALTHY, "True", Reason.PROBE_SUCCEEDED, "")
GOOD: Final = ProbeResult(
    Fact(ROUTED, "True", Reason.VERSION_ANSWERS, ""), WELL, Health("Healthy", 0), True
)
KV: Final = CreatedResource(binding="STORE", type="kvNamespace", name="store", deletion="Delete")

SERVING: Final = {"versions": {"stable": VERSION}, "health": {"state": "Healthy"}}
DEGRADED: Final = {"versions": {"stable": VERSION}, "health": {"state": "Degraded"}}
OUT: Final = {"versions": {"stable": VERSION}, "health": {"state": "Degraded", "out": [1]}}


def measured(failed: int, requests: int = 1000) -> MetricsWindow:
    traffic = Traffic(requests, {"exception": failed} if failed else {})
    return MetricsWindow(NOON - 300, NOON, {(VERSION, 0): traffic})


def decided(desired: int) -> Decision:
    able = Fact(ABLE_TO_SCALE, "True", Reason.SUCCEEDED, "")
    return Decision(1, desired, "more requests", (), None, (able,), ScalingHistory())


@dataclass(frozen=True)
class Case:
    """``told``: the fields of the status that change, None for those that vanish. ``facts``: type → status, reason.

    ``said``: parts of the facts' messages. ``fields``: the report's own fields that change.
    """

    name: str
    act: Callable[[Report], Report]
    before: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


CASES: Final = (
    Case(
        "another status", lambda r: r.based_on(WorkerStatus(platform="b")), told={"platform": "b"}
    ),
    Case("a later pass", lambda r: r.again_in(9), fields={"requeue": 9}),
    Case("the earlier one counts", lambda r: r.again_in(9).again_in(20), fields={"requeue": 9}),
    Case("a moment that has passed", lambda r: r.again_in(-1), fields={"requeue": 0}),
    Case("a pass that only probes", lambda r: r.resting(), fields={"rests": True}),
    Case(
        "a rejected version",
        lambda r: r.rejecting(VERSION),
        before={"versions": {"stable": FORMER}},
        told={"versions": {"stable": FORMER, "rejected": VERSION}},
    ),
    Case("a check for later", lambda r: r.check_in(5), fields={"requeue": 5, "checked": False}),
    Case("a single tenant", lambda r: r.entitled(Rights()), told={"tenancy": "SingleTenant"}),
    Case(
        "grants",
        lambda r: r.entitled(Rights("shop", {})),
        before={"tenancy": "SingleTenant"},
        told={"tenancy": None},
    ),
    Case(
        "a template",
        lambda r: r.following(FollowedTemplate(kind="WorkerTemplate", name="t", version=VERSION)),
        told={"template": {"kind": "WorkerTemplate", "name": "t", "version": VERSION}},
    ),
    Case(
        "no template any more",
        lambda r: r.following(None),
        before={"template": {"kind": "WorkerTemplate", "name": "t", "version": VERSION}},
        told={"template": None},
    ),
    Case(
        "code",
        lambda r: r.resolved(SOURCE),
        told={"source": {"from": "inline", "digest": DIGEST, "revision": "0a0b0c0d"}},
        facts={"SourceResolved": ("True", "Resolved")},
        said=("inline has sha256:000000000000",),
    ),
    Case(
        "code that holds back newer one, and leaves something out",
        lambda r: r.resolved(
            ResolvedSource("t", DIGEST, "0a0b0c0d", "/", update="sha256:1", left_out=("_headers",))
        ),
        told={
            "source": {
                "from": "t",
                "digest": DIGEST,
                "revision": "0a0b0c0d",
                "updateAvailable": "sha256:1",
            }
        },
        facts={"SourceResolved": ("True", "Resolved")},
        said=("newer content is held back", "left out: _headers"),
    ),
    Case(
        "an upload",
        lambda r: r.deployed(WORKER, VERSION),
        facts={"Deployed": ("True", "Uploaded")},
        said=(f"version {VERSION} is uploaded, 2 instances",),
    ),
    Case(
        "a new version, whose health is not known",
        lambda r: r.published(WORKER, Versions(stable=VERSION, previous=FORMER), platform="a"),
        before={
            "versions": {"stable": FORMER},
            "health": {"state": "Unhealthy", "consecutiveFailures": 3, "watchedSince": STAMP},
        },
        told={
            "platform": "a",
            "scriptName": "w",
            "urls": ["https://w.example.com/a/"],
            "url": "https://w.example.com/a/",
            "address": "w.example.com/a",
            "versions": {"stable": VERSION, "previous": FORMER},
            "instances": 2,
            "selector": "workers.code24.dev/script-name=w",
            "health": {"state": "Unknown", "consecutiveFailures": 0, "watchedSince": STAMP},
        },
    ),
    Case(
        "new routes of the same version, which keeps its health",
        lambda r: r.published(WORKER, Versions(stable=VERSION), platform="a"),
        before={
            **SERVING,
            "platform": "b",
            "scriptName": "w",
            "selector": "workers.code24.dev/script-name=w",
            "instances": 2,
        },
        told={
            "urls": ["https://w.example.com/a/"],
            "url": "https://w.example.com/a/",
            "address": "w.example.com/a",
        },
    ),
    Case(
        "settings in effect",
        lambda r: r.in_effect(SOURCE, Limits(50, None)),
        told={"compatibility": {"date": "2021-11-02"}, "limits": {"cpuMs": 50}},
    ),
    Case(
        "settings without limits",
        lambda r: r.in_effect(SOURCE, NO_LIMITS),
        before={"limits": {"cpuMs": 50}},
        told={"compatibility": {"date": "2021-11-02"}, "limits": None},
    ),
    Case(
        "a rollout",
        lambda r: r.rolling(RolloutStatus(version=VERSION, phase="Paused"), NEW, NOON, 5),
        before={"versions": {"stable": FORMER, "canary": VERSION}},
        told={
            "rollout": {
                "version": VERSION,
                "phase": "Paused",
                "weight": 0,
                "held": False,
                "unhealthy": False,
            },
            "history": [
                {
                    "version": VERSION,
                    "digest": DIGEST,
                    "source": "inline",
                    "createdAt": STAMP,
                    "by": "kubectl",
                    "result": "RollingOut",
                }
            ],
        },
    ),
    Case(
        "an order",
        lambda r: r.ordered(RolloutOrderStatus(id="abort")),
        told={"rolloutOrder": {"id": "abort"}},
    ),
    Case(
        "a promoted version that is not healthy yet",
        lambda r: r.concluded(NEW, NOON, 5),
        before={
            "versions": {"stable": VERSION},
            "rollout": {"version": VERSION, "phase": "Promoting"},
        },
    ),
    Case("the first deployment", lambda r: r.on("a"), told={"platform": "a"}),
    Case("the first deployment was elsewhere", lambda r: r.on("a"), before={"platform": "b"}),
    Case(
        "a created resource",
        lambda r: r.owning((KV,), VERSION),
        told={
            "resources": [
                {
                    "binding": "STORE",
                    "type": "kvNamespace",
                    "name": "store",
                    "deletion": "Delete",
                    "version": VERSION,
                }
            ]
        },
    ),
    Case(
        "of what is not needed any more, what is to be deleted stays listed",
        lambda r: r.owning(()),
        before={
            "resources": [
                {"binding": "A", "type": "r2Bucket", "name": "a", "deletion": "Retain"},
                {"binding": "B", "type": "r2Bucket", "name": "b", "deletion": "Delete"},
            ]
        },
        told={
            "resources": [{"binding": "B", "type": "r2Bucket", "name": "b", "deletion": "Delete"}]
        },
    ),
    Case(
        "a resource that is gone",
        lambda r: r.without({"b"}),
        before={"resources": [{"binding": "B", "type": "r2Bucket", "name": "b"}]},
        told={"resources": None},
    ),
    Case(
        "a good probe",
        lambda r: r.probed(GOOD),
        before={"versions": {"stable": VERSION}},
        told={"health": {"state": "Healthy", "consecutiveFailures": 0, "healthyVersion": VERSION}},
        facts={"Routed": ("True", "VersionAnswers"), "Healthy": ("True", "ProbeSucceeded")},
    ),
    Case(
        "a good probe of a worker whose requests fail",
        lambda r: r.probed(GOOD),
        before=DEGRADED,
        told={"health": {"state": "Degraded", "consecutiveFailures": 0, "healthyVersion": VERSION}},
        facts={"Routed": ("True", "VersionAnswers")},
    ),
    Case(
        "no probe now",
        lambda r: r.not_probed(is_conclusive=False),
        fields={"is_conclusive": False},
    ),
    Case(
        "a decision about the instances",
        lambda r: r.scaled(decided(3), NOON),
        told={
            "scaling": {
                "current": 1,
                "desired": 3,
                "reason": "more requests",
                "lastScaleTime": STAMP,
            }
        },
        facts={"AbleToScale": ("True", "Succeeded")},
    ),
    Case(
        "no autoscaler",
        lambda r: r.not_scaled(),
        before={"scaling": {"current": 1, "desired": 3}},
        told={"scaling": None},
    ),
    Case("no metrics yet", lambda r: r.measured(None)),
    Case(
        "failing requests",
        lambda r: r.judged(measured(100), Budgets(error_rate=0.05), WELL),
        before=SERVING,
        told={"health": {"state": "Degraded", "consecutiveFailures": 0}},
        facts={"Healthy": ("True", "Degraded")},
        said=("10% of 1000 requests in 5 minutes failed, more than spec.health.maxErrorRate",),
    ),
    Case(
        "requests that fail no longer",
        lambda r: r.judged(measured(0), Budgets(error_rate=0.05), WELL),
        before=DEGRADED,
        told={"health": {"state": "Healthy", "consecutiveFailures": 0}},
        facts={"Healthy": ("True", "ProbeSucceeded")},
    ),
    Case(
        "failing requests of a worker with an instance that is out",
        lambda r: r.judged(measured(100), Budgets(error_rate=0.05), WELL),
        before=OUT,
    ),
    Case(
        "too few requests to tell",
        lambda r: r.judged(measured(3, requests=5), Budgets(error_rate=0.05), WELL),
        before=SERVING,
    ),
    Case(
        "a move",
        lambda r: r.moved("b"),
        before={"platform": "a", "scripts": [{"name": "w--22222222--0"}]},
        told={"platform": "b", "scripts": None},
    ),
    Case(
        "no move",
        lambda r: r.moved("a"),
        before={"platform": "a", "scripts": [{"name": "w--22222222--0"}]},
    ),
    Case(
        "former platforms that are suspended",
        lambda r: r.leaving(["a"]),
        fields={
            "left": "it is removed from WorkersPlatform 'a' once spec.suspend is removed there"
        },
    ),
)
