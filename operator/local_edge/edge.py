"""The edge: its storage, runtime and API, wired together."""

import time
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette

from local_edge.analytics.dataset import Dataset
from local_edge.api.account.domains import domain_hosts
from local_edge.api.account.subdomains import dev_hosts
from local_edge.api.admin import AdminEndpoints
from local_edge.api.app import PREFIX, make_app
from local_edge.api.gate import Gate
from local_edge.api.observability.graphql import GraphQLEndpoints
from local_edge.api.ratelimit import RateLimiter
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.trying import VersionCheck
from local_edge.api.zones import EdgeZone
from local_edge.binaries import newest_compatibility_date
from local_edge.errors import EdgeError
from local_edge.events.events import EdgeEvents
from local_edge.events.sampling import observed_rates
from local_edge.runtime.control.app import Control
from local_edge.runtime.control.copies import Copies
from local_edge.runtime.runtime import Addresses, Runtime
from local_edge.runtime.table import NamespaceEntry, RouteEntry, RuntimeTable
from local_edge.runtime.versions import VersionSource
from local_edge.servers import Served, tcp_listener, unix_listener
from local_edge.settings import Options, identity_of, write_private
from local_edge.storage.stores import Stores


class Edge:
    """`binary` is the path of workerd."""

    def __init__(self, options: Options, binary: Path) -> None:
        self.options = options
        self.identity = identity_of(options)
        self.zones = [EdgeZone.named(name) for name in self.identity.zones]
        self._stores = stores = Stores.open(options.directory / "edge.sqlite3")
        if stores.tokens.get(self.identity.token) is None:
            stores.tokens.put(self.identity.token, "active")
        origin = origin_address(options.origin)
        data = tcp_listener(options.host, self.identity.data_port, "data plane")
        addresses = Addresses.create(options.directory, data, origin)
        self.runtime = Runtime(
            binary,
            addresses,
            self._table(origin is not None),
            lambda invocations: self._events.measured(invocations),
        )
        self._versions = VersionSource(
            stores.scripts, stores.namespaces, newest_compatibility_date(binary)
        )
        self._events = EdgeEvents(
            stores, self.runtime, self.identity.account_id, list(addresses.traces.values())
        )
        self._served: list[Served] = []

    async def start(self) -> None:
        """Start all servers and processes; all of them respond when this returns.

        No process responds to a request before it has received the table.
        """
        options, identity = self.options, self.identity
        api = tcp_listener(options.host, identity.api_port, "API")
        copies = Copies(self._stores.database.take_written, self.runtime.copies_outdated)
        control = Control(
            stores=self._stores,
            versions=self._versions,
            jail=lambda: self.runtime.jail,
            record=self._events.stream.receive,
            copies=copies,
        )
        socket_path = self.runtime.addresses.control
        app = copies.after_dropping(control.app)
        self._served.append(await Served.start(app, unix_listener(socket_path)))
        await self._events.meter.start()
        await self.runtime.start()
        await self._events.start(options.host)
        self._served.append(await Served.start(copies.after_dropping(self._api()), api))
        write_private(options.directory / "edge.env", self.environment())

    async def stop(self) -> None:
        await self._events.stop()
        for served in reversed(self._served):
            await served.close()
        await self.runtime.stop()
        await self._events.meter.stop()
        self._events.stream.flush()
        self._stores.database.close()

    @property
    def base_url(self) -> str:
        return f"http://{self.options.host}:{self.identity.api_port}{PREFIX}"

    @property
    def data_url(self) -> str:
        return f"http://{self.options.host}:{self.identity.data_port}"

    def environment(self) -> str:
        """Return the settings of clients in dotenv format."""
        values = {
            "CLOUDFLARE_BASE_URL": self.base_url,
            "CLOUDFLARE_API_TOKEN": self.identity.token,
            "CLOUDFLARE_ACCOUNT_ID": self.identity.account_id,
            "CLOUDFLARE_ZONE_ID": self.zones[0].id,
            "EDGE_URL": self.data_url,
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def _api(self) -> Starlette:
        stores, account_id = self._stores, self.identity.account_id
        gate = Gate(
            tokens=stores.tokens,
            limiter=RateLimiter(self.options.policy, time.monotonic),
            latency=self.options.latency,
            account_id=account_id,
        )
        admin = AdminEndpoints(
            counts=gate.counts,
            points=stores.telemetry.points,
            tokens=stores.tokens,
            runtime=self.runtime,
            meter=self._events.meter,
            owner=self.identity.token,
        )
        return make_app(
            gate=gate,
            admin=admin,
            stores=stores,
            deployer=Deployer(
                stores, self.runtime, VersionCheck(stores, self.runtime, self._versions)
            ),
            runtime=self.runtime,
            events=self._events,
            graphql=self._graphql(),
            zones=self.zones,
            account_id=account_id,
        )

    def _graphql(self) -> GraphQLEndpoints:
        stores, metrics = self._stores, self.options.metrics
        data = Dataset(stores.telemetry.invocations, metrics.delay, time.time)
        limiter = RateLimiter(metrics.policy, time.monotonic)
        return GraphQLEndpoints(data, stores.database, limiter, self.identity.account_id)

    def _table(self, origin: bool) -> RuntimeTable:
        stores = self._stores
        table = RuntimeTable([zone.name for zone in self.zones], origin, self.identity.data_port)
        for namespace in stores.namespaces.all():
            table.namespaces[namespace.name] = NamespaceEntry(namespace.trusted)
        for owner, name, shares in stores.scripts.releases.in_effect():
            table.namespaces[owner].scripts[name] = shares
        for namespace_name, entry in table.namespaces.items():
            entry.observed = observed_rates(stores.scripts.all(namespace_name))
        for route in stores.routes.all():
            table.routes[route.id] = RouteEntry(route.pattern, route.script)
        table.hosts = {**dev_hosts(stores), **domain_hosts(stores)}
        return table


def origin_address(url: str | None) -> str | None:
    """Convert `http://127.0.0.1:9000` to `127.0.0.1:9000`."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise EdgeError(f"--origin: '{url}' is not of the form http://host:port")
    return f"{parts.hostname}:{parts.port or 80}"
