"""Feeds hostile objects to a running operator, and measures what becomes of them and of others' edits meanwhile."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import yaml

from support.clusters import cluster
from support.edges import Edge
from support.fuzzing import KINDS, NAMESPACE, Hostile, permissive
from support.handles import API_VERSION
from support.kube import KubeApi, Object, path_of
from support.operators import Operator
from support.scripts import says
from support.waiting import until

BATCH: Final = 100
LIMIT_SECONDS: Final = 2.0
"""How long an edit of others may take."""
_ROOT: Final = Path(__file__).parents[2]
_NEIGHBOUR: Final = "neighbour"
_ANSWER_SECONDS: Final = 60.0
_SENDERS: Final = 4
_PATIENCE: Final = 180.0  # with an API server that is given megabytes
_PAUSE: Final = 0.4
Made = tuple[str, str]  # kind and name


@dataclass
class Outcome:
    """What has happened. ``refused``: by the API server; ``silent``: without a condition; ``stuck``: deleted in vain,
    without a word why."""

    sent: int = 0
    refused: int = 0
    silent: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    edits: list[float] = field(default_factory=list)  # seconds of each

    def __str__(self) -> str:
        slowest = max(self.edits, default=0.0)
        return (
            f"{self.sent} sent, {self.refused} refused by the API server, {len(self.silent)} without a condition, "
            f"{len(self.stuck)} not deletable; {len(self.edits)} edits of others, slowest {slowest:.2f} s"
        )


class Feeder:
    """``edit``: one edit of somebody else's, from the request to the first answer of the new version."""

    def __init__(self, api: KubeApi, operator: Operator, edit: Callable[[], None]) -> None:
        self._api = api
        self._operator = operator
        self._edit = edit
        self._problem: BaseException | None = None
        self.outcome = Outcome()

    def feed(
        self, hostile: Hostile, count: int, tell: Callable[[Outcome], None], seconds: float
    ) -> Outcome:
        """Sends ``count`` objects, or as many as fit into ``seconds``. ``tell`` is called after every batch."""
        ended = time.monotonic() + seconds
        finished = threading.Event()
        editing = threading.Thread(target=self._edit_again_and_again, args=(finished,))
        editing.start()
        try:
            objects = hostile.objects(count)
            while some := list(islice(objects, BATCH)):
                self._feed(some, hostile)
                tell(self.outcome)
                assert self._operator.process.alive, self._operator.process.tail()
                if self._problem is not None or time.monotonic() > ended:
                    break
        finally:
            finished.set()
            editing.join()
        if self._problem is not None:
            raise self._problem
        return self.outcome

    @property
    def crashes(self) -> int:
        """How many errors that nobody has thought of are in the operator's log."""
        return self._operator.process.text.count("Traceback")

    def _feed(self, objects: Sequence[tuple[str, str, str]], hostile: Hostile) -> None:
        with ThreadPoolExecutor(_SENDERS) as senders:
            made = [one for one in senders.map(self._send, objects) if one is not None]
        self.outcome.sent += len(objects)
        self.outcome.refused += len(objects) - len(made)
        self._wait_for_conditions(made)
        for kind, name in made[::10]:
            body = {"status": hostile.status()}
            self._api.answer("PATCH", f"{path_of(kind, NAMESPACE, name)}/status", body)
        self._remove(made)

    def _send(self, one: tuple[str, str, str]) -> Made | None:
        kind, name, text = one
        answer = self._api.answer("POST", path_of(kind, NAMESPACE), text=text)
        return (kind, name) if answer.is_success else None

    def _wait_for_conditions(self, made: Iterable[Made]) -> None:
        left, ended = set(made), time.monotonic() + _ANSWER_SECONDS
        while left and time.monotonic() < ended:
            time.sleep(_PAUSE)
            for kind, obj in self._left():
                one, reason = (kind, str(obj["metadata"]["name"])), _reason(obj)
                if reason and one in left:
                    left.discard(one)
                    self.outcome.reasons[reason] = self.outcome.reasons.get(reason, 0) + 1
        self.outcome.silent += [f"{kind} {name}" for kind, name in sorted(left)]

    def _remove(self, made: Sequence[Made]) -> None:
        for kind in KINDS:
            self._api.answer("DELETE", path_of(kind, NAMESPACE))
        ended = time.monotonic() + _ANSWER_SECONDS
        while (left := self._silently_left()) and time.monotonic() < ended:
            time.sleep(_PAUSE)
        self.outcome.stuck += [f"{kind} {name}" for kind, name in left]
        for kind, obj in self._left():
            path = path_of(kind, NAMESPACE, str(obj["metadata"]["name"]))
            self._api.answer("PATCH", path, {"metadata": {"finalizers": None}})

    def _silently_left(self) -> list[Made]:
        """Those that are left and do not say why: their spec is invalid, and a status says that they serve."""
        return [
            (kind, str(obj["metadata"]["name"]))
            for kind, obj in self._left()
            if "cannot be deleted yet" not in json.dumps(obj.get("status"))
        ]

    def _left(self) -> list[tuple[str, Object]]:
        return [(kind, o) for kind in KINDS for o in self._api.items(path_of(kind, NAMESPACE))]

    def _edit_again_and_again(self, finished: threading.Event) -> None:
        try:
            while not finished.is_set():
                began = time.monotonic()
                self._edit()
                self.outcome.edits.append(time.monotonic() - began)
                finished.wait(_PAUSE)
        except BaseException as problem:  # the thread that feeds raises it
            self._problem = problem


