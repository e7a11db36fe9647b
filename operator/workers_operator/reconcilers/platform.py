"""One pass over a WorkersPlatform: make sure of what all workers need, and take the account snapshot.

What exists is adopted; what is not ours is never changed.
"""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator import resources
from workers_operator.cloudflare import account as accounts
from workers_operator.cloudflare import dispatch, kv, r2
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import NotFound, Unauthorized
from workers_operator.domain import names, plans
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import Content, ObjectKey, Version
from workers_operator.domain.handling import Handled, Stalled, Transient, Waiting
from workers_operator.domain.plans import Plan
from workers_operator.domain.routing import KeyValue
from workers_operator.engine.clock import Clock
from workers_operator.engine.runner import Result
from workers_operator.kube.cache import check_requested
from workers_operator.reconcilers import template_store
from workers_operator.reconcilers.credentials import Credentials
from workers_operator.reconcilers.desire import limits
from workers_operator.reconcilers.outcome import Failure, merge
from workers_operator.reconcilers.platforms import (
    NOT_READY_RECHECK_SECONDS,
    Platform,
    PlatformConfig,
    Platforms,
)
from workers_operator.reconcilers.service_router import ServiceRouter
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.worker_pass import kept_fields
from workers_operator.resources import WorkersPlatform
from workers_operator.sources import templates

logger = logging.getLogger(__name__)

AUTHENTICATED, PROVISIONED, DISPATCHER = TYPES = ("Authenticated", "Provisioned", "DispatcherReady")
_URGENCY: Final = Urgency.EDIT  # a platform that is not ready holds up all its workers

# (workers in all, those that are ready) of a platform
CountWorkers = Callable[[str], tuple[int, int]]


@dataclass
class _Pass:
    config: PlatformConfig
    body: Mapping[str, Any] | None  # None: the platform that the environment variables imply
    step: str = AUTHENTICATED
    facts: dict[str, Fact] = field(default_factory=dict)
    platform: Platform | None = None


