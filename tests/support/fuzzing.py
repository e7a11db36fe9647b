"""Hostile objects from a seed: what no user writes and a server without schemas would store, as text."""

import copy
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from support.handles import API_VERSION
from support.hostile import nested
from support.kube import Object, path_of
from support.scripts import says

KINDS: Final[Mapping[str, int]] = {"CustomerWorker": 9, "EliteWorker": 8, "WorkerTemplate": 3}
"""Kinds that are fed, and how often."""
NAMESPACES: Final = ("hostile", "hostile-too")
CUSTOMER: Final = "hostile"
LARGE: Final = 250_000
"""Characters from which on an object is large."""
_RAW: Final = "\u2603RAW\u2603"  # stands for text that json.dumps would not write
_MOST_STORED: Final = 1_572_864 - 24_576  # etcd takes 1.5 MiB; finalizer and status need room, too
_SIZES: Final = (100_000, 500_000, 1_000_000, _MOST_STORED)
# Each as it is sent, with the bytes that the API server stores of it.
_LETTERS: Final = (("x", 1), ("\\n", 2), ("\u00e4", 2), ("<", 6))
_OF_OTHERS: Final = "neighbour"  # their customer, which is not granted
_SCALARS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**31,
    2**63 - 1,
    "",
    " ",
    "x",
    "\x00",
    "\x1b[31m\r\nINFO forged",
    "\u202egnp.exe",
    "\ufeff",
    "../../..",
    "%2e%2e%2f",
    "__proto__",
    "constructor",
    "${jndi:ldap://127.0.0.1/}",
    "*" * 64,
    "a" * 5000,
    "xn--" + "a" * 60,
    "\U0001f600" * 100,
    "1e400",
    "NaN",
    "2026-13-45T99:99:99Z",
    "1h" * 200,
)
_COMPOUNDS: Final[tuple[Any, ...]] = ([], {}, [[]], [None], {"": ""}, [{}] * 50, {"a": [{"b": []}]})
_NUMBERS: Final = ("1e308", "-1e308", "1e-400", "9" * 400, "-0", "0.1e1", f"0.{'1' * 3000}")
_SURROGATES: Final = ('"\\ud800"', '"\\udfff\\ud800"', '"a\\udc00b"', '{"\\ud800":"\\udbff"}')


def permissive(definition: Mapping[str, Any]) -> Object:
    """A CustomResourceDefinition that lets everything pass."""
    found: Object = copy.deepcopy(dict(definition))
    for version in found["spec"]["versions"]:
        schema = version["schema"]["openAPIV3Schema"]
        schema.pop("x-kubernetes-validations", None)
        for part in ("spec", "status"):
            schema["properties"][part] = {"x-kubernetes-preserve-unknown-fields": True}
    return found


@dataclass(frozen=True)
class Life:
    """An object, as the text that creates it, and what becomes of it.

    ``edit``: the merge patch by which its owner changes it afterwards; "": he leaves it as it is. ``status``: what
    somebody else writes into its status then; None: nobody does.
    """

    kind: str
    namespace: str
    name: str
    text: str
    edit: str = ""
    status: Any = None

    @property
    def collection(self) -> str:
        """The path that it is created at."""
        return path_of(self.kind, self.namespace)

    @property
    def path(self) -> str:
        """Its path."""
        return path_of(self.kind, self.namespace, self.name)

    @property
    def is_large(self) -> bool:
        return len(self.text) + len(self.edit) > LARGE

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


