"""Carries out plans: the only module that changes an account. Every call goes through the budget, none blindly twice.

Each action is recorded in the snapshot once it is done; if its answer was lost and a repetition would do harm, as
unconfirmed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from weakref import WeakValueDictionary

from workers_operator.account.connection import Connection
from workers_operator.account.publisher import Publisher
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.account.writes import (
    AccountScriptDeleted,
    AccountScriptUploaded,
    BucketCreated,
    BucketDeleted,
    KVNamespaceCreated,
    KVNamespaceDeleted,
    NamespaceClaimed,
    NamespaceTrusted,
    ObjectWritten,
    ScriptRemoved,
    ScriptUploaded,
    Write,
    ZoneRouteCreated,
    ZoneRouteDeleted,
)
from workers_operator.cloudflare import errors, scripts, writes
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.cloudflare.zones import ZoneRoute
from workers_operator.domain import names
from workers_operator.domain.content import Content, etag_of
from workers_operator.domain.errors import ReconcileError, Waiting
from workers_operator.domain.plan.actions import (
    Action,
    Attach,
    ClaimNamespace,
    DeleteAccountScript,
    DeleteBucket,
    DeleteKVNamespace,
    Detach,
    EnsureBucket,
    EnsureDispatchNamespace,
    EnsureKVNamespace,
    EnsureScript,
    Publish,
    PutObject,
    ReleaseRoute,
    Remove,
    SetTrust,
    Upload,
)
from workers_operator.domain.plan.execution import Execution, FailedAction
from workers_operator.domain.reasons import Reason
from workers_operator.domain.serving import KeyValue
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority
from workers_operator.engine.slots import Unslotted

logger = logging.getLogger(__name__)

RECHECK_SECONDS: Final = 5.0
BINDING_CODES: Final = frozenset({10006, 10041})  # no such R2 bucket, no such KV namespace
NO_DISPATCH_NAMESPACE: Final = 100119
_LINGER_SECONDS: Final = 0.2  # several callers of one script cost one upload


class InfrastructureLost(Waiting):
    """The dispatch namespace or the KV namespace is gone: the platform has to be set up again."""


@dataclass(frozen=True)
class Upkeep:
    """What a worker's actions need besides the plan.

    ``content`` holds what is uploaded, once; ``tags`` go with it; ``value`` is the value of the worker's key.
    """

    content: Callable[[], AbstractAsyncContextManager[Content]]
    tags: Sequence[str]
    value: str


class RoutingWriter:
    """The publisher's way to KV."""

    def __init__(self, connection: Connection, namespace: str) -> None:
        self._api = connection.api
        self._namespace = namespace

    @property
    def budget(self) -> Budget:
        """The budget that the writes are taken from."""
        return self._api.budget

    async def write(self, pairs: Sequence[KeyValue], priority: Priority) -> None:
        """Write pairs."""
        await writes.write_pairs(self._api, self._namespace, pairs, priority)

    async def delete(self, keys: Sequence[str], priority: Priority) -> None:
        """Delete keys."""
        await writes.delete_keys(self._api, self._namespace, keys, priority)