class PlatformReconciler:
    """Sets platforms up and keeps their snapshots fresh."""

    def __init__(
        self,
        *,
        platforms: Platforms,
        credentials: Credentials,
        writer: StatusWriter,
        clock: Clock,
        router: ServiceRouter,
        count_workers: CountWorkers,
        on_domain: Callable[[str, str], None],
        on_ready: Callable[[str], None],
    ) -> None:
        self._platforms = platforms
        self._credentials = credentials
        self._writer = writer
        self._clock = clock
        self._router = router
        self._count_workers = count_workers
        self._on_domain = on_domain
        self._on_ready = on_ready

    async def reconcile(
        self, key: ObjectKey, config: PlatformConfig, body: Mapping[str, Any] | None
    ) -> Result:
        """One pass. Raises KubeError where the status could not be written."""
        p = _Pass(config, body)
        was_usable = self._usable(config.name)
        failure = None
        try:
            await self._steps(p)
        except Handled as error:
            failure = Failure(p.step, error)
        self._settle(p, failure, was_usable)
        if body is not None:
            await self._write_status(key, p, body, failure)
        if failure is not None:
            return failure.result(again=config.interval)
        return Result(requeue_after=config.interval)

    async def _steps(self, p: _Pass) -> None:
        token = await self._credentials.token(p.config, p.body)
        platform = p.platform = self._platforms.connect(p.config, token)
        forced = p.body is not None and check_requested(p.body)
        if not platform.provisioned:
            await self._learn_domain(platform)
            p.step = PROVISIONED
            self._alone(platform)
            await self._provision(platform)
        p.step = PROVISIONED
        age = self._clock.monotonic() - (
            platform.observed_at if platform.observed_at is not None else -1e9
        )
        if (
            forced
            or platform.problem is not None
            or platform.account.doubtful
            or age >= p.config.interval * 0.9
        ):
            await platform.observe(self._clock, _URGENCY, not_before=self._clock.monotonic())
            await self._own(platform)
            await self._data_bucket(platform)
            p.step = DISPATCHER
            await self._dispatcher(platform)
        p.facts |= _all_well(platform)

    async def _learn_domain(self, platform: Platform) -> None:
        config = platform.config
        platform.domain, platform.zones = config.domain, dict(config.zones)
        if not config.domain:
            zone = await accounts.get_zone(platform.api, config.zone_id, _URGENCY)
            platform.domain, platform.account_name = zone.name, zone.account_name
            platform.zones = {zone.name: zone.id}
        self._on_domain(config.name, platform.domain)

    def _alone(self, platform: Platform) -> None:
        """Two platforms that deploy to one place would take it from one another: the first one keeps it."""
        mine = platform.config
        earlier = True  # connected before this one: two that start together must not both go on
        for other in self._platforms:
            if other is platform:
                earlier = False
            elif other.account_key == platform.account_key and (earlier or other.provisioned):
                if other.is_same_place(platform):
                    raise _conflict(other, "namespace", mine.dispatch_namespace)
                if other.config.dispatcher == mine.dispatcher:
                    raise _conflict(other, "dispatcher", mine.dispatcher)

    async def _provision(self, platform: Platform) -> None:
        config, api = platform.config, platform.api
        if config.dispatch_namespace not in await dispatch.list_namespaces(api, _URGENCY):
            logger.info("creating dispatch namespace %s", config.dispatch_namespace)
            await dispatch.create_namespace(api, config.dispatch_namespace, _URGENCY)
        namespace = await kv.find_namespace(api, config.metadata_title, _URGENCY)
        if namespace is None:
            logger.info("creating KV namespace %s", config.metadata_title)
            namespace = await kv.create_namespace(api, config.metadata_title, _URGENCY)
        self._platforms.start_publishing(platform, namespace)
        platform.provisioned = True

    async def _own(self, platform: Platform) -> None:
        """Two environments in one KV namespace would overwrite one another: the first one's mark keeps others out."""
        config = platform.config
        mine = {"dispatchNamespace": config.dispatch_namespace, "environment": config.environment}
        owner = platform.account.owner
        if owner is None:
            value = json.dumps({"fingerprintKey": secrets.token_hex(32)})
            pair = KeyValue(names.PLATFORM_KEY, value, mine)
            await kv.write_bulk(platform.api, platform.metadata_namespace, [pair], _URGENCY)
            platform.account.owned(mine)
        elif owner.get("dispatchNamespace") != config.dispatch_namespace:
            message = (
                f"KV namespace {config.metadata_title!r} is that of dispatch namespace "
                f"{owner.get('dispatchNamespace')!r}; choose another spec.storage.metadataNamespace"
            )
            raise Stalled("StorageNotOwned", message)

    async def _data_bucket(self, platform: Platform) -> None:
        bucket = platform.config.data_bucket
        if platform.objects.missing(bucket):
            logger.info("creating R2 bucket %s", bucket)
            await r2.create_bucket(platform.api, bucket, _URGENCY)
            await platform.observe_bucket(bucket, names.TEMPLATES_PREFIX, _URGENCY)
        platform.edited_templates = await template_store.sync(platform, _URGENCY)

    async def _dispatcher(self, platform: Platform) -> None:
        config, api = platform.config, platform.api
        content = _dispatcher_content(platform)
        version = Version(content.code.revision, content.bindings)
        listed = await accounts.list_scripts(api, _URGENCY)
        platform.account_scripts = {s.name: s.tags for s in listed}
        existing = platform.account_scripts.get(config.dispatcher)
        if existing is not None and names.MANAGED_BY_TAG not in existing:
            message = f"the account has a Worker {config.dispatcher!r} that is not this operator's"
            raise Stalled(
                "DispatcherNotOwned", f"{message}; choose another spec.dispatch.dispatcher"
            )
        tags = (
            names.MANAGED_BY_TAG,
            names.metadata_tag(config.metadata_title),
            f"version-{version.hash}",
        )
        owners = {tag for tag in existing or () if tag.startswith(names.METADATA_TAG)}
        if owners - set(tags):
            message = f"the account's Worker {config.dispatcher!r} reads routes from another KV namespace than"
            raise Stalled(
                "DispatcherNotOwned",
                f"{message} {config.metadata_title!r}; choose another spec.dispatch.dispatcher",
            )
        if existing is None or not existing.issuperset(tags):
            logger.info("deploying dispatcher %s", config.dispatcher)
            await accounts.upload_script(api, config.dispatcher, content, tags, _URGENCY)
        await self._dispatcher_route(platform)
        if self._router.is_wanted(platform):
            await self._router.ensure(platform, _URGENCY)

    async def _dispatcher_route(self, platform: Platform) -> None:
        config, api = platform.config, platform.api
        pattern = names.dispatcher_pattern(platform.domain)
        existing = platform.account.zone_routes.get(pattern)
        if existing is None:
            logger.info("routing %s to %s", pattern, config.dispatcher)
            platform.account.zone_routes[pattern] = await accounts.create_route(
                api, config.zone_id, pattern, config.dispatcher, _URGENCY
            )
        elif existing.script != config.dispatcher:
            message = f"route {pattern} leads to {existing.script or 'no Worker'}; it is not this operator's to change"
            raise Stalled("RouteNotOwned", message)

    def _usable(self, name: str) -> bool:
        platform = self._platforms.known(name)
        return platform is not None and platform.problem is None

    def _settle(self, p: _Pass, failure: Failure | None, was_usable: bool) -> None:
        name = p.config.name
        if failure is None:
            assert p.platform is not None  # noqa: S101 - every step has been taken
            p.platform.problem = None
            if not was_usable:
                logger.info("WorkersPlatform %s is ready: %s", name, p.platform.domain)
                self._on_ready(name)
            return
        logger.warning("WorkersPlatform %s is not ready: %s", name, failure.error)
        if p.platform is None:
            self._platforms.unusable(name, failure.error)
        elif not (was_usable and isinstance(failure.error, Transient)):
            # A refresh that failed leaves the last snapshot: workers go on with it.
            p.platform.problem = failure.error
        if isinstance(failure.error, NotFound) and p.platform is not None:
            p.platform.provisioned = False

    async def _write_status(
        self, key: ObjectKey, p: _Pass, body: Mapping[str, Any], failure: Failure | None
    ) -> None:
        facts = dict(p.facts)
        if failure is not None and isinstance(failure.error, Unauthorized):
            failure = Failure(AUTHENTICATED, failure.error)
        fields = kept_fields(body.get("status") or {})
        if p.platform is not None:
            total, ready = self._count_workers(p.config.name)
            budget = p.platform.api.budget
            fields |= {
                "domain": p.platform.domain or None,
                "accountName": p.platform.account_name or None,
                "dispatchNamespace": p.config.dispatch_namespace,
                "dispatcher": p.config.dispatcher,
                "metadataNamespaceId": p.platform.metadata_namespace or None,
                "templates": {"edited": list(p.platform.edited_templates)}
                if p.platform.edited_templates
                else None,
                "workers": {"total": total, "ready": ready},
                "budget": {"limit": budget.quota, "windowSeconds": int(budget.window_seconds)},
            }
        summary = Summary(
            types=TYPES,
            facts=merge(facts, failure),
            progress=failure.progress() if failure else None,
            fields=fields,
            ready_message="workers can be deployed",
        )
        await self._writer.write(key, body, summary)


