"""A whole operator without kopf, servers and sockets, on an account and a cluster in memory.

A pass is run by hand (``reconcile``), or whatever is due is (``settle``). Time stands still otherwise: what sleeps in a
pass takes as much of it as it needs, and no more.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from support.apiserver import ApiServer
from support.calls import TOKEN
from support.clock import ManualClock, idle
from support.cloudflare import Cloudflare, EdgeAnswer, Script, Zone
from support.interruptions import Interruption
from support.objects import EventType, key_of
from support.webhooks import Receivers
from support.world_bodies import DOMAIN, OPERATOR_NAMESPACE, OTHER_DOMAIN, OTHER_ZONE, ZONE, Body
from support.world_bodies import platform as platform_body
from support.world_operator import Connections, EdgeProber, Events, Operator
from workers_operator.account.platforms import Platform
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.runner import Result
from workers_operator.resources import KINDS

PLATFORM: Final = ObjectKey("WorkersPlatform", "", "default")
_RETRY_SECONDS: Final = 1.0
_MOST_PASSES: Final = 500
_TICK_SECONDS: Final = 0.001  # no two passes begin at the same instant


class Lines(list[str]):
    """Lines of calls; the keys of a bulk write to KV are sorted, since their order means nothing."""

    def append(self, line: str) -> None:
        method, _, rest = line.partition(" ")
        kind, _, names = rest.partition(" ")
        if kind == "kv" and method in ("PUT", "DELETE"):
            title, *keys = names.partition(" -> ")[0].split(" ")
            line = line.replace(names.partition(" -> ")[0], " ".join([title, *sorted(keys)]))
        super().append(line)


@dataclass
class Calls:
    """Calls to both APIs, in their order: what was written and what was read."""

    writes: Sequence[str] = ()
    reads: Sequence[str] = ()


@dataclass(frozen=True)
class Pass:
    """One pass, and what it has left. ``status``: of the object; empty if it is gone. ``events``: posted by it."""

    result: Result
    writes: Sequence[str]
    reads: Sequence[str]
    events: Sequence[str]
    status: Mapping[str, Any]

    @property
    def calls(self) -> Sequence[str]:
        """Writes to Cloudflare: those of the API server are left out."""
        return [line for line in self.writes if not line.startswith(("set_fin", "apply_status"))]

    @property
    def conditions(self) -> Mapping[str, str]:
        """Condition type → ``<status> <reason>``."""
        return {c["type"]: f"{c['status']} {c['reason']}" for c in self.status["conditions"]}

    def message(self, kind: str = "Ready") -> str:
        """The message of a condition."""
        return next(str(c["message"]) for c in self.status["conditions"] if c["type"] == kind)


class World:
    """``cloudflare`` and ``api`` outlive the operator, which ``restart`` replaces.

    ``implied``: the platform of the environment variables; ``token``: theirs. ``like``: a world to be a copy of.
    """

    clock: ManualClock
    _models: ClassVar[dict[tuple[object, ...], "World"]] = {}  # what ``ready`` copies

    def __init__(
        self,
        *,
        implied: PlatformConfig | None = None,
        with_platform: bool = True,
        token: str | None = TOKEN,
        api: Callable[[ManualClock], ApiServer] = ApiServer,
        like: "World | None" = None,
    ) -> None:
        began = like.clock.monotonic() if like else 1000.0
        self.clock, self.events, self.receivers = ManualClock(began), Events(), Receivers()
        self.writes, self.reads = Lines(), Lines()
        zones = {ZONE: Zone(DOMAIN), OTHER_ZONE: Zone(OTHER_DOMAIN)}
        self.cloudflare = Cloudflare(zones=zones, writes=self.writes, reads=self.reads)
        self.api = api(self.clock)
        self.api.writes, self.api.reads = self.writes, self.reads
        self.prober = EdgeProber(self.cloudflare)
        self._implied, self._token = implied, token
        self._before = asyncio.all_tasks()
        self._start()
        self.api.subscribe(self._watched)
        if like is not None:
            self.cloudflare.resemble(like.cloudflare)
            self.api.resemble(like.api)
        elif with_platform:
            self.add_platform()

    @classmethod
    async def ready(cls, *more: str) -> Self:
        """A world whose platform is set up, and ``more`` platforms, and whose calls so far are forgotten.

        They are set up once; every such world is a copy, in which an operator has just begun.
        """
        key = (cls, *more)
        if key not in cls._models:
            model = cls()
            for name in more:
                model.add_platform(name)
            await model.settle()
            await model.close()
            cls._models[key] = model
        world = cls(like=cls._models[key])
        await world._seed()
        await world.settle()
        assert all(map(world.operator.platforms.is_usable, ("default", *more)))
        world.forget_calls()
        return world

    async def close(self) -> None:
        """End the operator; no status may have broken a rule."""
        await self.operator.platforms.close()
        for task in asyncio.all_tasks() - self._before - {asyncio.current_task()}:
            task.cancel()
        await idle()
        assert not self.api.problems, self.api.problems

    # --- what users do ----------------------------------------------------------------------------------------------

    def apply(self, body: Mapping[str, Any]) -> ObjectKey:
        """Create or change an object."""
        return self.api.apply(body)

    def edit(self, key: ObjectKey, **spec: Any) -> None:
        """Change fields of an object's spec; None removes one."""
        body = self.api[key]
        body["spec"] = {k: v for k, v in (body["spec"] | spec).items() if v is not None}
        self.api.update(key, body)

    def delete(self, key: ObjectKey) -> None:
        """Delete an object."""
        self.api.delete(key)

    def add_platform(self, name: str = "default", token: str = TOKEN, **spec: Any) -> ObjectKey:
        """Apply a WorkersPlatform and its Secret."""
        self.cloudflare.tokens.add(token)
        self.api.put_secret(OPERATOR_NAMESPACE, name, {"token": token})
        return self.apply(platform_body(name, **spec))

    def request_check(self, key: ObjectKey, when: str = "now") -> None:
        """Request a check by annotation."""
        self.api.annotate(key, **{"workers.code24.dev/requestedAt": when})

    def order(self, key: ObjectKey, order: str) -> None:
        """Give an order about a rollout by annotation."""
        self.api.annotate(key, **{"workers.code24.dev/rollout": order})

    # --- what the operator does -------------------------------------------------------------------------------------

    async def restart(self) -> None:
        """Put a new operator on the same account and cluster; it has seen all objects, and done nothing yet."""
        await self.operator.platforms.close()
        self._start()
        await self._seed()

    async def _seed(self) -> None:
        self.operator.controller.see_implied()
        for kind in sorted(KINDS, key=lambda kind: kind != PLATFORM.kind):  # platforms first
            await self.operator.controller.seed(kind)
        self.forget_calls()

    async def interrupt(self, interruption: Interruption, seconds: float = 0.0) -> None:
        """Run what is due now or within ``seconds`` until ``interruption`` strikes; replace an operator that dies."""
        self.cloudflare.interruption = self.api.interruption = interruption
        work = asyncio.ensure_future(self.settle(seconds, lambda: interruption.has_struck))
        death = asyncio.ensure_future(interruption.died.wait())
        await asyncio.wait((work, death), return_when=asyncio.FIRST_COMPLETED)
        death.cancel()
        if interruption.died.is_set():
            for task in asyncio.all_tasks() - self._before - {asyncio.current_task()}:
                task.cancel()
            await idle()
            self.cloudflare.interruption = self.api.interruption = None
            await self.restart()
        else:
            self.cloudflare.interruption = self.api.interruption = None
            work.result()

    async def reconcile(self, key: ObjectKey) -> Pass:
        """Run exactly one pass over an object, whether it is due or not."""
        await self.clock.advance(_TICK_SECONDS)
        writes, reads, posted = len(self.writes), len(self.reads), len(self.events.about(key))
        self.operator.queue.forget(key)
        priority = Priority(Urgency.EDIT, key.tenant)
        result = await self.clock.finish(self.operator.controller.reconcile(key, priority))
        self._requeue(key, result)
        return Pass(
            result,
            self.writes[writes:],
            self.reads[reads:],
            self.events.about(key)[posted:],
            self.status(key),
        )

    async def settle(
        self, seconds: float = 0.0, enough: Callable[[], bool] = lambda: False
    ) -> Sequence[ObjectKey]:
        """Run all passes that are due now or within ``seconds``, each when it is due; return their objects in order.

        ``enough``: whether no more time is to pass.
        """
        done: list[ObjectKey] = []
        end = self.clock.monotonic() + seconds
        await self._run_due(done)
        while not enough() and await self.clock.step(end):
            await self._run_due(done)
        return done

    async def advance(self, seconds: float) -> None:
        """Let time pass without any pass."""
        await self.clock.advance(seconds)

    async def notify(self, seconds: float = 0.0) -> list[str]:
        """Let time pass, with passes that are due and with notifications; return what receivers were told."""
        for _ in range(round(seconds) + 1):
            self.operator.notifier.start_sending()
            await self.settle(1.0)
        return self.receivers.told()

    async def due(self) -> set[ObjectKey]:
        """Return the objects whose passes are due."""
        await idle()
        return set(self.operator.queue.due())

    @contextmanager
    def calls(self) -> Iterator[Calls]:
        """Collect the calls that are made inside."""
        writes, reads, found = len(self.writes), len(self.reads), Calls()
        yield found
        found.writes, found.reads = self.writes[writes:], self.reads[reads:]

    def forget_calls(self) -> None:
        """Forget the calls so far."""
        self.writes.clear()
        self.reads.clear()

    # --- what is there ----------------------------------------------------------------------------------------------

    def answer(self, host: str, path: str = "/") -> EdgeAnswer:
        """What a visitor gets; a host without a dot is one of the platform's."""
        return self.cloudflare.answer(host if "." in host else f"{host}.{DOMAIN}", path)

    def status(self, key: ObjectKey) -> Mapping[str, Any]:
        """The status of an object as the API server has it; empty if it is gone."""
        status: Body = self.api[key]["status"] if key in self.api else {}
        return status

    def is_ready(self, key: ObjectKey) -> bool:
        """Whether an object is Ready."""
        conditions = self.status(key).get("conditions", ())
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def version(self, key: ObjectKey) -> str:
        """The version that an object's status says to be stable."""
        return str(self.status(key)["versions"]["stable"])

    def scripts(self, space: str = "ns") -> Mapping[str, Script]:
        """The scripts in a dispatch namespace."""
        return self.cloudflare.scripts[space]

    def routes(self, title: str = "routes") -> set[str]:
        """The keys of a routing table that lead somewhere: the platform's own and rests are left out."""
        found = self.cloudflare.kv_titled(title).pairs
        return {key for key in found if key != "platform" and not key.startswith("rest:")}

    def platform(self, name: str = "default") -> Platform:
        """A platform that workers can use."""
        return self.operator.platforms.usable(name)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        connections = Connections(self.clock, self.cloudflare, self.prober)
        self.operator = Operator(
            self.clock,
            self.api,
            connections,
            self.events,
            self.receivers,
            implied=self._implied,
            token=self._token,
        )

    def _watched(self, event: EventType, body: Body) -> None:
        key = key_of(body)
        if key.kind in KINDS:
            if event == "DELETED":
                self.operator.controller.deleted(key, str(body["metadata"]["uid"]))
            else:
                self.operator.controller.observed(key, body)
        elif key.kind == "ConfigMap":
            self.operator.watchers.config_map_changed(key.namespace, key.name, body["metadata"])
        elif key.kind == "Namespace" and self.operator.index.namespaces.known:
            metadata = body["metadata"] if event != "DELETED" else None
            self.operator.namespaces.changed("", key.name, metadata)

    async def _run_due(self, done: list[ObjectKey]) -> None:
        queue = self.operator.queue
        await idle()
        while taken := list(iter(queue.take, None)):
            done += [key for key, _, _ in taken]
            assert len(done) < _MOST_PASSES, f"it does not come to rest: {done[-10:]}"
            await self.clock.advance(_TICK_SECONDS)
            passes = asyncio.gather(*(self._work(key, priority) for key, priority, _ in taken))
            # Nobody asks what became of the passes of an operator that dies in them.
            passes.add_done_callback(lambda done: done.cancelled() or done.exception())
            await self.clock.finish(passes)
            await idle()

    async def _work(self, key: ObjectKey, priority: Priority) -> None:
        result = await self.operator.controller.reconcile(key, priority)
        self._requeue(key, result)
        self.operator.queue.done(key)

    def _requeue(self, key: ObjectKey, result: Result) -> None:
        """As the runner does, with a fixed pause before it tries again."""
        if result.retry:
            after = _RETRY_SECONDS if result.requeue_after is None else result.requeue_after
            self.operator.queue.add(key, Urgency.RETRY, after=after)
        elif result.requeue_after is not None:
            self.operator.queue.add(key, Urgency.RESYNC, after=result.requeue_after)