def _reason(obj: Object) -> str:
    """The reason of Ready, "" as long as there is none."""
    status: Any = obj.get("status")
    if not isinstance(status, dict) or not isinstance(status.get("conditions"), list):
        return ""
    found = (c["reason"] for c in status["conditions"] if c.get("type") == "Ready")
    return str(next(found, ""))


@contextmanager
def fed(folder: Path) -> Iterator[Feeder]:
    """A cluster that takes everything, an edge, an operator, and a neighbour who edits a worker."""
    with ExitStack() as stack:
        running = stack.enter_context(cluster("local", folder))
        for path in sorted((_ROOT / "crds").glob("*workers.yaml")):
            running.kubectl(
                "replace", "-f", "-", stdin=permissive(yaml.safe_load(path.read_text()))
            )
        edge = Edge(folder / "edge", folder / "edge.log")
        stack.callback(edge.stop)
        api = KubeApi(running.kubectl, folder, _PATIENCE)
        stack.callback(api.close)
        for namespace in (NAMESPACE, _NEIGHBOUR):
            api.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
        variables = {
            **edge.variables,
            "KUBECONFIG": str(running.operator_kubeconfig),
            "ENVIRONMENT": "dev",
            "WORKERS_KV_WINDOW": "1s",
        }
        operator = Operator(variables, folder / "operator.log")
        stack.callback(operator.process.kill)
        operator.wait_ready()
        yield Feeder(api, operator, _neighbour(api, edge))


def _neighbour(api: KubeApi, edge: Edge) -> Callable[[], None]:
    """A worker of another namespace that serves; what edits it, and waits for the new version's answer."""
    path, host = path_of("CustomerWorker", _NEIGHBOUR), f"felt.{edge.domain}"

    def spec(text: str) -> dict[str, object]:
        return {"source": {"inline": {"script": says(text)}}}

    def served(text: str) -> bool:
        return edge.visit(host).text == text

    body = {
        "apiVersion": API_VERSION,
        "kind": "CustomerWorker",
        "metadata": {"name": "felt"},
        "spec": {"customerId": "neighbour", "subdomain": "felt", **spec("first")},
    }
    api.create(path, body)
    until(lambda: served("first"), "the neighbour does not serve")

    def edit() -> None:
        text = f"{time.monotonic_ns()}"
        api.patch(f"{path}/felt", {"spec": spec(text)})
        until(lambda: served(text), "the edit is not served", 60)

    return edit
