"""What a follower takes from its template: what it does not say itself."""

from typing import Any

import pytest

from support.world_bodies import customer
from workers_operator.desired import worker as desired
from workers_operator.desired.fleet import templates
from workers_operator.desired.fleet.followers import following
from workers_operator.desired.worker import WorkerObject
from workers_operator.domain.errors import Stalled
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import TemplateDefaultsSpec

KEY = ObjectKey("CustomerWorker", "shop", "w")
TEMPLATE = ObjectKey("WorkerTemplate", "shop", "t")
FOLLOWS = {"templateRef": {"name": "t"}}


def worker(**spec: Any) -> WorkerObject:
    body = customer("w", None, source=FOLLOWS, **spec)
    body["metadata"] |= {"generation": 1}
    found = desired.read(KEY, body)
    assert not isinstance(found, desired.Malformed), found.error
    return found


def merged(defaults: dict[str, Any], **spec: Any) -> WorkerObject:
    return templates.with_defaults(worker(**spec), TemplateDefaultsSpec.model_validate(defaults))


def test_what_a_worker_does_not_say_its_template_does() -> None:
    defaults = {
        "parameters": {"currency": "EUR"},
        "vars": {"GREETING": "hello"},
        "bindings": [{"name": "AI", "type": "ai"}],
        "compatibility": {"date": "2026-01-01", "flags": ["nodejs_compat"]},
        "limits": {"cpu": "50ms", "subRequests": 10},
    }
    spec = merged(defaults).spec
    assert spec.parameters == {"currency": "EUR"}
    assert spec.vars == {"GREETING": "hello"}
    assert [b.name for b in spec.bindings] == ["AI"]
    assert (spec.compatibility.date, spec.compatibility.flags) == (
        "2026-01-01",
        ("nodejs_compat",),
    )
    assert (spec.limits.cpu, spec.limits.sub_requests) == ("50ms", 10)


def test_the_workers_own_word_wins() -> None:
    defaults = {
        "parameters": {"a": {"x": 1}, "b": 2},
        "vars": {"A": "theirs", "B": "theirs", "C": "theirs"},
        "bindings": [{"name": "D", "type": "ai"}],
        "compatibility": {"date": "2026-01-01", "flags": ["one"]},
        "limits": {"cpu": "50ms", "subRequests": 10},
    }
    spec = merged(
        defaults,
        parameters={"a": {"y": 2}},
        vars={"A": "mine", "D": "mine"},
        secrets=[{"name": "B", "secretKeyRef": {"name": "s", "key": "k"}}],
        bindings=[{"name": "C", "type": "images"}],
        compatibility={"date": "2026-02-02", "flags": ["two", "one"]},
        limits={"cpu": "20ms"},
    ).spec
    assert spec.parameters == {"a": {"y": 2}, "b": 2}
    assert spec.vars == {"A": "mine", "D": "mine"}
    assert [(b.name, b.type) for b in spec.bindings] == [("C", "images")]
    assert (spec.compatibility.date, spec.compatibility.flags) == ("2026-02-02", ("one", "two"))
    assert (spec.limits.cpu, spec.limits.sub_requests) == ("20ms", 10)


def test_what_both_come_to_has_to_be_possible() -> None:
    defaults = {"vars": {f"T{n}": "x" for n in range(100)}}
    with pytest.raises(Stalled, match="with the defaults of its template: a Worker has at most"):
        merged(defaults, vars={f"W{n}": "x" for n in range(100)})


CANARY = {"phase": "Progressing", "version": "b"}


def status(version: str, ready: str = "True", *conditions: str, **more: Any) -> dict[str, Any]:
    """What a follower's status says. ``conditions``: ``<type>=<status>``, besides Ready."""
    said = [one.split("=") for one in (f"Ready={ready}", *conditions)]
    return {
        "observedGeneration": 1,
        "template": {"kind": "WorkerTemplate", "name": "t", "version": version},
        "versions": {"stable": "a"},
        "conditions": [{"type": kind, "status": is_so, "reason": "X"} for kind, is_so in said],
        **more,
    }


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (status("1"), "Ready"),
        (status("1", rollout={"phase": "Succeeded"}), "Ready"),
        (status("1", rollout={"phase": "Promoting"}), "OnTheWay"),
        (status("1", "False", rollout={"phase": "Paused"}), "OnTheWay"),
        (status("1", "False", "Stalled=True", rollout={"phase": "Aborted"}), "Failed"),
        (status("1", "False", rollout={"phase": "Aborted"}), "OnTheWay"),  # one before
        (status("1", "False", health={"state": "Unhealthy"}), "Failed"),
        (status("1", "False", "Deployed=False", health={"state": "Unhealthy"}), "OnTheWay"),
        (status("1", "False", "Routed=False", health={"state": "Unhealthy"}), "OnTheWay"),
        (status("1", "False", rollout=CANARY, health={"state": "Unhealthy"}), "OnTheWay"),
        ({**status("1"), "observedGeneration": 0}, "OnTheWay"),
        ({}, "OnTheWay"),
    ],
)
def test_a_follower_is_ready_once_its_own_rollout_has_succeeded(
    said: dict[str, Any], state: str
) -> None:
    body = customer("w", None, source=FOLLOWS) | {"status": said}
    body["metadata"] |= {"generation": 1}
    found = following(KEY, body)
    assert found is not None
    assert (found.template, found.follower.state) == (TEMPLATE, state)


def test_a_version_of_another_template_does_not_count() -> None:
    other = {"kind": "ClusterWorkerTemplate", "name": "t", "version": "1"}
    body = customer("w", None, source=FOLLOWS) | {"status": {"template": other}}
    found = following(KEY, body)
    assert found is not None
    assert found.follower.version == ""
    assert following(KEY, customer("w")) is None