class Hostile:
    """Makes objects. The same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._of_statuses = random.Random(seed)

    def lives(self, count: int) -> Iterator[Life]:
        """Yield objects: a quarter is good until it is edited, the rest is hostile, and some of it is edited."""
        chance = self._random
        for number in range(count):
            [kind] = chance.choices(list(KINDS), list(KINDS.values()))
            namespace, name = chance.choice(NAMESPACES), f"h{number}"
            was_good, is_edited = chance.random() < 0.25, chance.random() < 0.1
            body = self._body(kind, namespace, number)
            text = json.dumps(body) if was_good else self._text(body)
            edit = ""
            if was_good or is_edited:
                edit = self._patch(self._body(kind, namespace, number))
            status = self._status() if chance.random() < 0.1 else None
            yield Life(kind, namespace, name, text, edit, status)

    def _status(self) -> Any:
        good: Object = {
            "observedGeneration": 1,
            "conditions": [{"type": "Ready", "status": "True", "reason": "x", "message": ""}],
            "versions": {"stable": "00000000"},
            "resources": [{"binding": "X", "type": "kvNamespace", "name": "x", "deletion": "Delete"}],
            "urls": ["https://x.code24.dev/"],
        }  # fmt: skip
        return _broken(self._of_statuses, good, self._of_statuses.randint(1, 3))

    # --- texts ----------------------------------------------------------------------------------------------------

    def _patch(self, body: Object) -> str:
        """A merge patch that makes an object what ``body`` becomes here."""
        del body["apiVersion"], body["kind"]
        body["metadata"] = {}
        return self._text(body)

    def _text(self, body: Object) -> str:
        ways: Mapping[Callable[[Object], str], int] = {
            self._with_junk: 60,
            self._with_depth: 6,
            self._with_width: 5,
            self._with_twins: 6,
            self._with_surrogates: 6,
            self._with_numbers: 6,
            self._with_metadata: 6,
            self._with_size: 3,
        }
        [way] = self._random.choices(list(ways), list(ways.values()))
        raw = way(body)
        return json.dumps(body).replace(json.dumps(_RAW), raw)

    # --- what is made hostile -------------------------------------------------------------------------------------

    def _body(self, kind: str, namespace: str, number: int) -> Object:
        name = f"h{number}"
        spec = self._template(name) if kind == "WorkerTemplate" else self._worker(kind, number)
        metadata = {"name": name, "namespace": namespace}
        return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}

    def _worker(self, kind: str, number: int) -> Object:
        """A spec that is valid, and that few things of the edge are asked for."""
        name, chance = f"h{number}", self._random
        served = chance.random() < 0.35
        spec: Object = {
            "platform": "default",
            "customerId": CUSTOMER if chance.random() < 0.95 else _OF_OTHERS,
            "subdomain": self._subdomain(kind, name),
            "source": {"inline": {"script": says(name)}} if served else self._source(number),
            "parameters": {"a": {"b": [1, "two", None]}, "c": "d"},
            "configuration": {"plan": "premium"},
            "vars": {"GREETING": "hello"},
            "bindings": [
                {"name": "STORE", "type": "kvNamespace", "title": "NOWHERE"},
                {"name": "CALLEE", "type": "service", "worker": {"name": "nobody"}},
            ],
            "secrets": [{"name": "TOKEN", "secretKeyRef": {"name": "none", "key": "token"}}],
            "compatibility": {"date": "2026-10-01", "flags": ["nodejs_compat"]},
            "limits": {"cpu": "100ms", "subRequests": 50},
            "egress": {"allow": ["api.example.com"]},
            "routes": [{"pattern": f"{name}.extra.code24.dev/*"}],
            "instances": 1,
            "health": {"path": "/", "interval": "1m", "timeout": "1s", "failureThreshold": 3},
            "rollout": {
                "strategy": "Canary",
                "steps": [{"smoke": {}}, {"weight": 10, "pause": {"duration": "1m"}}],
            },
            "interval": "5m",
            "suspend": False,
            "policies": {"deletion": "Delete"},
        }
        if served:
            for field in ("bindings", "secrets", "egress"):
                del spec[field]
        if kind == "EliteWorker":
            return spec | {"type": "brand", "scriptName": f"brand-{name}"}
        return spec

    def _subdomain(self, kind: str, name: str) -> str:
        """A subdomain of its own; or one that objects of both namespaces ask for, one after the other."""
        own = f"{kind[:1].lower()}-{name}"
        return own if self._random.random() < 0.5 else f"shared-{self._random.randrange(6)}"

    def _source(self, number: int) -> Object:
        """A source in which there is nothing."""
        return self._random.choice(
            (
                {"r2": {"bucket": "none", "key": f"h{number}"}},
                {"r2": {"bucket": "secret", "key": f"h{number}"}},  # not granted
                {"configMap": {"name": "none", "key": "worker.js"}},
                {"template": "nothing"},
                {"templateRef": {"name": f"h{number - 1}"}},
            )
        )

    def _template(self, name: str) -> Object:
        return {
            "workerKind": "CustomerWorker",
            "platform": "default",
            "source": {"inline": {"script": says(name)}},
            "defaults": {
                "parameters": {"a": {"b": [1, "two", None]}},
                "vars": {"GREETING": "hello"},
                "bindings": [{"name": "STORE", "type": "kvNamespace", "title": "NOWHERE"}],
                "compatibility": {"date": "2026-10-01", "flags": ["nodejs_compat"]},
                "limits": {"cpu": "100ms", "subRequests": 50},
            },
            "rollout": {"waves": ["1", "10%", "100%"], "pause": {"duration": "5m"}},
        }

    # --- ways -----------------------------------------------------------------------------------------------------

    def _with_junk(self, body: Object) -> str:
        if self._random.random() < 0.05:
            body["spec"] = _junk(self._random)
        else:
            body["spec"] = _broken(self._random, body["spec"], self._random.randint(1, 3))
        return "null"

    def _with_depth(self, body: Object) -> str:
        self._plant(body)
        depth = self._random.choice((32, 33, 99, 100, 101, 500, 998, 1001, 3000, 9000))
        opening, closing = self._random.choice((('{"a":', "}"), ("[", "]"), ('[{"a":', "}]")))
        return nested(depth // len(closing), opening, closing)

    def _with_width(self, body: Object) -> str:
        self._plant(body)
        width = self._random.choice((257, 3000, 30_000))
        if self._random.random() < 0.5:
            return "[" + ",".join(str(n % 7) for n in range(width)) + "]"
        return "{" + ",".join(f'"k{n}":{n}' for n in range(width)) + "}"

    def _with_twins(self, body: Object) -> str:
        field = self._random.choice(list(body["spec"]))
        body["spec"][field] = _RAW
        junk = json.dumps(_junk(self._random))
        return f'{junk}, "{field}": {json.dumps(_junk(self._random))}, "{field}": {junk}'

    def _with_surrogates(self, body: Object) -> str:
        self._plant(body)
        return self._random.choice(_SURROGATES)

    def _with_numbers(self, body: Object) -> str:
        self._plant(body)
        return self._random.choice(_NUMBERS)

    def _with_metadata(self, body: Object) -> str:
        text = self._random.choice((" ", "now", "\x00\r\n", "\u202e", "x" * 200_000))
        body["metadata"]["annotations"] = {
            "workers.code24.dev/requestedAt": text,
            "kopf.zalando.org/last-handled-configuration": "{" * 500,
        }
        body["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "Helm", "x": "a" * 63}
        return "null"

    def _with_size(self, body: Object) -> str:
        """Up to the most that is stored, whatever its letters take there."""
        self._plant(body)
        [letter, stored] = self._random.choice(_LETTERS)
        room = self._random.choice(_SIZES) - len(json.dumps(body))
        return f'"{letter * (room // stored)}"'

    # --- parts ----------------------------------------------------------------------------------------------------

    def _plant(self, body: Object) -> None:
        """Puts the mark for raw text somewhere into the spec."""
        if self._random.random() < 0.5:
            body["spec"]["parameters"] = {"x": _RAW}
        else:
            body["spec"] = _broken(self._random, body["spec"], 1, _RAW)


def _broken(chance: random.Random, value: Any, times: int, junk: Any = None) -> Any:
    """``value`` with something else in so many places."""
    found = copy.deepcopy(value)
    for _ in range(times):
        holder, place = chance.choice(list(_places(found)) or [({}, "x")])
        holder[place] = _junk(chance) if junk is None else junk
    return found


def _junk(chance: random.Random) -> Any:
    return copy.deepcopy(chance.choice((*_SCALARS, *_COMPOUNDS)))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a value that something else can be put into: its holder, and the key or index."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in list(items):
        yield value, key
        yield from _places(item)
