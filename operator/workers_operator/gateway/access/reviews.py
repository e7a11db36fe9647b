"""Ask the API server who a caller is and what they may do; cache the answers for seconds.

While the API server is unavailable, its last answer still applies to reads: nobody can have changed a permission.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from workers_operator.engine.clock import Clock
from workers_operator.gateway.access.callers import AccessQuestion, Caller, Scope, about
from workers_operator.kube.errors import KubeUnavailable
from workers_operator.resources import KINDS

Answer = TypeVar("Answer")

KEPT_SECONDS: Final = 5.0
"""For how long an answer counts, so that what is revoked is so within ten seconds, in streams as well."""
REFUSED_SECONDS: Final = 60.0
"""For how long it counts that somebody may not list workers: who lists theirs is asked about all namespaces."""
OUTAGE_SECONDS: Final = 600.0
"""How long a cached answer is used when a review cannot be made."""
_ASKED_AGAIN: Final = 0.6  # of that time
_MOST: Final = 20_000
_SCOPE_SECONDS: Final = 1.0  # its parts are cached already
_MOST_SCOPES: Final = 100  # each names all namespaces
_READS: Final = ("get", "list")
_TOKENS: Final = "/apis/authentication.k8s.io/v1/tokenreviews"
_ACCESS: Final = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
WORKER_KINDS: Final = ("EliteWorker", "CustomerWorker")
_LISTED: Final = frozenset(KINDS[kind].definition.plural for kind in WORKER_KINDS)


class Posts(Protocol):
    """Sends requests to the API server: ``kube.rest.Rest``. Raises KubeError."""

    async def request(
        self, method: str, path: str, body: Mapping[str, object], *, tenant: str = ""
    ) -> Mapping[str, object]:
        """Send a request and return the answer."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Answer]):
    answer: Answer
    at: float


class Remembered(Generic[Answer]):
    """Answers by question, each asked once at a time. ``kept``: seconds; ``most``: so many questions.

    Beyond that, the tenant with the most answers loses its oldest, so that no tenant can evict another's. While nobody
    can be asked, a former answer counts for a while, if the question may be answered by one.
    """

    def __init__(self, clock: Clock, kept: float = KEPT_SECONDS, most: int = _MOST) -> None:
        self._clock = clock
        self._seconds = kept
        self._most = most
        self._kept: dict[str, OrderedDict[Hashable, _Kept[Answer]]] = {}  # by tenant
        self._held = 0
        self._asked: dict[Hashable, asyncio.Future[Answer]] = {}

    async def get(
        self,
        question: Hashable,
        ask: Callable[[], Awaitable[Answer]],
        *,
        lasting: bool,
        kept: Callable[[Answer], float] | None = None,
        tenant: str = "",
    ) -> Answer:
        """Return the answer to a question of a tenant. Raises what ``ask`` raises.

        ``lasting``: whether a cached answer is used when a review cannot be made. ``kept``: for how many
        seconds an answer counts, if that depends on it.
        """
        known = self._known(tenant, question)
        if known is not None:
            seconds = kept(known.answer) if kept is not None else self._seconds
            age = self._clock.monotonic() - known.at
            if age >= seconds * _ASKED_AGAIN:
                self._asking(question, ask, tenant)  # so that who asks all the time never waits
            if age < seconds:
                return known.answer
        try:
            return await asyncio.shield(self._asking(question, ask, tenant))
        except KubeUnavailable:
            if not lasting or known is None or self._clock.monotonic() - known.at > OUTAGE_SECONDS:
                raise
            return known.answer

    def _asking(
        self, question: Hashable, ask: Callable[[], Awaitable[Answer]], tenant: str
    ) -> asyncio.Future[Answer]:
        """Return what is asked already, or ask."""
        task = self._asked.get(question)
        if task is None:
            task = asyncio.ensure_future(self._ask(question, ask, tenant))
            self._asked[question] = task
            task.add_done_callback(lambda done: self._answered(question, done))
        return task

    def _answered(self, question: Hashable, done: asyncio.Future[Answer]) -> None:
        del self._asked[question]
        if not done.cancelled():
            done.exception()  # nobody may have waited for it

    def last(self, question: Hashable) -> Answer | None:
        """Return the last answer to a question of nobody in particular, however old; None if there is none."""
        known = self._known("", question)
        return known.answer if known is not None else None

    def _known(self, tenant: str, question: Hashable) -> _Kept[Answer] | None:
        kept = self._kept.get(tenant)
        return kept.get(question) if kept is not None else None

    async def _ask(
        self, question: Hashable, ask: Callable[[], Awaitable[Answer]], tenant: str
    ) -> Answer:
        at = self._clock.monotonic()
        answer = await ask()
        kept = self._kept.setdefault(tenant, OrderedDict())
        self._held += question not in kept
        kept[question] = _Kept(answer, at)
        kept.move_to_end(question)
        if self._held > self._most:
            self._forget_one()
        return answer

    def _forget_one(self) -> None:
        tenant = max(self._kept, key=lambda name: len(self._kept[name]))
        self._kept[tenant].popitem(last=False)
        self._held -= 1
        if not self._kept[tenant]:
            del self._kept[tenant]


