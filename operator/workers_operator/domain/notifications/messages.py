"""Notifications as CloudEvents 1.0 in JSON (structured mode): github.com/cloudevents/spec. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.notifications.notices import ProblemNotice
from workers_operator.domain.notifications.problems import ObjectProblem
from workers_operator.domain.text.lines import one_line
from workers_operator.domain.worker import ObjectKey

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
_TYPE: Final = "dev.code24.workers"
_MOST_LISTED: Final = 20  # of a digest


@dataclass(frozen=True, slots=True)
class NotificationMessage:
    """A notification, ready to send. ``id``: the same at every attempt."""

    id: str
    body: bytes
    notices: tuple[ProblemNotice, ...]


@dataclass(frozen=True, slots=True)
class MessageSource:
    """The source of a notification: a platform's webhook."""

    platform: str
    webhook: str


def single(source: MessageSource, notice: ProblemNotice, now: str) -> NotificationMessage:
    """Return the notification of one notice. ``now``: RFC 3339."""
    kind = notice.problem.kind if notice.problem is not None else "Problem"
    subject = _subject(notice.problem.key) if notice.problem is not None else None
    return _message(source, (notice,), f"{kind}.{notice.state}", subject, _told(notice), now)


def digest(
    source: MessageSource, notices: Sequence[ProblemNotice], now: str
) -> NotificationMessage:
    """Return one notification for many notices; it lists the first ones."""
    states = Counter(notice.state for notice in notices)
    kinds = Counter(
        f"{notice.problem.kind if notice.problem is not None else 'Problem'}.{notice.state}"
        for notice in notices
    )
    data = {
        "platform": source.platform,
        "open": states["Open"],
        "resolved": states["Resolved"],
        "repaired": states["Repaired"],
        "counts": dict(sorted(kinds.items())),
        "notices": [_told(notice) for notice in notices[:_MOST_LISTED]],
        "omitted": max(0, len(notices) - _MOST_LISTED),
    }
    return _message(source, tuple(notices), "Digest", None, data, now)


def _message(
    source: MessageSource,
    notices: tuple[ProblemNotice, ...],
    kind: str,
    subject: str | None,
    data: Mapping[str, object],
    now: str,
) -> NotificationMessage:
    id_ = _id(source, notices)
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": f"/apis/workers.code24.dev/v1alpha1/workersplatforms/{source.platform}",
        "type": f"{_TYPE}.{kind}",
        **({"subject": subject} if subject is not None else {}),
        "time": now,
        "datacontenttype": "application/json",
        "data": data,
    }
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return NotificationMessage(id_, body, notices)


def _id(source: MessageSource, notices: Sequence[ProblemNotice]) -> str:
    """Return an id that a new process gives to the same notices, so that receivers recognize them."""
    parts = [source.platform, source.webhook]
    for notice in notices:
        since = notice.problem.since if notice.problem is not None else ""
        parts += [notice.state, notice.id, since]
    code = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"msg_{code[:32]}"


def _told(notice: ProblemNotice) -> dict[str, object]:
    problem = notice.problem
    return {"state": notice.state, "problem": notice.id, **(_details(problem) if problem else {})}


def _details(problem: ObjectProblem) -> dict[str, object]:
    key = problem.key
    return {
        "kind": problem.kind,
        "severity": problem.kind.severity,
        "reason": str(problem.reason),
        "message": one_line(problem.message),
        "since": problem.since,
        "platform": problem.platform,
        "object": {
            "kind": key.kind,
            **({"namespace": key.namespace} if key.namespace else {}),
            "name": key.name,
        },
    }


def _subject(key: ObjectKey) -> str:
    return "/".join(part for part in key if part)
