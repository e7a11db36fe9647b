"""The REST API as one ASGI application: the list of its endpoints."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_edge.api.account.domains import DomainEndpoints
from local_edge.api.account.overview import OverviewEndpoints
from local_edge.api.account.schedules import ScheduleEndpoints
from local_edge.api.account.services import ServiceEndpoints
from local_edge.api.account.subdomains import SubdomainEndpoints
from local_edge.api.account.tails import TailEndpoints
from local_edge.api.admin import AdminEndpoints
from local_edge.api.envelope import no_route
from local_edge.api.gate import Gate, Handler
from local_edge.api.observability.graphql import GraphQLEndpoints
from local_edge.api.observability.live import LiveTailEndpoints
from local_edge.api.observability.telemetry import TelemetryEndpoints
from local_edge.api.paths import DecodingRoute, PathAsSent
from local_edge.api.releases.deployments import DeploymentEndpoints
from local_edge.api.releases.secrets import SecretEndpoints
from local_edge.api.releases.versions import VersionEndpoints
from local_edge.api.releases.worker_versions import WorkerVersionEndpoints
from local_edge.api.releases.workers import WorkerEndpoints
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.endpoints import ScriptEndpoints
from local_edge.api.scripts.namespaces import NamespaceEndpoints
from local_edge.api.scripts.routes import RouteEndpoints
from local_edge.api.storage.analytics import AnalyticsEndpoints
from local_edge.api.storage.kv import KVEndpoints
from local_edge.api.storage.r2 import R2Endpoints
from local_edge.api.zones import EdgeZone, ZoneEndpoints
from local_edge.events.events import EdgeEvents
from local_edge.runtime.interface import EdgeRuntime
from local_edge.storage.stores import Stores

PREFIX = "/client/v4"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ACCOUNT = "/accounts/{account_id}"
_ACCOUNT_SCRIPTS = f"{_ACCOUNT}/workers/scripts"
_ACCOUNT_SCRIPT = f"{_ACCOUNT_SCRIPTS}/{{script_name}}"
_WORKERS = f"{_ACCOUNT}/workers/workers"
_WORKER = f"{_WORKERS}/{{worker_id}}"
_NAMESPACES = f"{_ACCOUNT}/workers/dispatch/namespaces"
_NAMESPACE = f"{_NAMESPACES}/{{dispatch_namespace}}"
_NAMESPACE_SCRIPTS = f"{_NAMESPACE}/scripts"
_NAMESPACE_SCRIPT = f"{_NAMESPACE_SCRIPTS}/{{script_name}}"
_KV_NAMESPACES = f"{_ACCOUNT}/storage/kv/namespaces"
_KV_NAMESPACE = f"{_KV_NAMESPACES}/{{namespace_id}}"
_BUCKETS = f"{_ACCOUNT}/r2/buckets"
_BUCKET = f"{_BUCKETS}/{{bucket_name}}"

Endpoint = tuple[str, str, Handler]
"""Method, path template as in the OpenAPI document, handler."""


def make_app(
    *,
    gate: Gate,
    admin: AdminEndpoints,
    stores: Stores,
    deployer: Deployer,
    runtime: EdgeRuntime,
    events: EdgeEvents,
    graphql: GraphQLEndpoints,
    zones: list[EdgeZone],
    account_id: str,
) -> Starlette:
    endpoints = [
        *_zone_endpoints(ZoneEndpoints(account_id, zones)),
        *_script_endpoints(ScriptEndpoints(stores, deployer)),
        *_version_endpoints(VersionEndpoints(stores, deployer)),
        *_deployment_endpoints(DeploymentEndpoints(stores, deployer)),
        *_secret_endpoints(SecretEndpoints(stores, deployer)),
        *_worker_endpoints(WorkerEndpoints(stores, deployer, runtime)),
        *_worker_version_endpoints(WorkerVersionEndpoints(stores, deployer)),
        *_service_endpoints(ServiceEndpoints(stores, deployer)),
        *_schedule_endpoints(ScheduleEndpoints(stores, events.timer)),
        *_tail_endpoints(TailEndpoints(stores, events.tails)),
        *_subdomain_endpoints(SubdomainEndpoints(stores, runtime)),
        *_domain_endpoints(DomainEndpoints(stores, runtime, zones)),
        *_overview_endpoints(OverviewEndpoints(stores)),
        *_route_endpoints(RouteEndpoints(stores, runtime, zones)),
        *_namespace_endpoints(NamespaceEndpoints(stores, runtime)),
        *_kv_endpoints(KVEndpoints(stores.kv, stores.scripts, stores.database)),
        *_r2_endpoints(R2Endpoints(stores.r2, stores.database)),
        *_analytics_endpoints(AnalyticsEndpoints(stores.telemetry.points, stores.database)),
        ("POST", "/graphql", graphql.post),
        *_telemetry_endpoints(
            TelemetryEndpoints(stores.telemetry.logs, stores.database, account_id),
            LiveTailEndpoints(events.tails),
        ),
    ]
    unknown = gate.wrap("unknown", _unknown)
    routes = [
        *(_route(gate, endpoint) for endpoint in endpoints),
        Route(f"{PREFIX}/{{rest:path}}", unknown, methods=_METHODS),
        *admin.routes(),
        Route("/{rest:path}", unknown, methods=_METHODS),
    ]
    return Starlette(routes=routes, middleware=[Middleware(PathAsSent)])


def _route(gate: Gate, endpoint: Endpoint) -> Route:
    method, template, handler = endpoint
    # The keys of KV and R2 may contain slashes, plain or encoded.
    path = template.replace("{key_name}", "{key_name:path}").replace(
        "{object_key}", "{object_key:path}"
    )
    return DecodingRoute(PREFIX + path, gate.wrap(template, handler), methods=[method])


async def _unknown(request: Request) -> Response:
    raise no_route(request.url.path)


def _zone_endpoints(zones: ZoneEndpoints) -> list[Endpoint]:
    return [
        ("GET", "/user/tokens/verify", zones.verify),
        ("GET", f"{_ACCOUNT}/tokens/verify", zones.verify),
        ("GET", "/user", zones.user),
        ("GET", "/memberships", zones.memberships),
        ("GET", "/accounts", zones.accounts),
        ("GET", _ACCOUNT, zones.account),
        ("GET", "/zones", zones.zones),
        ("GET", "/zones/{zone_id}", zones.zone),
    ]


def _script_endpoints(scripts: ScriptEndpoints) -> list[Endpoint]:
    account, namespace = _ACCOUNT_SCRIPT, _NAMESPACE_SCRIPT
    common = [
        endpoint
        for script in (account, namespace)
        for endpoint in (
            ("PUT", script, scripts.put),
            ("DELETE", script, scripts.delete),
            ("PUT", f"{script}/content", scripts.put_content),
            ("GET", f"{script}/settings", scripts.get_settings),
            ("PATCH", f"{script}/settings", scripts.patch_settings),
        )
    ]
    return [
        *common,
        ("GET", _ACCOUNT_SCRIPTS, scripts.list_account),
        ("GET", account, scripts.get_content),
        ("GET", f"{account}/content/v2", scripts.get_content_v2),
        ("GET", f"{account}/script-settings", scripts.get_script_settings),
        ("PATCH", f"{account}/script-settings", scripts.patch_script_settings),
        ("GET", _NAMESPACE_SCRIPTS, scripts.list_namespace),
        ("DELETE", _NAMESPACE_SCRIPTS, scripts.delete_many),
        ("GET", namespace, scripts.get),
        ("GET", f"{namespace}/content", scripts.get_content),
        ("GET", f"{namespace}/bindings", scripts.get_bindings),
        ("GET", f"{namespace}/tags", scripts.get_tags),
        ("PUT", f"{namespace}/tags", scripts.put_tags),
        ("PUT", f"{namespace}/tags/{{tag}}", scripts.put_tag),
        ("DELETE", f"{namespace}/tags/{{tag}}", scripts.delete_tag),
    ]


def _route_endpoints(routes: RouteEndpoints) -> list[Endpoint]:
    collection = "/zones/{zone_id}/workers/routes"
    return [
        ("GET", collection, routes.list),
        ("POST", collection, routes.create),
        ("GET", f"{collection}/{{route_id}}", routes.get),
        ("PUT", f"{collection}/{{route_id}}", routes.update),
        ("DELETE", f"{collection}/{{route_id}}", routes.delete),
        ("PUT", f"{_ACCOUNT_SCRIPT}/routes", routes.put_all),
    ]


def _version_endpoints(versions: VersionEndpoints) -> list[Endpoint]:
    collection = f"{_ACCOUNT_SCRIPT}/versions"
    return [
        ("GET", collection, versions.list),
        ("POST", collection, versions.create),
        ("GET", f"{collection}/{{version_id}}", versions.get),
    ]


def _deployment_endpoints(deployments: DeploymentEndpoints) -> list[Endpoint]:
    collection = f"{_ACCOUNT_SCRIPT}/deployments"
    return [
        ("GET", collection, deployments.list),
        ("POST", collection, deployments.create),
        ("GET", f"{collection}/{{deployment_id}}", deployments.get),
        ("DELETE", f"{collection}/{{deployment_id}}", deployments.delete),
    ]


def _secret_endpoints(secrets: SecretEndpoints) -> list[Endpoint]:
    return [
        endpoint
        for script in (_ACCOUNT_SCRIPT, _NAMESPACE_SCRIPT)
        for endpoint in (
            ("GET", f"{script}/secrets", secrets.list),
            ("PUT", f"{script}/secrets", secrets.put),
            ("GET", f"{script}/secrets/{{secret_name}}", secrets.get),
            ("DELETE", f"{script}/secrets/{{secret_name}}", secrets.delete),
            ("PATCH", f"{script}/secrets-bulk", secrets.bulk),
        )
    ]


def _worker_endpoints(workers: WorkerEndpoints) -> list[Endpoint]:
    return [
        ("GET", _WORKERS, workers.list),
        ("POST", _WORKERS, workers.create),
        ("GET", _WORKER, workers.get),
        ("PUT", _WORKER, workers.update),
        ("PATCH", _WORKER, workers.patch),
        ("DELETE", _WORKER, workers.delete),
    ]


def _worker_version_endpoints(versions: WorkerVersionEndpoints) -> list[Endpoint]:
    return [
        ("GET", f"{_WORKER}/versions", versions.list),
        ("POST", f"{_WORKER}/versions", versions.create),
        ("GET", f"{_WORKER}/versions/{{version_id}}", versions.get),
        ("PATCH", f"{_WORKER}/versions/{{version_id}}", versions.patch),
        ("DELETE", f"{_WORKER}/versions/{{version_id}}", versions.delete),
    ]


def _service_endpoints(services: ServiceEndpoints) -> list[Endpoint]:
    service = f"{_ACCOUNT}/workers/services/{{service_name}}"
    return [
        ("GET", service, services.get),
        ("DELETE", service, services.delete),
        ("GET", f"{_ACCOUNT_SCRIPT}/references", services.references),
        ("GET", f"{_ACCOUNT}/workers/tails/by-consumer/{{script_name}}", services.tail_producers),
    ]


def _schedule_endpoints(schedules: ScheduleEndpoints) -> list[Endpoint]:
    path = f"{_ACCOUNT_SCRIPT}/schedules"
    return [("GET", path, schedules.get), ("PUT", path, schedules.put)]


def _tail_endpoints(tails: TailEndpoints) -> list[Endpoint]:
    collection = f"{_ACCOUNT_SCRIPT}/tails"
    return [
        ("GET", collection, tails.get),
        ("POST", collection, tails.create),
        ("DELETE", f"{collection}/{{id}}", tails.delete),
    ]


def _subdomain_endpoints(subdomains: SubdomainEndpoints) -> list[Endpoint]:
    account, script = f"{_ACCOUNT}/workers/subdomain", f"{_ACCOUNT_SCRIPT}/subdomain"
    return [
        ("GET", account, subdomains.get_account),
        ("PUT", account, subdomains.put_account),
        ("DELETE", account, subdomains.delete_account),
        ("GET", script, subdomains.get),
        ("POST", script, subdomains.post),
        ("DELETE", script, subdomains.delete),
    ]


def _domain_endpoints(domains: DomainEndpoints) -> list[Endpoint]:
    collection = f"{_ACCOUNT}/workers/domains"
    return [
        ("GET", collection, domains.list),
        ("PUT", collection, domains.put),
        ("GET", f"{collection}/{{domain_id}}", domains.get),
        ("DELETE", f"{collection}/{{domain_id}}", domains.delete),
        ("POST", f"{_ACCOUNT_SCRIPT}/domains/changeset", domains.changeset),
        ("PUT", f"{_ACCOUNT_SCRIPT}/domains/records", domains.put_records),
    ]


def _overview_endpoints(overview: OverviewEndpoints) -> list[Endpoint]:
    workers = f"{_ACCOUNT}/workers"
    return [
        ("GET", f"{workers}/account-settings", overview.get_settings),
        ("PUT", f"{workers}/account-settings", overview.put_settings),
        ("GET", f"{workers}/scripts-search", overview.search),
        ("GET", f"{workers}/durable_objects/namespaces", overview.durable_objects),
    ]


def _namespace_endpoints(namespaces: NamespaceEndpoints) -> list[Endpoint]:
    return [
        ("GET", _NAMESPACES, namespaces.list),
        ("POST", _NAMESPACES, namespaces.create),
        ("GET", _NAMESPACE, namespaces.get),
        ("PUT", _NAMESPACE, namespaces.update),
        ("PATCH", _NAMESPACE, namespaces.update),
        ("DELETE", _NAMESPACE, namespaces.delete),
    ]


def _kv_endpoints(kv: KVEndpoints) -> list[Endpoint]:
    return [
        ("GET", _KV_NAMESPACES, kv.list),
        ("POST", _KV_NAMESPACES, kv.create),
        ("GET", _KV_NAMESPACE, kv.get),
        ("PUT", _KV_NAMESPACE, kv.rename),
        ("DELETE", _KV_NAMESPACE, kv.delete),
        ("PUT", f"{_KV_NAMESPACE}/bulk", kv.bulk_put),
        ("DELETE", f"{_KV_NAMESPACE}/bulk", kv.bulk_delete),
        ("POST", f"{_KV_NAMESPACE}/bulk/delete", kv.bulk_delete),
        ("POST", f"{_KV_NAMESPACE}/bulk/get", kv.bulk_get),
        ("GET", f"{_KV_NAMESPACE}/keys", kv.keys),
        ("GET", f"{_KV_NAMESPACE}/metadata/{{key_name}}", kv.get_metadata),
        ("PUT", f"{_KV_NAMESPACE}/values/{{key_name}}", kv.put_value),
        ("GET", f"{_KV_NAMESPACE}/values/{{key_name}}", kv.get_value),
        ("DELETE", f"{_KV_NAMESPACE}/values/{{key_name}}", kv.delete_value),
    ]


def _r2_endpoints(r2: R2Endpoints) -> list[Endpoint]:
    return [
        ("GET", _BUCKETS, r2.list_buckets),
        ("POST", _BUCKETS, r2.create_bucket),
        ("GET", _BUCKET, r2.get_bucket),
        ("PATCH", _BUCKET, r2.patch_bucket),
        ("DELETE", _BUCKET, r2.delete_bucket),
        ("GET", f"{_BUCKET}/objects", r2.list_objects),
        ("PUT", f"{_BUCKET}/objects/{{object_key}}", r2.put_object),
        ("GET", f"{_BUCKET}/objects/{{object_key}}", r2.get_object),
        ("DELETE", f"{_BUCKET}/objects/{{object_key}}", r2.delete_object),
    ]


def _analytics_endpoints(analytics: AnalyticsEndpoints) -> list[Endpoint]:
    return [
        ("GET", f"{_ACCOUNT}/analytics_engine/sql", analytics.get),
        ("POST", f"{_ACCOUNT}/analytics_engine/sql", analytics.post),
    ]


def _telemetry_endpoints(telemetry: TelemetryEndpoints, live: LiveTailEndpoints) -> list[Endpoint]:
    path = f"{_ACCOUNT}/workers/observability/telemetry"
    return [
        ("POST", f"{path}/query", telemetry.query),
        ("POST", f"{path}/keys", telemetry.keys),
        ("POST", f"{path}/values", telemetry.values),
        ("POST", f"{path}/live-tail", live.create),
        ("POST", f"{path}/live-tail/heartbeat", live.heartbeat),
    ]
