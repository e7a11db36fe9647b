"""Sets up a platform: what it needs on its account, as desired and observed values for the plan. Changes nothing."""

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.account.contents import BucketObjects
from workers_operator.account.platforms import Account, Platform
from workers_operator.cloudflare import r2, zones
from workers_operator.domain import names
from workers_operator.domain.conditions import DISPATCHER, PROVISIONED
from workers_operator.domain.health.selection import ProbeSigner
from workers_operator.domain.plan.actions import (
    Attach,
    ClaimNamespace,
    Detach,
    EnsureScript,
    Plan,
    SetTrust,
)
from workers_operator.domain.plan.platform import (
    DesiredPlatform,
    ObservedPlatform,
    plan_foundation,
    plan_platform,
)
from workers_operator.domain.plan.worker import TAMPERED
from workers_operator.domain.tenancy import ownership, reach
from workers_operator.engine.priority import Priority
from workers_operator.index.index import Index
from workers_operator.reconcilers import account_scripts, zone_access
from workers_operator.reconcilers.repairing import Refusal, RepairLimit
from workers_operator.reconcilers.steps import concerning
from workers_operator.resources import ScriptStatus, ZoneStatus
from workers_operator.sources import ledger
from workers_operator.sources.ledger import LEDGER_KEY, TemplatesPlan

logger = logging.getLogger(__name__)

PRIORITY = Priority.EDIT  # a platform that is not ready holds up all its workers
TRUST_SECONDS: Final = 3600.0
"""How long it takes at most to notice that somebody else has changed what a dispatch namespace is trusted with."""


@dataclass(frozen=True)
class ZoneFacts:
    """The domain of the workers' hostnames and the zones that may be routed. ``zones``: name → id."""

    domain: str
    zones: dict[str, str]
    account_name: str = ""


async def read_zone(account: Account) -> ZoneFacts:
    """Return the configured domain and zones, or read them from the zone. Raises a CloudflareError."""
    config = account.config.domain
    if config.name:
        return ZoneFacts(config.name, dict(config.zones))
    zone = await zones.get_zone(account.api, config.zone_id, PRIORITY)
    return ZoneFacts(zone.name, {zone.name: zone.id}, zone.account_name)


async def foundation(account: Account) -> Plan:
    """Return what creates the dispatch namespace and the KV namespace. Raises a CloudflareError."""
    config = account.config
    namespaces = await account.observer.dispatch_namespaces(PRIORITY)
    title = config.storage.metadata_title
    known = await account.observer.kv_namespace(title, PRIORITY)
    return plan_foundation(
        dispatch_namespace=config.dispatch.namespace,
        namespaces=namespaces,
        metadata_title=title,
        titles={title} if known is not None else set(),
    )


async def list_former_zones(
    platform: Platform, zones: Sequence[ZoneStatus]
) -> Sequence[ZoneStatus]:
    """List the routes of zones that a platform has given up, for what is left of it there; return the readable zones.

    Raises a CloudflareError.
    """
    readable = []
    for zone in zones:
        await platform.observer.list_zone(zone.id, PRIORITY)
        if not platform.snapshot.zone(zone.id).content.refusal:
            readable.append(zone)
        else:
            name, dispatcher = platform.config.name, platform.config.dispatch.dispatcher
            message = "WorkersPlatform %s: the token may not read zone %s any more: routes to %s may be left there"
            logger.warning(message, name, zone.name, dispatcher)
    return readable


@dataclass(frozen=True)
class PlatformPlan:
    """What keeps a platform as it has to be. ``scripts``: its own Workers.

    ``refusal``: those that somebody else has changed and that are not deployed again now.
    """

    todo: Plan
    templates: TemplatesPlan
    scripts: Sequence[EnsureScript]
    refusal: Refusal | None = None


