"""Carrying out a plan, in its order. Every call goes through the platform's budget; nothing is repeated blindly."""

import asyncio
import contextlib
from collections.abc import Awaitable, Iterator, Sequence
from typing import Final

from workers_operator.cloudflare import account as accounts
from workers_operator.cloudflare import dispatch
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError, NotFound, OutcomeUnknown
from workers_operator.domain.desired import Content
from workers_operator.domain.handling import Waiting
from workers_operator.domain.patterns import zone_of
from workers_operator.domain.plan import Publish, Remove, Upload
from workers_operator.reconcilers.platforms import Platform

INFRASTRUCTURE_RECHECK_SECONDS: Final = 5.0
BINDING_CODES: Final = frozenset({10006, 10041})  # no such R2 bucket, no such KV namespace


class InfrastructureLost(Waiting):
    """The dispatch namespace or the KV namespace is gone: the platform has to set it up again."""


async def upload(
    platform: Platform,
    content: Content,
    uploads: Sequence[Upload],
    tags: Sequence[str],
    urgency: Urgency,
) -> None:
    """Uploads the missing instances, side by side. Raises the first error."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_try(_upload_one(platform, content, u.script, tags, urgency)))
            for u in uploads
        ]
    for task in tasks:
        error = task.result()
        if error is not None:
            raise error


async def publish(platform: Platform, done: "asyncio.Future[None]") -> None:
    """Waits for a submitted routing change."""
    try:
        await done
    except NotFound as error:
        raise _lost(platform) from error


@contextlib.contextmanager
def joining(platform: Platform) -> Iterator[None]:
    """Inside, a routing change is about to be submitted."""
    if platform.publisher is None:
        raise _lost(platform)
    with platform.publisher.joining():
        yield


def submit(
    platform: Platform, change: Publish, value: str, urgency: Urgency
) -> "asyncio.Future[None]":
    """Hands a routing change to the platform's publisher."""
    if platform.publisher is None:
        raise _lost(platform)
    return platform.publisher.submit(change, value, urgency)


async def detach(platform: Platform, patterns: Sequence[str], urgency: Urgency) -> None:
    """Deletes zone routes of ours."""
    for pattern in patterns:
        route = platform.account.zone_routes.get(pattern)
        if route is not None:
            await accounts.delete_route(platform.api, route.zone_id, route.id, urgency)
            platform.account.zone_routes.pop(pattern, None)


async def attach(platform: Platform, patterns: Sequence[str], urgency: Urgency) -> None:
    """Leads zone routes to the dispatcher."""
    for pattern in patterns:
        host = pattern.partition("/")[0]
        zone = platform.zones[zone_of(host, platform.zones) or ""]
        try:
            platform.account.zone_routes[pattern] = await accounts.create_route(
                platform.api, zone, pattern, platform.config.dispatcher, urgency
            )
        except CloudflareError:
            platform.account.zones.discard(zone)  # the route may be there: list the zone again
            raise


async def remove(platform: Platform, removals: Sequence[Remove], urgency: Urgency) -> None:
    """Deletes scripts that nothing leads to."""
    for removal in removals:
        await dispatch.delete_script(
            platform.api, platform.config.dispatch_namespace, removal.script, urgency
        )
        platform.account.script_removed(removal.script)


async def _upload_one(
    platform: Platform, content: Content, name: str, tags: Sequence[str], urgency: Urgency
) -> None:
    api, namespace, account = platform.api, platform.config.dispatch_namespace, platform.account
    # A lost answer: the script may be there. Its name says its content, so looking is enough.
    if not (
        account.is_doubtful(name) and await dispatch.script_exists(api, namespace, name, urgency)
    ):
        try:
            await dispatch.upload_script(api, namespace, name, content, tags, urgency)
        except OutcomeUnknown:
            account.doubt_script(name)
            raise
        except CloudflareError as error:
            # A bucket or a namespace that a binding names is told by a code of its own.
            is_lost = isinstance(error, NotFound) and error.code not in BINDING_CODES
            if is_lost or error.code in BINDING_CODES:
                platform.inventory.forget()
            if is_lost:
                raise _lost(platform) from error
            raise
    account.script_uploaded(name)


async def _try(work: Awaitable[None]) -> Exception | None:
    """The error instead of raising it: siblings in a group are not cancelled, so no answer gets lost."""
    try:
        await work
    except Exception as error:
        return error
    return None


def _lost(platform: Platform) -> InfrastructureLost:
    platform.provisioned = False
    return InfrastructureLost(
        "PlatformNotReady",
        f"WorkersPlatform {platform.config.name!r}: its dispatch or KV namespace is gone; it is being set up again",
        after=INFRASTRUCTURE_RECHECK_SECONDS,
    )
