"""The service router of each platform: deployed when a worker calls another, with an entrypoint for every callee."""

import logging
from typing import Final

from workers_operator.cloudflare import account as accounts
from workers_operator.cloudflare.budget import Urgency
from workers_operator.domain import names, services
from workers_operator.domain.desired import Content, Version
from workers_operator.domain.handling import Stalled
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.platforms import Platform
from workers_operator.reconcilers.references import References
from workers_operator.sources import templates

logger = logging.getLogger(__name__)

_LINGER_SECONDS: Final = 0.2  # several callees that come together cost one upload


class ServiceRouter:
    """Keeps the service routers of all platforms as they should be."""

    def __init__(self, claims: ClaimsIndex, references: References, clock: Clock) -> None:
        self._claims = claims
        self._references = references
        self._clock = clock

    async def ensure(self, platform: Platform, urgency: Urgency) -> None:
        """Returns when every worker that is called has its entrypoint. Raises Stalled, or a CloudflareError."""
        if platform.account_scripts.get(platform.service_router) == self._tags(platform):
            return
        async with platform.router_lock:
            await self._clock.sleep(_LINGER_SECONDS)
            tags = self._tags(platform)
            existing = platform.account_scripts.get(platform.service_router)
            if existing == tags:
                return
            if existing is not None and names.MANAGED_BY_TAG not in existing:
                message = f"the account has a Worker {platform.service_router!r} that is not this operator's"
                raise Stalled("DispatcherNotOwned", message)
            logger.info("deploying service router %s", platform.service_router)
            content = self._content(platform)
            await accounts.upload_script(
                platform.api, platform.service_router, content, sorted(tags), urgency
            )
            platform.account_scripts[platform.service_router] = tags

    def is_wanted(self, platform: Platform) -> bool:
        """Whether any worker of the platform is called."""
        return bool(self._callees(platform))

    def _callees(self, platform: Platform) -> list[str]:
        found = (self._claims.find(key) for key in self._references.all_callees())
        scope = platform.config.name
        return sorted({claim.script_name for s, claim in filter(None, found) if s == scope})

    def _tags(self, platform: Platform) -> frozenset[str]:
        content = self._content(platform)
        version = Version(content.code.revision, content.bindings)
        return frozenset((names.MANAGED_BY_TAG, f"version-{version.hash}"))

    def _content(self, platform: Platform) -> Content:
        code = templates.service_router(services.router_exports(self._callees(platform)))
        return Content(code, platform.routing_bindings())