async def plan_upkeep(
    platform: Platform,
    index: Index,
    secret: str,
    *,
    former_domain: str | None = None,
    noted: Sequence[ScriptStatus] = (),
    limit: RepairLimit,
) -> PlatformPlan:
    """Return what keeps a platform as it has to be, from its snapshot. Raises StepFailed, also if it is not ours.

    ``secret``: a fresh random key in hex, for a namespace that is not claimed yet; ``former_domain``: the one that the
    platform has given up; ``noted``: how its own Workers were left.
    """
    config, table = platform.config, platform.snapshot.routing.content
    title = config.storage.metadata_title
    with concerning(PROVISIONED):
        ownership.check_metadata_namespace(title, table.owner, config.dispatch.namespace)
        namespaces = await platform.observer.dispatch_namespaces(PRIORITY)
        stored = await _plan_templates(platform)
    with concerning(DISPATCHER):
        if former_domain is not None:
            await zone_access.look(platform, [former_domain], PRIORITY)
        observed = ObservedPlatform(
            owner=table.owner,
            has_bucket=not _bucket(platform).missing,
            account_scripts=await platform.observer.list_account_scripts(PRIORITY),
            zone_routes=platform.snapshot.zone_routes,
            trusted=namespaces.get(config.dispatch.namespace, False),
            strangers=table.strangers,
        )
        # A namespace that is claimed has a key; one that has lost it gets the same again.
        key = platform.observer.known_key or bytes.fromhex(secret)
        selector: ProbeSigner | None = ProbeSigner.of(key)
        if table.owner is not None:
            selector = await account_scripts.selector_of(platform, PRIORITY)
        desired = replace(
            _desired(platform, index, stored, key, selector), given_up=_given_up(former_domain)
        )
        foreign = account_scripts.foreign_workers(platform, desired.scripts, noted)
        refusal = limit.refusal(config.name, foreign)
        # One that we deployed is ours, whatever tags it bears by now.
        kept = [s for s in desired.scripts if s.name not in foreign]
        account_scripts.check_owned(platform, kept, observed.account_scripts)
        waiting = refusal.scripts if refusal is not None else frozenset()
        scripts = desired.scripts
        desired = replace(desired, scripts=_repaired(scripts, foreign, waiting))
        dispatcher = config.dispatch.dispatcher
        reach.check_zone_route(desired.route.pattern, observed.zone_routes, dispatcher)
    return PlatformPlan(plan_platform(desired, observed), stored, scripts, refusal)


def _repaired(
    scripts: Iterable[EnsureScript], foreign: Collection[str], waiting: Collection[str]
) -> Sequence[EnsureScript]:
    """Return what deploys scripts, and again those that somebody else has changed, unless they have to wait."""
    return [
        replace(s, reason=TAMPERED) if s.name in foreign else s
        for s in scripts
        if s.name not in waiting
    ]


def zones_left(platform: Platform) -> str:
    """Return which zones are not available, and why; "" if there is none."""
    left = [
        f"zone {name} is not available: {why}"
        for name, why in zone_access.unavailable(platform).items()
    ]
    if not left:
        return ""
    return "; ".join([*left, "give the API token access, or remove the zone from spec.zones"])


def trust_left(platform: Platform) -> str:
    """Return why a dispatch namespace is trusted, or not, against the configuration; "" if it is as configured."""
    dispatch, snapshot = platform.config.dispatch, platform.snapshot
    strangers = snapshot.routing.content.strangers
    trusted = snapshot.dispatch_namespaces.content.trusted.get(dispatch.namespace, False)
    if trusted == dispatch.policy.trusted or not strangers:
        return ""
    state = "trusted" if trusted else "untrusted"
    return (
        f"dispatch namespace {dispatch.namespace!r} is {state}, and stays so because it holds scripts that this "
        f"operator did not upload, such as {min(strangers)!r}"
    )


def _desired(
    platform: Platform,
    index: Index,
    stored: TemplatesPlan,
    key: bytes,
    selector: ProbeSigner | None,
) -> DesiredPlatform:
    config, provisioned = platform.config, platform.provisioned
    owner = {"dispatchNamespace": config.dispatch.namespace, "environment": config.environment}
    value = json.dumps({"fingerprintKey": key.hex()})
    pattern = names.dispatcher_pattern(provisioned.domain)
    scripts = account_scripts.own_scripts(
        platform,
        account_scripts.callees(platform, index),
        selector,
        confining=account_scripts.is_confining(platform, index),
    )
    return DesiredPlatform(
        claim=ClaimNamespace(provisioned.metadata_namespace, owner, value),
        bucket=config.storage.data_bucket,
        objects=stored.objects,
        scripts=scripts,
        route=Attach(pattern, config.domain.zone_id, config.dispatch.dispatcher),
        trust=SetTrust(config.dispatch.namespace, config.dispatch.policy.trusted),
    )


def _given_up(former_domain: str | None) -> Detach | None:
    if former_domain is None:
        return None
    return Detach(names.dispatcher_pattern(former_domain), (f"*.{former_domain}", ""))


async def _plan_templates(platform: Platform) -> TemplatesPlan:
    """Return what to do about the built-in templates. If all are stored as they are, this costs no call."""
    bucket = _bucket(platform)
    stored = {key: item.etag for key, item in bucket.objects.items()}
    found = ledger.differing(stored)
    if not found:
        return TemplatesPlan()
    known = None
    if not bucket.missing:
        answer = await r2.get_object(platform.api, bucket.bucket, LEDGER_KEY, PRIORITY)
        known = answer.data if answer is not None else None
    return ledger.plan_templates(bucket.bucket, found, stored, known)


def _bucket(platform: Platform) -> BucketObjects:
    return platform.snapshot.objects(platform.config.storage.data_bucket).content