class Executor:
    """Carries out plans on one account. ``unslotted``: inside, a pass that only waits holds no slot."""

    def __init__(
        self,
        connection: Connection,
        snapshot: AccountSnapshot,
        clock: Clock,
        unslotted: Unslotted,
        publisher: Publisher | None = None,
    ) -> None:
        self._config = connection.config
        self._api = connection.api
        self._snapshot = snapshot
        self._clock = clock
        self._unslotted = unslotted
        self._publisher = publisher
        self._wanted: dict[str, EnsureScript] = {}  # the newest of each name
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def execute(
        self, actions: Sequence[Action], priority: Priority, upkeep: Upkeep | None = None
    ) -> Execution:
        """Carry out actions in order up to the first that fails; uploads go side by side.

        ``upkeep`` is required for Upload, and for a Publish without a value. Raises what ``upkeep.content`` raises.
        """
        done: list[Action] = []
        with ExitStack() as announced:
            if {Upload, Publish} <= {type(action) for action in actions}:
                announced.enter_context(self.joining())  # the routing write waits for the uploads
            for kind, group in groupby(actions, type):
                batch = list(group)
                if kind is Upload:
                    failed = await self._upload_all(batch, priority, upkeep)
                    if failed is not None:
                        return Execution(tuple(done), failed)
                    done += batch
                    continue
                for action in batch:
                    try:
                        is_done = await self._one(action, priority, upkeep, announced)
                    except ReconcileError as error:
                        return Execution(tuple(done), FailedAction(action, error))
                    done += [action] if is_done else []
        return Execution(tuple(done))

    def joining(self) -> AbstractContextManager[None]:
        """Have a routing write wait for a plan that is about to come."""
        return self._publisher.joining() if self._publisher is not None else nullcontext()

    async def _one(
        self, action: Action, priority: Priority, upkeep: Upkeep | None, announced: ExitStack
    ) -> bool:
        """Carry out an action; return False if it turned out that it may not be done."""
        match action:
            case EnsureDispatchNamespace() | EnsureKVNamespace() | EnsureBucket():
                async with self._lock("storage"):
                    await self._ensure_storage(action, priority)
            case ClaimNamespace() | SetTrust() | PutObject():
                await self._write(action, priority)
            case EnsureScript():
                await self._ensure_script(action, priority)
            case Detach() | ReleaseRoute():
                await self._detach(action, priority)
            case Publish():
                await self._publish(action, priority, upkeep, announced)
            case Attach():
                await self._attach(action, priority)
            case Remove(script):
                space = self._config.dispatch.namespace
                await writes.delete_script(self._api, space, script, priority)
                self._snapshot.record(ScriptRemoved(script))
            case DeleteAccountScript() | DeleteKVNamespace() | DeleteBucket():
                return await self._delete_unused(action, priority)
        return True

    # --- storage ----------------------------------------------------------------------------------------------------

    async def _ensure_storage(
        self, action: EnsureDispatchNamespace | EnsureKVNamespace | EnsureBucket, priority: Priority
    ) -> None:
        logger.info("%s", action)
        match action:
            case EnsureDispatchNamespace(name):
                created = NamespaceTrusted(name, trusted=False)
                with self._unconfirmed(created):
                    await writes.create_dispatch_namespace(self._api, name, priority)
                self._snapshot.record(created)
            case EnsureKVNamespace(title):
                # Of several plans that found it missing, the first one creates it.
                known = self._snapshot.kv_namespaces
                if title in known.content.ids and not known.is_unconfirmed:
                    return
                with self._unconfirmed(KVNamespaceCreated(title, "")):
                    identifier = await writes.create_kv_namespace(self._api, title, priority)
                self._snapshot.record(KVNamespaceCreated(title, identifier))
            case EnsureBucket(name):
                if name in self._snapshot.buckets.content.names:
                    return  # another plan has created it meanwhile
                with self._unconfirmed(BucketCreated(name)):
                    await writes.create_bucket(self._api, name, priority)
                self._snapshot.record(BucketCreated(name))

    async def _write(
        self, action: ClaimNamespace | SetTrust | PutObject, priority: Priority
    ) -> None:
        match action:
            case SetTrust(namespace, trusted):
                changed = NamespaceTrusted(namespace, trusted)
                with self._unconfirmed(changed):
                    await writes.set_trust(self._api, namespace, trusted=trusted, priority=priority)
                self._snapshot.record(changed)
            case ClaimNamespace(namespace, owner, value):
                pair = KeyValue(names.PLATFORM_KEY, value, owner)
                await writes.write_pairs(self._api, namespace, [pair], priority)
                self._snapshot.record(NamespaceClaimed(owner))
            case PutObject(bucket, key, data, content_type):
                await writes.put_object(self._api, bucket, key, data, content_type, priority)
                item = StoredObject(key, etag_of(data), len(data), content_type)
                self._snapshot.record(ObjectWritten(bucket, item))

    async def _delete_unused(
        self, action: DeleteAccountScript | DeleteKVNamespace | DeleteBucket, priority: Priority
    ) -> bool:
        match action:
            case DeleteAccountScript(name):
                async with self._lock("scripts"):
                    gone = await writes.delete_account_script(self._api, name, priority)
                    if gone:
                        self._snapshot.record(AccountScriptDeleted(name))
            case DeleteKVNamespace(title, identifier):
                gone = await writes.delete_kv_namespace(self._api, identifier, priority)
                if gone:
                    self._snapshot.record(KVNamespaceDeleted(title))
            case DeleteBucket(name):
                gone = await writes.delete_bucket(self._api, name, priority)
                if gone:
                    self._snapshot.record(BucketDeleted(name))
        if not gone:
            logger.warning("%s: it is in use and stays", action)
        return gone

    # --- scripts ----------------------------------------------------------------------------------------------------

    async def _ensure_script(self, action: EnsureScript, priority: Priority) -> None:
        """Upload a Worker of the account. Plans that want one at the same time share an upload: the newest counts."""
        self._wanted[action.name], is_changed = action, action.reason != ""
        async with self._lock("scripts"):
            if action.shared:
                await self._clock.sleep(_LINGER_SECONDS)
            action = self._wanted[action.name]
            deployed = self._snapshot.account_scripts.content.tags.get(action.name)
            if deployed is not None and action.tags <= deployed and not is_changed:
                return
            logger.info("%s", action)
            fingerprint = await writes.upload_account_script(
                self._api, action.name, action.content, sorted(action.tags), priority
            )
            self._snapshot.record(AccountScriptUploaded(action.name, action.tags, fingerprint))

    async def _upload_all(
        self, batch: Sequence[Action], priority: Priority, upkeep: Upkeep | None
    ) -> FailedAction | None:
        """Upload instances side by side. All are tried, so that no answer gets lost; the first error counts."""
        assert upkeep is not None  # noqa: S101 - see execute
        uploads = [action for action in batch if isinstance(action, Upload)]
        async with upkeep.content() as content, asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_try(self._upload(u, content, upkeep.tags, priority)))
                for u in uploads
            ]
        failures = zip(uploads, (task.result() for task in tasks), strict=True)
        return next((FailedAction(u, error) for u, error in failures if error is not None), None)

    async def _upload(
        self, upload: Upload, content: Content, tags: Sequence[str], priority: Priority
    ) -> None:
        space, name = self._config.dispatch.namespace, upload.script
        # After a lost answer the script may exist. Its name identifies its content, so that looking is enough, unless
        # it was there before, with content that was no good.
        found = None
        if self._snapshot.is_answer_lost(name) and not upload.anew:
            found = await scripts.find_script(self._api, space, name, priority)
        if found is None:
            try:
                found = await writes.upload_script(self._api, space, name, content, tags, priority)
            except errors.NOT_CARRIED_OUT as error:
                raise await self._judged(error, name, priority) from error
            except BaseException as error:
                lost = not isinstance(error, errors.ServerError)
                self._snapshot.record_unconfirmed(ScriptUploaded(name), lost=lost)
                raise
        self._snapshot.record(ScriptUploaded(name, found))

    async def _judged(
        self, error: errors.CloudflareError, name: str, priority: Priority
    ) -> ReconcileError:
        """Return what an upload's error means: for this worker alone, if it may be due to what the worker asks for.

        Raises Unauthorized if the token may not even read; one call finds that out for all, and its errors are raised.
        """
        if isinstance(error, errors.Denied):
            space = self._config.dispatch.namespace
            async with self._lock("token"):
                await scripts.find_script(self._api, space, name, priority)
        if error.code in BINDING_CODES or isinstance(error, errors.NotFound):
            self._snapshot.distrust_storage()
        if isinstance(error, errors.NotFound) and error.code == NO_DISPATCH_NAMESPACE:
            return self._lost()
        return error

    # --- routing ----------------------------------------------------------------------------------------------------

    async def _publish(
        self, change: Publish, priority: Priority, upkeep: Upkeep | None, announced: ExitStack
    ) -> None:
        if self._publisher is None:
            raise self._lost()
        value = (upkeep.value if upkeep else "") if change.value is None else change.value
        written = self._publisher.submit(change, value, priority)
        announced.close()
        try:
            async with self._unslotted(priority):
                await written
        except errors.NotFound as error:
            raise self._lost() from error

    async def _detach(self, action: Detach | ReleaseRoute, priority: Priority) -> None:
        host, path = action.route
        ours = self._config.dispatch.dispatcher
        leads_to = action.former if isinstance(action, ReleaseRoute) else ours
        async with self._lock(f"route {action.pattern}"):
            route = self._snapshot.zone_route(action.pattern)
            entry = self._snapshot.paths(host).get(path)
            taken_over = entry is not None and entry.script_name != action.script_name
            if route is None or taken_over or route.script != leads_to:
                return
            await writes.delete_route(self._api, route.zone_id, route.id, priority)
            self._snapshot.record(ZoneRouteDeleted(route.zone_id, route.pattern))

    async def _attach(self, action: Attach, priority: Priority) -> None:
        zone, pattern, dispatcher = action.zone, action.pattern, action.dispatcher
        async with self._lock(f"route {pattern}"):
            known = self._snapshot.zone_route(pattern)
            if known is not None and known.script == dispatcher:
                return
            route = None
            with self._unconfirmed(ZoneRouteCreated(ZoneRoute("", zone, pattern, dispatcher))):
                if known is not None and known.script == action.former:
                    route = await writes.switch_route(self._api, known, dispatcher, priority)
                if route is None:
                    route = await writes.create_route(
                        self._api, zone, pattern, dispatcher, priority
                    )
            self._snapshot.record(ZoneRouteCreated(route))

    @contextmanager
    def _unconfirmed(self, write: Write) -> Iterator[None]:
        """Have a write looked up if the call inside does not end well: it may have been carried out all the same."""
        try:
            yield
        except BaseException:
            self._snapshot.record_unconfirmed(write)
            raise

    def _lock(self, name: str) -> asyncio.Lock:
        """Return the lock of what is changed by one plan at a time, such as a zone route that changes hands."""
        return self._locks.setdefault(name, asyncio.Lock())

    def _lost(self) -> InfrastructureLost:
        message = f"WorkersPlatform {self._config.name!r}: its dispatch or KV namespace is gone; setting it up again"
        return InfrastructureLost(Reason.PLATFORM_NOT_READY, message, after=RECHECK_SECONDS)


async def _try(work: Awaitable[None]) -> ReconcileError | None:
    """Return the error instead of raising it, so that siblings in a task group are not cancelled."""
    try:
        await work
    except ReconcileError as error:
        return error
    return None
