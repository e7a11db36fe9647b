"""One pass over a WorkersPlatform: make sure of everything that all workers need, and refresh the account snapshot.

What exists is adopted; what is not ours is never changed.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic import ValidationError

from workers_operator.account.connection import Provisioned
from workers_operator.account.credentials import TokenReader
from workers_operator.account.platforms import Account, Platform, Platforms
from workers_operator.cloudflare.errors import NotFound
from workers_operator.desired.outcome import Failure
from workers_operator.desired.platform import config_of
from workers_operator.domain.conditions import (
    AUTHENTICATED,
    DISPATCHER,
    PROVISIONED,
)
from workers_operator.domain.errors import Paused, Transient
from workers_operator.domain.plan import orders
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy import estates
from workers_operator.engine.clock import Clock
from workers_operator.engine.runner import Result
from workers_operator.index.index import Index
from workers_operator.index.objects import Body
from workers_operator.reconcilers import zone_access
from workers_operator.reconcilers.platform import precedence, report, setup
from workers_operator.reconcilers.platform.attempt import PlatformAttempt, PlatformProgress
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.reconcilers.platform.orders import carry_out
from workers_operator.reconcilers.platform.setup import PRIORITY, ZoneFacts
from workers_operator.reconcilers.platform.summaries import PlatformSummaries
from workers_operator.reconcilers.platform.upkeep import PlatformUpkeep, check
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.steps import StepFailed, concerning
from workers_operator.resources import OrdersStatus, WorkersPlatform, ZoneStatus

logger = logging.getLogger(__name__)

IN_USE_RECHECK_SECONDS: Final = 30.0
_SCARCE: Final = 10  # calls are, if less than one in so many of the window is left
_SINGLE_TENANT: Final = (
    "WorkersPlatform %s comes from environment variables and is for a single tenant (SingleTenant): every namespace "
    "may claim every customer, host and resource there; write a WorkersPlatform with spec.tenancy.grants for several"
)


class PlatformReconciler:
    """Sets platforms up and keeps their snapshots fresh."""

    def __init__(
        self,
        *,
        index: Index,
        platforms: Platforms,
        tokens: TokenReader,
        summaries: PlatformSummaries,
        clock: Clock,
        requeuer: Requeuer,
        leftovers: LeftoverRemover,
        upkeep: PlatformUpkeep,
    ) -> None:
        self._index = index
        self._platforms = platforms
        self._tokens = tokens
        self._summaries = summaries
        self._clock = clock
        self._requeuer = requeuer
        self._leftovers = leftovers
        self._upkeep = upkeep
        self._unmended: set[str] = set()  # names of platforms whose last pass failed

    async def reconcile(self, attempt: PlatformAttempt) -> Result:
        """Run one pass. Raises KubeError if the status could not be written."""
        was_usable = self._platforms.is_usable(attempt.config.name)
        progress, failed = await self._steps(attempt)
        failure = Failure(failed.condition, failed.error) if failed is not None else None
        self._conclude(attempt, progress, failure, was_usable)
        if attempt.obj is not None and attempt.body is not None:
            await self._summaries.write(attempt, attempt.obj, attempt.body, progress, failure)
        if failure is not None:
            return failure.result(again=attempt.config.observation.interval)
        return Result(
            requeue_after=min(
                attempt.config.observation.interval,
                max(0.0, self._leftovers.due(attempt.config.name) - self._clock.monotonic()),
                IN_USE_RECHECK_SECONDS if attempt.users else math.inf,
            )
        )

    async def leave(self, name: str, body: Body) -> None:
        """Remove what only workers use from a platform that is let go and has none.

        Nothing is done if its object names another place by now, is suspended or cannot be read, nor if calls are
        scarce: a platform does not wait for this.
        """
        platform = self._platforms.provisioned(name)
        if platform is None or not self._platforms.is_usable(name):
            return
        try:
            obj = WorkersPlatform.model_validate(body)
        except ValidationError:
            return
        budget = platform.api.budget
        if obj.spec.suspended or budget.left * _SCARCE < budget.quota:
            return
        if config_of(obj).place == platform.config.place:
            await self._leftovers.leave(platform)

    async def _steps(self, attempt: PlatformAttempt) -> tuple[PlatformProgress, StepFailed | None]:
        progress = PlatformProgress()
        try:
            account = await self._connect(attempt)
            progress = replace(progress, account=account)
            platform = self._platforms.provisioned(attempt.config.name)
            if platform is None:
                platform = await self._provision(account)
            progress = replace(progress, platform=platform)
            if self._is_due(attempt, platform):
                readable = await self._observe(attempt, platform)
                with concerning(DISPATCHER):
                    await self._leftovers.keep_calls(platform)
                plan = await self._upkeep.carry_out(attempt, platform)
                dispatcher = platform.config.dispatch.dispatcher
                routed = (z for z in readable if platform.snapshot.is_routed(z.id, dispatcher))
                progress = replace(
                    progress,
                    edited=plan.templates.edited,
                    former_zones=tuple(routed),
                    scripts=self._upkeep.note(attempt, platform, plan),
                )
                if plan.refusal is not None:
                    raise plan.refusal.failure(DISPATCHER)
                progress = replace(progress, orders=await self._obey(attempt, platform))
                left = await self._leftovers.tidy(platform, remove_orphans=attempt.removes_orphans)
                progress = replace(progress, leftovers=left)
        except StepFailed as failed:
            return progress, failed
        return progress, None

    async def _obey(self, attempt: PlatformAttempt, platform: Platform) -> OrdersStatus | None:
        """Carry out new orders about orphans; return what has become of them."""
        if not attempt.orders or attempt.obj is None:
            return None
        try:
            wanted = orders.parse(attempt.obj.metadata.annotations)
        except orders.BadOrder as error:
            logger.warning("WorkersPlatform %s: %s", attempt.config.name, error)
            return report.ordered(attempt.orders, (), str(error))
        found = await carry_out(wanted, platform, self._index)
        return report.ordered(attempt.orders, found)

    # --- connect and provision --------------------------------------------------------------------------------------

    async def _connect(self, attempt: PlatformAttempt) -> Account:
        spec = attempt.obj.spec if attempt.obj is not None else None
        with concerning(AUTHENTICATED):
            token = await self._tokens.token(attempt.config.name, spec)
            return self._platforms.connect(attempt.config, token)

    async def _provision(self, account: Account) -> Platform:
        """Make sure of the two namespaces that everything else relies on."""
        with concerning(AUTHENTICATED):
            facts = await setup.read_zone(account)
        self._index.claims.learn_domain(account.config.name, facts.domain)
        with concerning(PROVISIONED):
            earlier = precedence.earlier(account.config, self._index, self._platforms)
            estates.check_installation(account.config.installation, earlier)
            todo = await setup.foundation(account)
        check(await account.executor.execute(todo.actions, PRIORITY))
        with concerning(PROVISIONED):
            return self._platforms.provision(account, await self._provisioned(account, facts))

    async def _provisioned(self, account: Account, facts: ZoneFacts) -> Provisioned:
        title = account.config.storage.metadata_title
        namespace = await account.observer.kv_namespace(title, PRIORITY)
        if namespace is None:
            raise Transient(Reason.PLATFORM_NOT_READY, f"KV namespace {title!r} is not listed yet")
        return Provisioned(facts.domain, facts.zones, facts.account_name, namespace)

    # --- refresh ----------------------------------------------------------------------------------------------------

    def _is_due(self, attempt: PlatformAttempt, platform: Platform) -> bool:
        observed = platform.observer.observed_at
        return (
            attempt.forced
            or attempt.orders != ""
            or attempt.config.name in self._unmended
            or not self._platforms.is_usable(attempt.config.name)
            or attempt.former_domain(platform.provisioned.domain) is not None
            or platform.snapshot.routing.is_unconfirmed
            or observed is None
            or self._clock.monotonic() >= self._leftovers.due(attempt.config.name)
            or self._clock.monotonic() - observed >= attempt.config.observation.interval * 0.9
        )

    async def _observe(self, attempt: PlatformAttempt, platform: Platform) -> Sequence[ZoneStatus]:
        """List the account; return the former zones that can still be read."""
        before = zone_access.unavailable(platform)
        with concerning(PROVISIONED):
            await platform.observer.observe(
                platform.provisioned, PRIORITY, not_before=self._clock.monotonic()
            )
        if before.keys() - zone_access.unavailable(platform).keys():
            self._requeuer.platform_ready(platform.config.name)
        with concerning(DISPATCHER):
            return await setup.list_former_zones(platform, attempt.former_zones)

    # --- summarize --------------------------------------------------------------------------------------------------

    def _conclude(
        self,
        attempt: PlatformAttempt,
        progress: PlatformProgress,
        failure: Failure | None,
        was_usable: bool,
    ) -> None:
        name = attempt.config.name
        (self._unmended.discard if failure is None else self._unmended.add)(name)
        if failure is None:
            self._platforms.recovered(name)
            if not was_usable:
                domain = progress.platform.provisioned.domain if progress.platform else ""
                logger.info("WorkersPlatform %s is ready: %s", name, domain)
                if attempt.config.tenancy.single_tenant:
                    logger.warning(_SINGLE_TENANT, name)
                self._requeuer.platform_ready(name)
            return
        logger.warning("WorkersPlatform %s is not ready: %s", name, failure.error)
        # A refresh that failed leaves the last snapshot: workers go on with it.
        if progress.account is None or not (
            was_usable and isinstance(failure.error, Transient | Paused)
        ):
            self._platforms.failed(name, failure.error)
        if isinstance(failure.error, NotFound) and progress.account is not None:
            self._platforms.unprovision(name)
