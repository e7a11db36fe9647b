"""When somebody else's change of a script can be told from the operator's upload, as its status tells of that."""

from datetime import UTC, datetime, timedelta
from typing import Final

from support.handles import Handle
from support.kube import Object
from support.waiting import until

_SLACK: Final = timedelta(seconds=1.5)


def uploads(obj: Object) -> list[str]:
    """When its scripts were uploaded; nothing while an upload is under way."""
    moments = [script.get("modifiedOn") for script in obj["status"].get("scripts") or ()]
    return moments if all(moments) else []


def await_slack(handle: Handle) -> None:
    """Return once a change from now on cannot be taken for the upload."""
    handle.wait(lambda o: bool(uploads(o)), "status does not say how the scripts were left")
    [moment] = uploads(handle.obj)
    until(lambda: datetime.now(UTC) - datetime.fromisoformat(moment) > _SLACK, "no time passes")
