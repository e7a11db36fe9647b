"""Services that the endpoints use."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.gateway.access.callers import AccessQuestion, Caller, Scope, about
from workers_operator.gateway.access.reviews import WORKER_KINDS, Reviewer
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.gateway.cache.platforms import KnownPlatforms
from workers_operator.gateway.cache.rendering import Renderer
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import forbidden, not_found, of_kubernetes, problem
from workers_operator.kube.errors import KubeError
from workers_operator.resources import WorkerStatus

_FEW: Final = 5


@dataclass(frozen=True)
class Reading:
    """Services that answer reads."""

    cache: WatchCache
    platforms: KnownPlatforms
    renderer: Renderer
    reviewer: Reviewer
    clock: Clock

    def check_filled(self) -> None:
        """Raise ApiProblem until the cache has been filled."""
        if not self.cache.is_filled:
            message = "the gateway has not read all objects yet"
            raise problem(GatewayCode.STARTING, message, headers={"Retry-After": "2"})

    async def may(self, caller: Caller, question: AccessQuestion) -> bool:
        """Return whether a caller may do something. Raises ApiProblem."""
        try:
            return await self.reviewer.may(caller, question)
        except KubeError as error:
            raise of_kubernetes(error, "check your permissions") from None

    async def scope(
        self, caller: Caller, namespaces: Mapping[str, Iterable[str]] | None = None
    ) -> Scope:
        """Return the workers that a caller may list. Raises ApiProblem.

        ``namespaces``: kind → namespaces in question; None: all with workers now.
        """
        asked = self.cache.directory.namespaces() if namespaces is None else namespaces
        try:
            return await self.reviewer.scope(caller, asked)
        except KubeError as error:
            raise of_kubernetes(error, "check your permissions") from None

    async def scope_in(self, caller: Caller, namespace: str) -> Scope:
        """Return the workers that a caller may list in a namespace, "" for all. Raises ApiProblem.

        Of a namespace without workers, whatever its name, nothing is asked.
        """
        if not namespace:
            return await self.scope(caller)
        there = self.cache.directory.namespaces()
        asked = {kind: (namespace,) for kind in WORKER_KINDS if namespace in there.get(kind, ())}
        return await self.scope(caller, asked)

    async def find(
        self, caller: Caller, script_name: str, namespace: str = "", platform: str = ""
    ) -> ObjectKey:
        """Return the worker of a script name that the caller may get. Raises ApiProblem.

        A worker that the caller may not get is treated as missing.
        """
        self.check_filled()
        asked = [
            key
            for key in self.cache.directory.named(script_name)
            if namespace in ("", key.namespace)
            and platform in ("", self.cache.facets(key).platform)
        ]
        known = [key for key in await self.seen(caller, asked) if self.cache.get(key) is not None]
        if not known:
            raise not_found(script_name)
        if len(known) > 1:  # one of them has the name; the others wait for it, or may not have it
            known = [key for key in known if self.has_served(key)] or known
        if len(known) > 1:
            listed = ", ".join(f"{key} on {self.cache.facets(key).platform}" for key in known)
            message = f"several objects request this script name: {listed}; name one by namespace and platform"
            raise problem(GatewayCode.AMBIGUOUS_NAME, message, "namespace")
        return known[0]

    async def seen(self, caller: Caller, keys: Iterable[ObjectKey]) -> list[ObjectKey]:
        """Return the workers among some that a caller may get. Raises ApiProblem.

        It costs few questions, however many objects of a namespace ask for one name: who may not get all of them is
        asked about single ones only while these are few.
        """
        places = defaultdict[tuple[str, str], list[ObjectKey]](list)
        for key in keys:
            places[key.kind, key.namespace].append(key)
        found: list[ObjectKey] = []
        for (kind, namespace), there in places.items():
            if await self.may(caller, about(kind, "get", namespace)):
                found += there
            elif len(there) <= _FEW:
                found += [
                    k
                    for k in there
                    if await self.may(caller, about(kind, "get", namespace, k.name))
                ]
        return found

    def has_served(self, key: ObjectKey) -> bool:
        """Whether a worker has ever been deployed, and does not merely request its name."""
        return bool(self.status(key).stable)

    def status(self, key: ObjectKey) -> WorkerStatus:
        """Return the status of a worker; an empty one if it is gone."""
        record = self.cache.get(key)
        return WorkerStatus.tolerant(record.body().get("status") if record is not None else None)

    async def check(self, caller: Caller, key: ObjectKey, verb: str, subresource: str = "") -> None:
        """Raise ApiProblem unless a caller may do something with a worker that they may get."""
        if not await self.may(caller, about(key.kind, verb, key.namespace, key.name, subresource)):
            what = f"{subresource} of " if subresource else ""
            raise forbidden(f"{verb} {what}{key}")


def concerns(request: Request, key: ObjectKey) -> None:
    """Set the subject of a request for the audit log."""
    request.state.subject = str(key)


def reading_of(request: Request) -> Reading:
    """Return what answers reads."""
    found = request.app.state.reading
    assert isinstance(found, Reading)  # noqa: S101
    return found


async def _reading(request: Request) -> Reading:
    return reading_of(request)


async def _caller(request: Request) -> Caller:
    found = request.state.caller
    assert isinstance(found, Caller)  # noqa: S101 - the guard lets nobody else in
    return found


async def _visitor(request: Request) -> Caller | None:
    found = getattr(request.state, "caller", None)
    return found if isinstance(found, Caller) else None


Reads = Annotated[Reading, Depends(_reading)]
Who = Annotated[Caller, Depends(_caller)]
Visitor = Annotated[Caller | None, Depends(_visitor)]
