"""Whatever characters a spec holds, its worker gets a status, and nothing that is no character reaches a request."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.world import World
from support.world_bodies import customer
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.reasons import Reason
from workers_operator.kube.document import document

# What the words of others may hold, and how it is shown.
UNSEEN, SEEN = "\x1b[2K\u202eevil\u2066\x00", "\\x1b[2K\\u202eevil\\u2066\\x00"

FIELDS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "id of a namespace": lambda v: _bound(type="kvNamespace", id=v),
    "title": lambda v: _bound(type="kvNamespace", title=v),
    "id of another type": lambda v: _bound(type="d1", id=v),
    "key in R2": lambda v: {"script": None, "source": {"r2": {"key": v}}},
    "folder in R2": lambda v: {"script": None, "source": {"r2": {"key": f"{v}/", "main": "a.js"}}},
    "plan": lambda v: {"configuration": {"plan": v}},
    "feature": lambda v: {"script": None, "template": "api", "configuration": {"features": [v]}},
    "variable": lambda v: {"vars": {"A": v}},
    "parameter": lambda v: {"parameters": {"a": [v], v: 1}},
    "parameter of a template": lambda v: {"script": None, "template": "api", "parameters": {v: v}},
    "module": lambda v: _module(name=v, text=v),
    "route": lambda v: {"routes": [{"pattern": f"{v}.example.com/{v}*"}]},
    "path of the probe": lambda v: {"health": {"path": f"/{v}"}},
}
ANY = st.text(st.characters(exclude_categories=()), min_size=1, max_size=20)


def _bound(**binding: Any) -> dict[str, Any]:
    return {"bindings": [{"name": "B", **binding}]}


def _module(**module: Any) -> dict[str, Any]:
    main = {"name": "index.js", "text": "export default {}"}
    return {"script": None, "source": {"inline": {"modules": [main, module], "main": "index.js"}}}


async def _check(spec: dict[str, Any]) -> None:
    world = await World.ready()
    done = await world.reconcile(world.apply(customer(**spec)))
    assert done.status["observedGeneration"] == 1
    for condition in done.status["conditions"]:
        assert condition["reason"] in set(Reason)
    assert json.loads(document(done.status)) == json.loads(json.dumps(done.status))
    for script in world.scripts().values():
        json.dumps(dict(script.bindings), ensure_ascii=False).encode()
    await world.close()


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=8, deadline=None)
@given(ANY)
@example("größe")
@example("gro\u0308ße")
@example("\u202eabc")
@example("\ud83d")
@example("\U0001f600")
@example("a\x00b\x7f\x85\u2028")
def test_every_text_leads_to_a_status(field: str, text: str) -> None:
    asyncio.run(_check(FIELDS[field](text)))


async def test_the_words_of_a_script_are_shown_on_one_line_with_all_that_is_in_them() -> None:
    world = await World.ready()
    source = {"inline": {"script": f"export default {{}} // SyntaxError! {UNSEEN}"}}
    done = await world.reconcile(world.apply(customer(source=source)))
    assert done.conditions["Deployed"] == "False ScriptRejected"
    for shown in (done.message("Deployed"), done.message(), *done.events):
        assert shown.isprintable()
        assert SEEN in shown
    await world.close()


async def test_so_are_those_of_whatever_answers_a_probe() -> None:
    world = await World.ready()
    world.prober.override = lambda host, path: ProbeAnswer(530, None, f"one\r\ntwo {UNSEEN}\udc80")
    done = await world.reconcile(world.apply(customer()))
    assert done.conditions["Routed"] == "False AwaitingPropagation"
    assert f"one two {SEEN}\\udc80" in done.message("Routed")
    await world.close()
