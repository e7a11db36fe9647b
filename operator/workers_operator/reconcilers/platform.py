"""One pass over a WorkersPlatform: make sure of what all workers need, and take the account snapshot.

What exists is adopted; what is not ours is never changed.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator.cloudflare import account as accounts
from workers_operator.cloudflare import dispatch, kv
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import NotFound, Unauthorized
from workers_operator.domain import names
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import ObjectKey, Version
from workers_operator.domain.handling import Handled, Stalled, Transient
from workers_operator.engine.clock import Clock
from workers_operator.engine.runner import Result
from workers_operator.kube.cache import check_requested
from workers_operator.reconcilers.credentials import Credentials
from workers_operator.reconcilers.outcome import Failure, merge
from workers_operator.reconcilers.platforms import Platform, PlatformConfig, Platforms
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
        count_workers: CountWorkers,
        on_ready: Callable[[str], None],
    ) -> None:
        self._platforms = platforms
        self._credentials = credentials
        self._writer = writer
        self._clock = clock
        self._count_workers = count_workers
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
            return failure.result()
        return Result(requeue_after=config.interval)

    async def _steps(self, p: _Pass) -> None:
        token = await self._credentials.token(p.config, p.body)
        platform = p.platform = self._platforms.connect(p.config, token)
        forced = p.body is not None and check_requested(p.body)
        if not platform.provisioned:
            await self._learn_domain(platform)
            p.step = PROVISIONED
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
            p.step = DISPATCHER
            await self._dispatcher(platform)
        p.facts[AUTHENTICATED] = Fact(
            AUTHENTICATED, "True", "TokenAccepted", "Cloudflare accepts the API token"
        )
        p.facts[PROVISIONED] = Fact(
            PROVISIONED,
            "True",
            "Provisioned",
            "dispatch namespace, KV namespace and bucket are there",
        )
        p.facts[DISPATCHER] = Fact(
            DISPATCHER,
            "True",
            "Deployed",
            f"{p.config.dispatcher} serves {names.dispatcher_pattern(platform.domain)}",
        )

    async def _learn_domain(self, platform: Platform) -> None:
        config = platform.config
        platform.domain = config.domain
        if not config.domain:
            zone = await accounts.get_zone(platform.api, config.zone_id, _URGENCY)
            platform.domain, platform.account_name = zone.name, zone.account_name

    async def _provision(self, platform: Platform) -> None:
        config, api = platform.config, platform.api
        if config.dispatch_namespace not in await dispatch.list_namespaces(api, _URGENCY):
            logger.info("creating dispatch namespace %s", config.dispatch_namespace)
            await dispatch.create_namespace(api, config.dispatch_namespace, _URGENCY)
        namespace = await kv.find_namespace(api, config.metadata_title, _URGENCY)
        if namespace is None:
            logger.info("creating KV namespace %s", config.metadata_title)
            namespace = await kv.create_namespace(api, config.metadata_title, _URGENCY)
        if not await accounts.bucket_exists(api, config.data_bucket, _URGENCY):
            logger.info("creating R2 bucket %s", config.data_bucket)
            await accounts.create_bucket(api, config.data_bucket, _URGENCY)
        self._platforms.start_publishing(platform, namespace)
        platform.provisioned = True

    async def _dispatcher(self, platform: Platform) -> None:
        config, api = platform.config, platform.api
        version = _dispatcher_version(platform)
        scripts = {s.name: s for s in await accounts.list_scripts(api, _URGENCY)}
        existing = scripts.get(config.dispatcher)
        if existing is not None and names.MANAGED_BY_TAG not in existing.tags:
            message = f"the account has a Worker {config.dispatcher!r} that is not this operator's"
            raise Stalled(
                "DispatcherNotOwned", f"{message}; choose another spec.dispatch.dispatcher"
            )
        version_tag = f"version-{version.hash}"
        if existing is None or version_tag not in existing.tags:
            logger.info("deploying dispatcher %s", config.dispatcher)
            tags = (names.MANAGED_BY_TAG, version_tag)
            await accounts.upload_script(
                api, config.dispatcher, version.code, version.bindings, tags, _URGENCY
            )
        await self._dispatcher_route(platform)

    async def _dispatcher_route(self, platform: Platform) -> None:
        config, api = platform.config, platform.api
        pattern = names.dispatcher_pattern(platform.domain)
        routes = {r.pattern: r for r in await accounts.list_routes(api, config.zone_id, _URGENCY)}
        existing = routes.get(pattern)
        if existing is None:
            logger.info("routing %s to %s", pattern, config.dispatcher)
            await accounts.create_route(api, config.zone_id, pattern, config.dispatcher, _URGENCY)
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
        base_url=spec.base_url,
        data_plane=spec.data_plane.address if spec.data_plane else None,
        quota=spec.budget.requests_per5_minutes,
        reserve_percent=spec.budget.reserve_percent,
        interval=spec.interval_seconds,
    )


def _dispatcher_version(platform: Platform) -> Version:
    config = platform.config
    return Version(
        templates.dispatcher(),
        (
            {
                "type": "dispatch_namespace",
                "name": "DISPATCHER",
                "namespace": config.dispatch_namespace,
            },
            {
                "type": "kv_namespace",
                "name": "WORKER_METADATA",
                "namespace_id": platform.metadata_namespace,
            },
            {
                "type": "analytics_engine",
                "name": "WORKERS_ANALYTICS",
                "dataset": config.analytics_dataset,
            },
            {"type": "plain_text", "name": "ENVIRONMENT", "text": config.environment},
        ),
    )
