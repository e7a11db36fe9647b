"""The edge as a whole: storage, runtime and API, put together, started and stopped."""

import time
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette

from local_edge.api.admin import AdminEndpoints
from local_edge.api.app import PREFIX, make_app
from local_edge.api.deploying import Deploying, Storage
from local_edge.api.gate import Gate
from local_edge.api.ratelimit import RateLimiter
from local_edge.api.zones import Zone
from local_edge.binaries import newest_compatibility_date
from local_edge.errors import EdgeError
from local_edge.runtime.control import Control
from local_edge.runtime.r2 import R2Binding
from local_edge.runtime.runtime import Addresses, Runtime
from local_edge.runtime.table import Namespace, Route, Table
from local_edge.runtime.versions import VersionSource
from local_edge.servers import Served, tcp_listener, unix_listener
from local_edge.settings import Options, identity_of, write_private
from local_edge.storage.database import Database
from local_edge.storage.kv import KV
from local_edge.storage.namespaces import DispatchNamespaces
from local_edge.storage.points import Points
from local_edge.storage.r2 import R2
from local_edge.storage.routes import ZoneRoutes
from local_edge.storage.scripts import Scripts
from local_edge.storage.tokens import Tokens


class Edge:
    """`binary` is workerd's path."""

    def __init__(self, options: Options, binary: Path) -> None:
        self.options = options
        self._binary = binary
        self.identity = identity_of(options)
        self.zones = [Zone.named(name) for name in self.identity.zones]
        database = Database(options.directory / "edge.sqlite3")
        self._storage = Storage(
            database=database,
            scripts=Scripts(database),
            namespaces=DispatchNamespaces(database),
            routes=ZoneRoutes(database),
            kv=KV(database),
            r2=R2(database),
        )
        self._points, self._tokens = Points(database), Tokens(database)
        if self._tokens.get(self.identity.token) is None:
            self._tokens.put(self.identity.token, "active")
        origin = origin_address(options.origin)
        addresses = Addresses.create(
            options.directory, f"{options.host}:{self.identity.data_port}", origin
        )
        self.runtime = Runtime(binary, addresses, self._table(origin is not None))
        self._versions = VersionSource(database, self._storage.scripts, self._storage.namespaces)
        self._served: list[Served] = []

    async def start(self) -> None:
        """Everything answers when this returns; the table is known to workerd before anything answers."""
        options, identity = self.options, self.identity
        api = tcp_listener(options.host, identity.api_port, "API")
        tcp_listener(options.host, identity.data_port, "data plane").close()
        control = Control(
            versions=self._versions,
            jail=lambda: self.runtime.jail,
            kv=self._storage.kv,
            r2=R2Binding(self._storage.r2),
            points=self._points,
            newest_date=newest_compatibility_date(self._binary),
        )
        socket_path = self.runtime.addresses.control
        self._served.append(await Served.start(control.app, unix_listener(socket_path)))
        await self.runtime.start()
        self._served.append(await Served.start(self._api(), api))
        write_private(options.directory / "edge.env", self.environment())

    async def stop(self) -> None:
        for served in reversed(self._served):
            await served.close()
        await self.runtime.stop()
        self._storage.database.close()

    @property
    def base_url(self) -> str:
        return f"http://{self.options.host}:{self.identity.api_port}{PREFIX}"

    @property
    def data_url(self) -> str:
        return f"http://{self.options.host}:{self.identity.data_port}"

    def environment(self) -> str:
        """What clients need, in dotenv form."""
        values = {
            "CLOUDFLARE_BASE_URL": self.base_url,
            "CLOUDFLARE_API_TOKEN": self.identity.token,
            "CLOUDFLARE_ACCOUNT_ID": self.identity.account_id,
            "CLOUDFLARE_ZONE_ID": self.zones[0].id,
            "EDGE_URL": self.data_url,
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def _api(self) -> Starlette:
        deploying = Deploying(self._storage, self.runtime, self._versions)
        gate = Gate(
            tokens=self._tokens,
            limiter=RateLimiter(self.options.policy, time.monotonic),
            latency=self.options.latency,
            account_id=self.identity.account_id,
        )
        admin = AdminEndpoints(
            counts=gate.counts, points=self._points, tokens=self._tokens, runtime=self.runtime
        )
        return make_app(
            gate=gate,
            admin=admin,
            storage=self._storage,
            deploying=deploying,
            runtime=self.runtime,
            zones=self.zones,
            points=self._points,
            account_id=self.identity.account_id,
        )

    def _table(self, origin: bool) -> Table:
        storage = self._storage
        table = Table([zone.name for zone in self.zones], origin, self.identity.data_port)
        for space in storage.namespaces.all():
            table.namespaces[space.name] = Namespace(space.trusted)
        for namespace, name, version in storage.scripts.versions_in_use():
            if namespace:
                table.namespaces[namespace].scripts[name] = version
            else:
                table.scripts[name] = version
        for route in storage.routes.all():
            table.routes[route.id] = Route(route.pattern, route.script)
        return table


def origin_address(url: str | None) -> str | None:
    """`http://127.0.0.1:9000` as `127.0.0.1:9000`."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise EdgeError(f"--origin: '{url}' is not of the form http://host:port")
    return f"{parts.hostname}:{parts.port or 80}"
