"""Gives an order about a rollout, and waits until the operator has carried it out, or has said why not."""

from collections.abc import Callable

from workers_operator.administration.errors import CommandError, OrderRefused
from workers_operator.administration.patience import POLL_SECONDS, Patience
from workers_operator.administration.rollouts.objects import RolledWorker, WorkersClient
from workers_operator.administration.rollouts.verdict import is_under_way
from workers_operator.desired.status import find
from workers_operator.domain.conditions import READY
from workers_operator.domain.rollout.orders import ANNOTATION, RolloutOrder, Verb, given, order_of
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import WorkerStatus

Say = Callable[[str], None]


class OrderGiver:
    """Gives an order. ``stamp``: what tells it from the same one at another time."""

    def __init__(self, workers: WorkersClient, patience: Patience, stamp: str, say: Say) -> None:
        self._workers = workers
        self._patience = patience
        self._stamp = stamp
        self._say = say

    async def give(self, key: ObjectKey, verb: Verb, to: str = "") -> RolledWorker:
        """Return the worker once the order is carried out. ``to``: the version to return to, for undo.

        Raises CommandError if it is not.
        """
        worker = await self._workers.get(key)
        await self._check_not_suspended(worker)
        order = order_of(verb, to or _meant(verb, worker.status), self._stamp)
        await self._workers.annotate(key, order.annotation())
        self._say(f"asked the operator to {_words(order)}; waiting for its answer")
        return await self._answer(key, order)

    async def _check_not_suspended(self, worker: RolledWorker) -> None:
        if worker.is_suspended:
            raise OrderRefused(
                f"{worker.key} is suspended: nothing is changed until its spec.suspend is removed"
            )
        if await self._workers.is_held(worker):
            raise OrderRefused(
                f"WorkersPlatform {worker.platform!r} is suspended: nothing is changed there until its spec.suspend "
                "is removed"
            )

    async def _answer(self, key: ObjectKey, order: RolloutOrder) -> RolledWorker:
        until = self._patience.clock() + self._patience.seconds
        while True:
            worker = await self._workers.get(key)
            known = worker.status.rollout_order
            if known is not None and known.id == order.id:
                if known.problem is not None:
                    raise CommandError(f"nothing was done: {known.problem}")
                return worker
            other = given(worker.metadata.annotations)
            if other != order.id:
                raise CommandError(f"another order was given meanwhile: {other or 'none'!r}")
            if self._patience.clock() >= until:
                raise CommandError(_no_answer(worker, self._patience.seconds))
            await self._patience.sleep(POLL_SECONDS)


def _meant(verb: Verb, status: WorkerStatus) -> str:
    """Return the version that an order names, so that one that comes late concerns no other."""
    rollout, versions = status.rollout, status.versions
    if verb != "undo":
        return rollout.version if rollout is not None else ""
    if versions is None:
        return ""
    return (versions.stable if is_under_way(status) else versions.previous) or ""


def _words(order: RolloutOrder) -> str:
    of = f" version {order.version}" if order.version else ""
    match order.verb:
        case "promote-full":
            return f"promote{of} to all requests"
        case "undo":
            return f"return to{of or ' the former version'}"
        case verb:
            return f"{verb}{of}"


def _no_answer(worker: RolledWorker, seconds: float) -> str:
    key = worker.key
    take_back = f"kubectl -n {key.namespace} annotate {key.kind.lower()}/{key.name} {ANNOTATION}-"
    message = f"the operator has not answered within {seconds:.0f} s; the order stays, and is taken back by {take_back}"
    if obstacle := _obstacle(worker):
        return f"{message}. {key} is not Ready: {obstacle}"
    return f"{message}. Is it running? Its log says more: kubectl -n code24-workers logs deploy/workers-operator"


def _obstacle(worker: RolledWorker) -> str:
    """Return what may keep the operator from carrying an order out, "" for nothing; a rollout does not."""
    ready = find(worker.status.conditions, READY)
    if not worker.is_observed or ready is None or ready.status == "True":
        return ""
    return ready.message if ready.reason not in tuple(RolloutReason) else ""
