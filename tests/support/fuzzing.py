"""Hostile objects from a seed: what no user writes and a server without schemas would store, as text."""

import copy
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from support.handles import API_VERSION
from support.hostile import nested
from support.kube import Object
from support.scripts import says

KINDS: Final = ("CustomerWorker", "EliteWorker")
NAMESPACE: Final = "hostile"
_RAW: Final = "\u2603RAW\u2603"  # stands for text that json.dumps would not write
_MEGABYTE: Final = 1_000_000
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


class Hostile:
    """Makes objects. The same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._of_statuses = random.Random(seed)

    def objects(self, count: int) -> Iterator[tuple[str, str, str]]:
        """Yield kind, name and text."""
        for number in range(count):
            kind, name = self._random.choice(KINDS), f"h{number}"
            yield kind, name, self._text(kind, name)

    def status(self) -> Any:
        """A status that somebody else wrote."""
        good: Object = {
            "observedGeneration": 1,
            "conditions": [{"type": "Ready", "status": "True", "reason": "x", "message": ""}],
            "versions": {"stable": "00000000"},
            "resources": [{"binding": "X", "type": "kvNamespace", "name": "x", "deletion": "Delete"}],
            "urls": ["https://x.code24.dev/"],
        }  # fmt: skip
        return _broken(self._of_statuses, good, self._of_statuses.randint(1, 3))

    # --- texts ----------------------------------------------------------------------------------------------------

    def _text(self, kind: str, name: str) -> str:
        spec = self._spec(kind, name)
        ways: Mapping[Callable[[Object], str], int] = {
            self._with_junk: 60,
            self._with_depth: 6,
            self._with_width: 5,
            self._with_twins: 6,
            self._with_surrogates: 6,
            self._with_numbers: 6,
            self._with_metadata: 6,
            self._with_size: 1,
        }
        [way] = self._random.choices(list(ways), list(ways.values()))
        metadata = {"name": name, "namespace": NAMESPACE}
        body = {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
        raw = way(body)
        return json.dumps(body).replace(json.dumps(_RAW), raw)

    def _spec(self, kind: str, name: str) -> Object:
        """A spec that is valid, and that few things of the edge are asked for."""
        served = self._random.random() < 0.15
        source = (
            {"inline": {"script": says(name)}} if served else {"r2": {"bucket": "none", "key": name}}
        )  # fmt: skip
        spec: Object = {
            "platform": "default",
            "customerId": "hostile",
            "subdomain": f"{kind[:1].lower()}-{name}",
            "source": source,
            "parameters": {"a": {"b": [1, "two", None]}, "c": "d"},
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
        return spec | ({"type": "brand"} if kind == "EliteWorker" else {})

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
        self._plant(body)
        return json.dumps(self._random.choice("ax\n\u00e4") * int(_MEGABYTE * 1.35 / 2))

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
