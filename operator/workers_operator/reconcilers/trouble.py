"""Errors in the pass of one worker that concern all workers of its platform."""

from workers_operator.account.executor import InfrastructureLost
from workers_operator.account.platforms import Platforms
from workers_operator.cloudflare.errors import Unauthorized
from workers_operator.domain.errors import ReconcileError
from workers_operator.reconcilers.requeuer import Requeuer


def report(platforms: Platforms, requeuer: Requeuer, platform: str, error: ReconcileError) -> None:
    """Have a platform's own pass look at an error, if the platform is what is wrong."""
    if not isinstance(error, InfrastructureLost | Unauthorized):
        return
    if isinstance(error, InfrastructureLost) and not platforms.lost(platform):
        return
    platforms.failed(platform, error)
    requeuer.platform_lost(platform)
