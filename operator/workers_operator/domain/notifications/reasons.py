"""Reasons of the condition NotificationsDelivered."""

from workers_operator.domain.text.words import ReasonWord


class NotificationReason(ReasonWord):
    """A reason of NotificationsDelivered."""

    DELIVERED = (
        "NotificationsAccepted",
        "NotificationsDelivered",
        "The webhooks of `spec.notifications` accept what they are sent, or nothing had to be sent yet.",
    )
    NOT_DELIVERED = (
        "NotificationsFailing",
        "NotificationsDelivered",
        "A webhook cannot be used, or does not accept notifications; the message names it and says why.",
    )
