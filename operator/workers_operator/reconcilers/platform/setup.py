"""Sets up a platform: what it needs on its account, as desired and observed values for the plan. Changes nothing."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers_operator.account.contents import BucketObjects
from workers_operator.account.platforms import Account, Platform
from workers_operator.cloudflare import r2, scripts, zones
from workers_operator.domain import names
from workers_operator.domain.conditions import DISPATCHER, PROVISIONED
from workers_operator.domain.content import Content
from workers_operator.domain.plan.actions import Attach, ClaimNamespace, Detach, EnsureScript, Plan
from workers_operator.domain.plan.platform import (
    DesiredPlatform,
    ObservedPlatform,
    account_script,
    plan_foundation,
    plan_platform,
)
from workers_operator.domain.services import Callee
from workers_operator.domain.tenancy import ownership
from workers_operator.engine.priority import Priority
from workers_operator.reconcilers.services import service_router
from workers_operator.reconcilers.steps import concerning
from workers_operator.resources import ZoneStatus
from workers_operator.sources import ledger, templates
from workers_operator.sources.ledger import LEDGER_KEY, TemplatesPlan

logger = logging.getLogger(__name__)

PRIORITY = Priority.EDIT  # a platform that is not ready holds up all its workers


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
    namespaces = await scripts.list_namespaces(account.api, PRIORITY)
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
        if await platform.observer.list_former_zone(zone.id, PRIORITY):
            readable.append(zone)
        else:
            name, dispatcher = platform.config.name, platform.config.dispatch.dispatcher
            message = "WorkersPlatform %s: the token may not read zone %s any more: routes to %s may be left there"
            logger.warning(message, name, zone.name, dispatcher)
    return readable


async def plan_upkeep(
    platform: Platform, callees: Sequence[Callee], secret: str, former_domain: str | None = None
) -> tuple[Plan, TemplatesPlan]:
    """Return what keeps a platform as it has to be, from its snapshot. Raises StepFailed, also if it is not ours.

    ``callees``: the workers that others call; ``secret``: a fresh random key in hex;
    ``former_domain``: the one that the platform has given up.
    """
    config, table = platform.config, platform.snapshot.routing.content
    title = config.storage.metadata_title
    with concerning(PROVISIONED):
        ownership.check_metadata_namespace(title, table.owner, config.dispatch.namespace)
        stored = await _plan_templates(platform)
    with concerning(DISPATCHER):
        if former_domain is not None:
            await platform.observer.ensure_zones(platform.provisioned, [former_domain], PRIORITY)
        observed = ObservedPlatform(
            owner=table.owner,
            has_bucket=not _bucket(platform).missing,
            account_scripts=await platform.observer.list_account_scripts(PRIORITY),
            zone_routes=platform.snapshot.zone_routes,
        )
        desired = replace(
            _desired(platform, stored, callees, secret), given_up=_given_up(former_domain)
        )
        _check_dispatcher(platform, desired, observed)
    return plan_platform(desired, observed), stored


def _check_dispatcher(
    platform: Platform, desired: DesiredPlatform, observed: ObservedPlatform
) -> None:
    dispatcher = platform.config.dispatch.dispatcher
    title = platform.config.storage.metadata_title
    for script in desired.scripts:
        reads = title if script.name == dispatcher else None
        tags = observed.account_scripts.get(script.name)
        ownership.check_account_script(script.name, tags, metadata_title=reads)
    ownership.check_zone_route(desired.route.pattern, observed.zone_routes, dispatcher)


def _desired(
    platform: Platform, stored: TemplatesPlan, callees: Sequence[Callee], secret: str
) -> DesiredPlatform:
    config, provisioned = platform.config, platform.provisioned
    owner = {"dispatchNamespace": config.dispatch.namespace, "environment": config.environment}
    value = json.dumps({"fingerprintKey": secret})
    pattern = names.dispatcher_pattern(provisioned.domain)
    scripts = [_dispatcher(platform)]
    if callees:
        scripts.append(service_router(platform, callees))
    return DesiredPlatform(
        claim=ClaimNamespace(provisioned.metadata_namespace, owner, value),
        bucket=config.storage.data_bucket,
        objects=stored.objects,
        scripts=scripts,
        route=Attach(pattern, config.domain.zone_id, config.dispatch.dispatcher),
    )


def _given_up(former_domain: str | None) -> Detach | None:
    if former_domain is None:
        return None
    return Detach(names.dispatcher_pattern(former_domain), (f"*.{former_domain}", ""))


def _dispatcher(platform: Platform) -> EnsureScript:
    config = platform.config
    dataset = config.storage.analytics_dataset
    bindings = (
        *platform.routing_bindings,
        {"type": "analytics_engine", "name": "WORKERS_ANALYTICS", "dataset": dataset},
        {"type": "plain_text", "name": "ENVIRONMENT", "text": config.environment},
    )
    content = Content(templates.dispatcher(), bindings)
    tag = names.metadata_tag(config.storage.metadata_title)
    return account_script(config.dispatch.dispatcher, content, tag)


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