class Reviewer:
    """Authenticate callers by token. ``audience``: the required audience; ``most``: how many answers are cached."""

    def __init__(self, posts: Posts, audience: str, clock: Clock, most: int = _MOST) -> None:
        self._posts = posts
        self._audience = audience
        self._callers: Remembered[Caller | None] = Remembered(clock)
        self._permissions: Remembered[bool] = Remembered(clock, most=most)
        self._scopes: Remembered[frozenset[str]] = Remembered(clock, _SCOPE_SECONDS, _MOST_SCOPES)

    async def caller(self, token: str, *, lasting: bool = True) -> Caller | None:
        """Return the owner of a token; None if it is not valid. Raises KubeError.

        ``lasting``: whether a cached answer is used while the API server is unavailable.
        """
        return await self._callers.get(_digest(token), lambda: self._review(token), lasting=lasting)

    def has_known(self, token: str) -> bool:
        """Whether a token was somebody's when it was asked about last."""
        return self._callers.last(_digest(token)) is not None

    async def _review(self, token: str) -> Caller | None:
        spec = {"token": token, "audiences": [self._audience]}
        found = await self._posts.request("POST", _TOKENS, {"spec": spec})
        status = _mapping(found.get("status"))
        user = _mapping(status.get("user"))
        audiences = status.get("audiences")
        is_meant = isinstance(audiences, list) and self._audience in audiences
        if status.get("authenticated") is not True or not is_meant or not user.get("username"):
            return None
        return Caller(
            str(user["username"]),
            str(user.get("uid") or ""),
            _texts(user.get("groups")),
            {str(name): _texts(values) for name, values in _mapping(user.get("extra")).items()},
        )

    async def may(self, caller: Caller, question: AccessQuestion) -> bool:
        """Return whether a caller may do something. Raises KubeError.

        While the API server is slow, a review can fail and a change succeed: changes need a recent answer.
        """
        key, lasting = (caller.key, question), question.verb in _READS
        return await self._permissions.get(
            key,
            lambda: self._access(caller, question),
            lasting=lasting,
            kept=_kept_listing
            if question.resource in _LISTED and question.verb == "list"
            else None,
            tenant=caller.tenant,
        )

    async def _access(self, caller: Caller, question: AccessQuestion) -> bool:
        spec = {
            "user": caller.username,
            "uid": caller.uid,
            "groups": list(caller.groups),
            "extra": {name: list(values) for name, values in caller.extra.items()},
            "resourceAttributes": question.attributes(),
        }
        found = await self._posts.request("POST", _ACCESS, {"spec": spec}, tenant=caller.tenant)
        return _mapping(found.get("status")).get("allowed") is True

    async def scope(self, caller: Caller, namespaces: Mapping[str, Iterable[str]]) -> Scope:
        """Return the workers that a caller may list: one question per kind, or one per namespace.

        ``namespaces``: kind → namespaces with workers of it.
        """
        found = await asyncio.gather(
            *(self._namespaces(caller, kind, namespaces.get(kind, ())) for kind in WORKER_KINDS)
        )
        return Scope(dict(zip(WORKER_KINDS, found, strict=True)))

    async def _namespaces(
        self, caller: Caller, kind: str, namespaces: Iterable[str]
    ) -> frozenset[str] | None:
        if await self.may(caller, about(kind, "list", "")):
            return None
        asked = frozenset(namespaces)
        key = (caller.key, kind, asked)
        return await self._scopes.get(
            key, lambda: self._listable(caller, kind, asked), lasting=True
        )

    async def _listable(
        self, caller: Caller, kind: str, namespaces: frozenset[str]
    ) -> frozenset[str]:
        listed = sorted(namespaces)
        answers = await asyncio.gather(
            *(self.may(caller, about(kind, "list", namespace)) for namespace in listed)
        )
        return frozenset(n for n, allowed in zip(listed, answers, strict=True) if allowed)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _kept_listing(may_list: bool) -> float:
    return KEPT_SECONDS if may_list else REFUSED_SECONDS


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
