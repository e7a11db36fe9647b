"""Give an order about a rollout, and wait until the operator has carried it out or refused it."""

from collections.abc import Callable

from workers_operator.administration.errors import CommandError, OrderRefused
from workers_operator.administration.patience import POLL_SECONDS, Patience
from workers_operator.administration.rollouts.objects import (
    Rolled,
    RolledWorker,
    WorkersClient,
)
from workers_operator.desired.status import find
from workers_operator.desired.verdict import version_meant
from workers_operator.domain.conditions import READY
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.rollout.orders import ANNOTATION, RolloutOrder, Verb, given, order_of
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.worker import ObjectKey

Say = Callable[[str], None]


class OrderGiver:
    """Gives an order. ``stamp``: what tells it from the same one at another time."""

    def __init__(self, workers: WorkersClient, patience: Patience, stamp: str, say: Say) -> None:
        self._workers = workers
        self._patience = patience
        self._stamp = stamp
        self._say = say

    async def give(self, key: ObjectKey, verb: Verb, to: str = "") -> Rolled:
        """Return the object once the order is carried out. ``to``: the version to return to, for undo.

        Raises CommandError if it is not.
        """
        worker = await self._workers.get(key)
        if isinstance(worker, RolledWorker):
            await self._check_not_suspended(worker)
        order = order_of(verb, to or _meant(verb, worker), self._stamp)
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

    async def _answer(self, key: ObjectKey, order: RolloutOrder) -> Rolled:
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


def _meant(verb: Verb, rolled: Rolled) -> str:
    if isinstance(rolled, RolledWorker):
        return version_meant(verb, rolled.status)
    rollout = rolled.status.rollout
    return rollout.version if rollout is not None and verb != "undo" else ""


def _words(order: RolloutOrder) -> str:
    of = f" version {order.version}" if order.version else ""
    match order.verb:
        case "promote-full":
            return f"promote{of} to all requests"
        case "undo":
            return f"return to{of or ' the former version'}"
        case verb:
            return f"{verb}{of}"


def _no_answer(worker: Rolled, seconds: float) -> str:
    key = worker.key
    scope = f"-n {key.namespace} " if key.namespace else ""
    take_back = f"kubectl {scope}annotate {key.kind.lower()}/{key.name} {ANNOTATION}-"
    message = f"the operator has not answered within {seconds:.0f} s; the order stays, and is taken back by {take_back}"
    if obstacle := _obstacle(worker):
        return f"{message}. {key} is not Ready: {obstacle}"
    return f"{message}. Is it running? Its log says more: kubectl -n code24-workers logs deploy/workers-operator"


def _obstacle(worker: Rolled) -> str:
    """Return what may keep the operator from carrying an order out, "" for nothing; a rollout itself does not."""
    ready = find(worker.status.conditions, READY)
    if not worker.is_observed or ready is None or ready.status == "True":
        return ""
    return ready.message if ready.reason not in (*RolloutReason, *FleetReason) else ""
