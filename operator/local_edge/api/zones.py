"""/zones, /accounts, /user, /memberships and token verification, for one account and one user."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import no_route, ok
from local_edge.api.requests import Paging

_SINCE = "2026-01-01T00:00:00.000000Z"
ACCOUNT_NAME = "Local edge"
USER = {
    "id": hashlib.md5(b"user", usedforsecurity=False).hexdigest(),
    "email": "dev@local-edge.invalid",
}


@dataclass(frozen=True)
class EdgeZone:
    id: str
    name: str

    @classmethod
    def named(cls, name: str) -> "EdgeZone":
        """Return the zone of this name; its id is derived from the name."""
        return cls(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(), name)


class ZoneEndpoints:
    def __init__(self, account_id: str, zones: list[EdgeZone]) -> None:
        self._account_id = account_id
        self._zones = zones

    async def zones(self, request: Request) -> Response:
        query = request.query_params
        account = query.get("account.id", self._account_id)
        name = query.get("name")
        found = [
            self._zone_view(zone)
            for zone in self._zones
            if account == self._account_id and (not name or zone.name == name.lower())
        ]
        return _paged(request, found)

    async def zone(self, request: Request) -> Response:
        for zone in self._zones:
            if zone.id == request.path_params["zone_id"]:
                return ok(self._zone_view(zone))
        raise no_route(request.url.path)

    async def accounts(self, request: Request) -> Response:
        name = request.query_params.get("name")
        return _paged(request, [self._account()] if name in (None, ACCOUNT_NAME) else [])

    async def account(self, request: Request) -> Response:
        return ok(self._account())

    async def user(self, request: Request) -> Response:
        return ok(USER)

    async def memberships(self, request: Request) -> Response:
        identity = hashlib.md5(b"membership", usedforsecurity=False).hexdigest()
        roles = ["Super Administrator - All Privileges"]
        membership: dict[str, object] = {
            "id": identity,
            "status": "accepted",
            "account": self._account(),
            "roles": roles,
        }
        return _paged(request, [membership])

    async def verify(self, request: Request) -> Response:
        token = request.state.token
        return ok({"id": token.id, "status": token.status})

    def _account(self) -> dict[str, object]:
        settings = {"enforce_twofactor": False}
        account = {"id": self._account_id, "name": ACCOUNT_NAME, "type": "standard"}
        return {**account, "created_on": _SINCE, "settings": settings}

    def _zone_view(self, zone: EdgeZone) -> dict[str, object]:
        return {
            "id": zone.id,
            "name": zone.name,
            "status": "active",
            "type": "full",
            "paused": False,
            "development_mode": 0,
            "account": {"id": self._account_id, "name": ACCOUNT_NAME},
            "owner": {"id": USER["id"], "name": USER["email"], "type": "user"},
            "plan": {
                "id": "local",
                "name": "Local",
                "price": 0,
                "currency": "USD",
                "frequency": "",
            },
            "meta": {"step": 4, "page_rule_quota": 3, "phishing_detected": False},
            "name_servers": ["ada.ns.local-edge.invalid", "bob.ns.local-edge.invalid"],
            "created_on": _SINCE,
            "modified_on": _SINCE,
            "activated_on": _SINCE,
        }


def _paged(request: Request, items: Sequence[dict[str, object]]) -> Response:
    page = Paging.of(request)
    shown = page.cut(items)
    return ok(shown, info=page.info(count=len(shown), total=len(items)))
