"""Wire the notifier to objects, API budgets and the passes that write statuses."""

from workers_operator.account.platforms import Platforms
from workers_operator.desired.policy import PlatformPolicy
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index
from workers_operator.notifications.endpoints import WebhookReader, WebhookSecrets
from workers_operator.notifications.notifier import Neighbours, Notifier
from workers_operator.notifications.sender import Post
from workers_operator.scheduling.scheduler import Scheduler


def following(
    index: Index,
    platforms: Platforms,
    scheduler: Scheduler,
    secrets: WebhookSecrets,
    policy: PlatformPolicy,
    post: Post,
) -> Notifier:
    """Return a notifier that follows all objects."""

    def budget(name: str) -> tuple[int, int] | None:
        account = platforms.account(name)
        return (account.api.budget.left, account.api.budget.quota) if account is not None else None

    def platform_of(key: ObjectKey) -> str | None:
        found = index.claims.find(key)
        return found[0] if found is not None else None

    neighbours = Neighbours(budget, platform_of, scheduler.status_changed)
    notifier = Notifier(WebhookReader(secrets, policy), post, neighbours)
    index.objects.tell(notifier)
    return notifier
