"""Everything that the objects of our kinds have ever been, from a raw watch; and the rules that every status keeps."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from support.conditions import violations
from support.kube import PLURALS, KubeApi, Object, path_of
from support.waiting import Deadline

MAX_STATUS_BYTES: Final = 6144
# Field managers of the tests' own requests, by REST, too; everybody else is the operator, whatever it calls itself.
_USERS: Final = (
    "kubectl",
    "e2e",
    "workers-operator-orphans",
    "workers-operator-rollout",
    "workers-gateway",
)
_ALLOWED_METADATA: Final = frozenset({"f:finalizers"})


@dataclass(frozen=True)
class Seen:
    """One state of an object. ``at``: monotonic seconds when the watch told of it."""

    type: str  # ADDED, MODIFIED, DELETED
    obj: Object
    at: float


Key = tuple[str, str, str]  # (kind, namespace, name)


class Recorder:
    """Watches until ``close``; one thread a kind."""

    def __init__(self, api: KubeApi) -> None:
        self.problems: list[str] = []
        self.secrets: set[str] = set()  # texts that must appear nowhere
        self._api = api
        self._history: defaultdict[Key, list[Seen]] = defaultdict(list)
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [self._start(kind) for kind in PLURALS]

    def history(self, key: Key) -> list[Seen]:
        """All states of the objects that had this key, in order."""
        with self._changed:
            return list(self._history.get(key, ()))

    def latest(self, key: Key) -> Object | None:
        """The object as last seen, None where it is gone."""
        return _last(self.history(key))

    def everything(self) -> list[Seen]:
        """All states of all objects."""
        with self._changed:
            return [seen for states in self._history.values() for seen in states]

    def alive(self) -> list[Key]:
        """The keys of all objects that are there."""
        with self._changed:
            return [key for key, states in self._history.items() if _last(states) is not None]

    def wait(
        self, key: Key, fits: Callable[[Object | None], bool], problem: str, seconds: float
    ) -> Object | None:
        """The first state from the latest on that fits; fails with what the object said last."""
        deadline = Deadline(seconds)
        with self._changed:
            while not fits(obj := _last(self._history.get(key, []))):
                if (left := deadline.left) <= 0:
                    raise AssertionError(f"{problem} within {seconds:.0f} s\n{_shown(key, obj)}")
                self._changed.wait(left)
            return obj

    def close(self, stop_watching: Callable[[], None]) -> None:
        """``stop_watching`` ends the connections of the watches."""
        self._closing = True
        stop_watching()
        for thread in self._threads:
            thread.join()

    def _start(self, kind: str) -> threading.Thread:
        listed = self._api.get(path_of(kind))
        assert listed is not None, f"the CRD of {kind} is not installed"
        for item in listed["items"]:
            self._take(kind, Seen("ADDED", item, time.monotonic()))
        version = str(listed["metadata"]["resourceVersion"])
        thread = threading.Thread(target=self._watch, args=(kind, version), daemon=True)
        thread.start()
        return thread

    def _watch(self, kind: str, version: str) -> None:
        while not self._closing:
            try:
                for event in self._api.watch(path_of(kind), version):
                    if event["type"] == "ERROR":
                        self.problems.append(f"the watch of {kind} has lost states: {event}")
                        return
                    version = str(event["object"]["metadata"]["resourceVersion"])
                    self._take(kind, Seen(event["type"], event["object"], time.monotonic()))
            except httpx.TransportError:
                time.sleep(0.1)  # an API server that is away; the version tells where to go on

    def _take(self, kind: str, seen: Seen) -> None:
        metadata = seen.obj["metadata"]
        key = (kind, str(metadata.get("namespace") or ""), str(metadata["name"]))
        with self._changed:
            before = _last(self._history[key])
            self._history[key].append(seen)
            found = broken_rules(seen.obj, before, self.secrets)
            self.problems += [f"{problem}\n{_shown(key, seen.obj)}" for problem in found]
            self._changed.notify_all()


def broken_rules(obj: Object, before: Object | None, secrets: set[str]) -> list[str]:
    """What is wrong with a state of an object."""
    status = obj.get("status") or {}
    written = status.get("observedGeneration") != -1
    changed = before is None or before.get("status") != status
    problems = []
    if written and changed:
        problems += violations(_as_observed(obj))
        size = len(json.dumps(status, separators=(",", ":")))
        if size > MAX_STATUS_BYTES:
            problems.append(f"the status has {size} bytes")
        problems += [
            f"the message of {c['type']} is not one printable line"
            for c in status.get("conditions") or ()
            if not c["message"].isprintable()
        ]
        problems += ["the status holds a token"] * any(s in json.dumps(status) for s in secrets)
    return problems + _foreign_writes(obj)


def _as_observed(obj: Object) -> Object:
    """The object at the generation that its status speaks of.

    A user's edit may come between a pass and the write of its status; the pass can't know.
    """
    generation = obj["status"].get("observedGeneration") or 0
    if generation >= obj["metadata"]["generation"]:
        return obj
    return {**obj, "metadata": {**obj["metadata"], "generation": generation}}


def _foreign_writes(obj: Object) -> list[str]:
    """Fields of a user's object that somebody other than a user has written."""
    problems = []
    for entry in obj["metadata"].get("managedFields") or ():
        manager, fields = str(entry["manager"]), entry.get("fieldsV1") or {}
        if manager.startswith(_USERS):
            continue
        touched = set(fields) - {"f:status", "f:metadata"}
        touched |= set(fields.get("f:metadata") or {}) - _ALLOWED_METADATA - {"."}
        if touched:
            problems.append(f"{manager} has written {sorted(touched)}")
    return problems


def _last(states: list[Seen]) -> Object | None:
    return states[-1].obj if states and states[-1].type != "DELETED" else None


def _shown(key: Key, obj: Mapping[str, Any] | None) -> str:
    name = "/".join(part for part in key if part)
    if obj is None:
        return f"{name} is not there"
    kept = {k: v for k, v in obj["metadata"].items() if k in ("generation", "deletionTimestamp")}
    return f"{name} {json.dumps(kept)}\n{json.dumps(obj.get('status'), indent=1)}"
