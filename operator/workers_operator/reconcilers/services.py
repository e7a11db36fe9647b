"""The service router: one Worker of the account through which workers call each other."""

from collections.abc import Sequence

from workers_operator.account.platforms import Platform
from workers_operator.domain import services
from workers_operator.domain.content import Content
from workers_operator.domain.plan.actions import EnsureScript
from workers_operator.domain.plan.platform import account_script
from workers_operator.domain.services import Callee
from workers_operator.sources import templates


def service_router(platform: Platform, callees: Sequence[Callee]) -> EnsureScript:
    """Return the action that deploys the service router with an entrypoint for each callee."""
    code = templates.service_router(services.router_exports(callees))
    content = Content(code, platform.routing_bindings)
    return account_script(platform.config.dispatch.service_router, content, shared=True)
