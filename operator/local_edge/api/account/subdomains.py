"""workers.dev: the subdomain of the account, and which scripts are reachable there."""

import re

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import object_of
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.jsontypes import JsonObject
from local_edge.runtime.interface import EdgeRuntime
from local_edge.runtime.table import HostEntry
from local_edge.storage.stores import Stores
from local_edge.storage.triggers.subdomains import DevSettings

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DATE_HEADER = "cloudflare-workers-script-api-date"
_PREVIEWS_FOLLOW = "2025-08-01"
"""Since this date of the API, previews are on where the script is, unless the request says otherwise."""


class SubdomainEndpoints:
    def __init__(self, stores: Stores, runtime: EdgeRuntime) -> None:
        self._stores = stores
        self._runtime = runtime
        self._finder = ScriptFinder(stores)

    async def get_account(self, request: Request) -> Response:
        return ok({"subdomain": self._account_name()})

    async def put_account(self, request: Request) -> Response:
        name = (await object_of(request)).get("subdomain")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            text = "A subdomain consists of lower-case letters, digits and dashes, 63 at most."
            raise ApiError(400, 10026, text)
        await self._rename(name)
        return ok({"subdomain": name})

    async def delete_account(self, request: Request) -> Response:
        self._account_name()
        await self._rename(None)
        return Response(status_code=204)

    async def get(self, request: Request) -> Response:
        script = self._finder.undeployed(request)
        return ok(_view(self._stores.triggers.subdomains.of(script.name)))

    async def post(self, request: Request) -> Response:
        script, body = self._finder.undeployed(request), await object_of(request)
        if not isinstance(body.get("enabled"), bool):
            raise ApiError(400, 10026, "'enabled' must be true or false.")
        before = self._stores.triggers.subdomains.of(script.name)
        if request.headers.get(_DATE_HEADER, "") >= _PREVIEWS_FOLLOW:
            body.setdefault("previews_enabled", body["enabled"])
        wanted = dev_settings_of(body, before)
        await set_dev_settings(self._stores, self._runtime, script.name, wanted)
        return ok(_view(wanted))

    async def delete(self, request: Request) -> Response:
        script = self._finder.undeployed(request)
        await set_dev_settings(self._stores, self._runtime, script.name, DevSettings())
        return ok(_view(DevSettings()))

    def _account_name(self) -> str:
        name = self._stores.triggers.subdomains.name
        if name is None:
            raise ApiError(404, 10007, "The account has no workers.dev subdomain.")
        return name

    async def _rename(self, name: str | None) -> None:
        subdomains, table = self._stores.triggers.subdomains, self._runtime.table
        before = [host for host in table.hosts if host.endswith(".workers.dev")]
        for host in before:
            del table.hosts[host]
        subdomains.rename(name)
        fresh = dev_hosts(self._stores)
        table.hosts |= fresh
        await self._runtime.hosts_changed([*before, *fresh])


def dev_settings_of(body: JsonObject, before: DevSettings) -> DevSettings:
    """Return the settings that a body asks for. Raises ApiError 10026."""
    enabled = body.get("enabled", before.enabled)
    previews = body.get("previews_enabled", before.previews)
    if not isinstance(enabled, bool) or not isinstance(previews, bool):
        raise ApiError(400, 10026, "'enabled' and 'previews_enabled' must be true or false.")
    return DevSettings(enabled, previews)


async def set_dev_settings(
    stores: Stores, runtime: EdgeRuntime, script: str, settings: DevSettings
) -> None:
    """Store the settings of a script and bring them into effect."""
    stores.triggers.subdomains.put(script, settings)
    name = stores.triggers.subdomains.name
    if name is None:
        return
    wanted = _hosts_of(script, name, settings)
    for host in _hosts_of(script, name, DevSettings(enabled=True, previews=True)):
        runtime.table.hosts.pop(host, None)
    runtime.table.hosts |= wanted
    await runtime.hosts_changed(_hosts_of(script, name, DevSettings(enabled=True, previews=True)))


def dev_hosts(stores: Stores) -> dict[str, HostEntry]:
    """Return all hosts below workers.dev."""
    name, hosts = stores.triggers.subdomains.name, dict[str, HostEntry]()
    if name is not None:
        for script, settings in stores.triggers.subdomains.all().items():
            hosts |= _hosts_of(script, name, settings)
    return hosts


def _hosts_of(script: str, name: str, settings: DevSettings) -> dict[str, HostEntry]:
    hosts = {}
    if settings.enabled:
        hosts[f"{script}.{name}.workers.dev"] = HostEntry(script)
    if settings.previews:
        hosts[f"*-{script}.{name}.workers.dev"] = HostEntry(script, preview=True)
    return hosts


def _view(settings: DevSettings) -> dict[str, bool]:
    return {"enabled": settings.enabled, "previews_enabled": settings.previews}