def _conflict(other: Platform, field: str, name: str) -> Waiting:
    message = f"{name!r} is that of WorkersPlatform {other.config.name!r}; choose another spec.dispatch.{field}"
    return Waiting("PlatformConflict", message, after=NOT_READY_RECHECK_SECONDS)


def config_of(obj: WorkersPlatform) -> PlatformConfig:
    """A WorkersPlatform's spec as configuration."""
    spec = obj.spec
    assert spec.zone is not None  # noqa: S101 - the schema demands a zone that holds the domain
    return PlatformConfig(
        name=obj.metadata.name,
        account_id=spec.account_id,
        environment=spec.environment,
        zone_id=spec.zone.id,
        dispatch_namespace=spec.dispatch_namespace,
        dispatcher=spec.dispatcher,
        metadata_title=spec.storage.metadata_namespace,
        data_bucket=spec.storage.data_bucket,
        analytics_dataset=spec.storage.analytics_dataset,
        domain=spec.domain,
        zones=tuple((zone.name, zone.id) for zone in spec.zones),
        plans=tuple(_plan(name, plan) for name, plan in sorted(spec.plans.items())),
        base_url=spec.base_url,
        data_plane=spec.data_plane.address if spec.data_plane else None,
        quota=spec.budget.requests_per5_minutes,
        reserve_percent=spec.budget.reserve_percent,
        interval=spec.interval_seconds,
    )


def _all_well(platform: Platform) -> dict[str, Fact]:
    """What a pass that came to its end says."""
    config = platform.config
    left_alone = ", ".join(platform.edited_templates)
    edited = f"; left alone, since somebody has edited them: templates {left_alone}"
    there = "dispatch namespace, KV namespace and bucket are there"
    serves = f"{config.dispatcher} serves {names.dispatcher_pattern(platform.domain)}"
    facts = (
        Fact(AUTHENTICATED, "True", "TokenAccepted", "Cloudflare accepts the API token"),
        Fact(PROVISIONED, "True", "Provisioned", there + (edited if left_alone else "")),
        Fact(DISPATCHER, "True", "Deployed", serves),
    )
    return {fact.type: fact for fact in facts}


def _plan(name: str, spec: resources.PlanSpec) -> Plan:
    """A plan of a WorkersPlatform."""
    built_in = plans.BUILT_IN.get(name)
    level = spec.level if spec.level is not None else (built_in.level if built_in else 0)
    features = None if spec.features is None else frozenset(spec.features)
    return Plan(name, level, limits(spec.limits), spec.max_instances, features)


def _dispatcher_content(platform: Platform) -> Content:
    config = platform.config
    dataset = config.analytics_dataset
    return Content(
        templates.dispatcher(),
        (
            *platform.routing_bindings(),
            {"type": "analytics_engine", "name": "WORKERS_ANALYTICS", "dataset": dataset},
            {"type": "plain_text", "name": "ENVIRONMENT", "text": config.environment},
        ),
    )
