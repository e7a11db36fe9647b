"""/accounts/{account_id}/workers/domains: custom domains, whose requests a script handles.

Zone routes precede them. wrangler sets the domains of a script at once, by …/scripts/{script_name}/domains.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import array_of, flag, object_of
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.api.zones import EdgeZone
from local_edge.jsontypes import Json, JsonObject, list_at, text_at
from local_edge.runtime.interface import EdgeRuntime
from local_edge.runtime.table import HostEntry
from local_edge.storage.scripts import ACCOUNT
from local_edge.storage.stores import Stores
from local_edge.storage.triggers.domains import CustomDomain

MAX_DOMAINS = 100
"""Custom domains per zone."""


class DomainEndpoints:
    def __init__(self, stores: Stores, runtime: EdgeRuntime, zones: Sequence[EdgeZone]) -> None:
        self._stores = stores
        self._domains = stores.triggers.domains
        self._runtime = runtime
        self._zones = zones
        self._finder = ScriptFinder(stores)

    async def list(self, request: Request) -> Response:
        """List domains, filtered by hostname, service, zone_id and zone_name."""
        query = request.query_params
        names = ("hostname", "service", "zone_id", "zone_name", "environment")
        wanted = {name: query[name] for name in names if query.get(name)}
        views = [_view(domain) for domain in self._domains.all()]
        return ok([view for view in views if wanted.items() <= view.items()])

    async def get(self, request: Request) -> Response:
        return ok(_view(self._find(request)))

    async def put(self, request: Request) -> Response:
        """Attach a host to a script, or move it there from another one."""
        body = await object_of(request)
        service = text_at(body, "service")
        if not service or self._stores.scripts.script(ACCOUNT, service) is None:
            raise ApiError(404, 10007, f"The Worker '{service}' does not exist on your account.")
        hostname, zone = self._place(body)
        return ok(_view(await self._attach(hostname, zone, service)))

    async def delete(self, request: Request) -> Response:
        await self._detach([self._find(request)])
        return ok(None)

    async def changeset(self, request: Request) -> Response:
        """Tell what setting the domains of a script would change."""
        script = self._finder.undeployed(request).name
        hostnames = [self._place(item)[0] for item in await array_of(request)]
        known = {hostname: self._domains.at(hostname) for hostname in hostnames}
        removed = self._others(script, hostnames) if flag(request, "replace_state") else []
        return ok(
            {
                "added": [{"hostname": name} for name, domain in known.items() if domain is None],
                "removed": [_view(domain) for domain in removed],
                "updated": [
                    {**_view(domain), "modified": domain.script != script}
                    for domain in known.values()
                    if domain is not None
                ],
                "conflicting": [],
            }
        )

    async def put_records(self, request: Request) -> Response:
        """Set the domains of a script: attach those of the body, and detach all others."""
        script, body = self._finder.undeployed(request).name, await object_of(request)
        places = [self._place(item) for item in list_at(body, "origins") or []]
        if not body.get("override_existing_origin"):
            for hostname, _ in places:
                self._check_free(hostname, script)
        await self._detach(self._others(script, [hostname for hostname, _ in places]))
        views = [_view(await self._attach(hostname, zone, script)) for hostname, zone in places]
        return ok(views)

    def _find(self, request: Request) -> CustomDomain:
        domain = self._domains.get(request.path_params["domain_id"])
        if domain is None:
            raise ApiError(404, 100114, "This custom domain does not exist.")
        return domain

    def _others(self, script: str, hostnames: Sequence[str]) -> Sequence[CustomDomain]:
        return [
            d for d in self._domains.all() if d.script == script and d.hostname not in hostnames
        ]

    def _check_free(self, hostname: str, script: str) -> None:
        domain = self._domains.at(hostname)
        if domain is not None and domain.script != script:
            text = f"Hostname '{hostname}' is already a custom domain of '{domain.script}'."
            raise ApiError(409, 100116, text)

    def _place(self, item: Json) -> tuple[str, EdgeZone]:
        """Return host name and zone of a domain. Raises ApiError 100112 or 100113."""
        document: JsonObject = item if isinstance(item, dict) else {}
        hostname = (text_at(document, "hostname") or "").lower().removesuffix(".")
        if not hostname or "*" in hostname or "/" in hostname:
            raise ApiError(400, 100113, f"'{hostname}' is not a host name without wildcards.")
        zone_id, zone_name = text_at(document, "zone_id"), text_at(document, "zone_name")
        fitting = [z for z in self._zones if hostname == z.name or hostname.endswith(f".{z.name}")]
        zone = max(fitting, key=lambda zone: len(zone.name), default=None)
        if zone is None or zone_id not in (None, zone.id) or zone_name not in (None, zone.name):
            raise ApiError(400, 100112, f"'{hostname}' does not belong to the zone.")
        return hostname, zone

    async def _attach(self, hostname: str, zone: EdgeZone, script: str) -> CustomDomain:
        used = [d for d in self._domains.all() if d.zone_id == zone.id]
        if self._domains.at(hostname) is None and len(used) >= MAX_DOMAINS:
            raise ApiError(400, 100122, f"A zone has at most {MAX_DOMAINS} custom domains.")
        domain = self._domains.put(hostname, zone_id=zone.id, zone_name=zone.name, script=script)
        self._runtime.table.hosts[hostname] = HostEntry(script)
        await self._runtime.hosts_changed([hostname])
        return domain

    async def _detach(self, domains: Sequence[CustomDomain]) -> None:
        for domain in domains:
            self._domains.delete(domain.id)
            self._runtime.table.hosts.pop(domain.hostname, None)
        await self._runtime.hosts_changed([domain.hostname for domain in domains])


def domain_hosts(stores: Stores) -> dict[str, HostEntry]:
    """Return the hosts of all custom domains."""
    return {domain.hostname: HostEntry(domain.script) for domain in stores.triggers.domains.all()}


def _view(domain: CustomDomain) -> dict[str, str]:
    return {
        "id": domain.id,
        "cert_id": domain.cert_id,
        "hostname": domain.hostname,
        "service": domain.script,
        "environment": "production",
        "zone_id": domain.zone_id,
        "zone_name": domain.zone_name,
    }
