"""The REST API as one ASGI application: the table of its endpoints."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_edge.api.admin import AdminEndpoints
from local_edge.api.analytics import AnalyticsEndpoints
from local_edge.api.deploying import Deploying, Storage
from local_edge.api.dispatch import NamespaceEndpoints
from local_edge.api.dispatch_scripts import DispatchScriptEndpoints
from local_edge.api.envelope import no_route
from local_edge.api.gate import Gate, Handler
from local_edge.api.kv import KVEndpoints
from local_edge.api.r2 import R2Endpoints
from local_edge.api.routes import RouteEndpoints
from local_edge.api.scripts import ScriptEndpoints
from local_edge.api.zones import Zone, ZoneEndpoints
from local_edge.runtime.runtime import Runtime
from local_edge.storage.points import Points

PREFIX = "/client/v4"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ACCOUNT = "/accounts/{account_id}"
_SCRIPTS = f"{_ACCOUNT}/workers/scripts"
_SCRIPT = f"{_SCRIPTS}/{{script_name}}"
_SPACES = f"{_ACCOUNT}/workers/dispatch/namespaces"
_SPACE = f"{_SPACES}/{{dispatch_namespace}}"
_USER_SCRIPT = f"{_SPACE}/scripts/{{script_name}}"
_KV = f"{_ACCOUNT}/storage/kv/namespaces"
_PAIRS = f"{_KV}/{{namespace_id}}"
_BUCKETS = f"{_ACCOUNT}/r2/buckets"
_BUCKET = f"{_BUCKETS}/{{bucket_name}}"

Endpoint = tuple[str, str, Handler]
"""Method, path template as in the OpenAPI document, handler."""


def make_app(
    *,
    gate: Gate,
    admin: AdminEndpoints,
    storage: Storage,
    deploying: Deploying,
    runtime: Runtime,
    zones: list[Zone],
    points: Points,
    account_id: str,
) -> Starlette:
    endpoints = [
        *_zone_endpoints(ZoneEndpoints(account_id, zones)),
        *_script_endpoints(ScriptEndpoints(storage, deploying)),
        *_route_endpoints(RouteEndpoints(storage, runtime, zones)),
        *_namespace_endpoints(NamespaceEndpoints(storage, deploying, runtime)),
        *_user_script_endpoints(DispatchScriptEndpoints(storage, deploying)),
        *_kv_endpoints(KVEndpoints(storage.kv, storage.scripts, storage.database)),
        *_r2_endpoints(R2Endpoints(storage.r2, storage.database)),
        *_analytics_endpoints(AnalyticsEndpoints(points, storage.database)),
    ]
    unknown = gate.wrap("unknown", _unknown)
    routes = [
        *(_route(gate, endpoint) for endpoint in endpoints),
        Route(f"{PREFIX}/{{rest:path}}", unknown, methods=_METHODS),
        *admin.routes(),
        Route("/{rest:path}", unknown, methods=_METHODS),
    ]
    return Starlette(routes=routes)


def _route(gate: Gate, endpoint: Endpoint) -> Route:
    method, template, handler = endpoint
    # The last part of KV and R2 paths may hold slashes, plain or encoded.
    path = template.replace("{key_name}", "{key_name:path}").replace(
        "{object_key}", "{object_key:path}"
    )
    return Route(PREFIX + path, gate.wrap(template, handler), methods=[method])


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
    return [
        ("GET", _SCRIPTS, scripts.list),
        ("PUT", _SCRIPT, scripts.put),
        ("GET", _SCRIPT, scripts.get),
        ("DELETE", _SCRIPT, scripts.delete),
        ("PUT", f"{_SCRIPT}/content", scripts.put_content),
        ("GET", f"{_SCRIPT}/content/v2", scripts.get_content),
        ("GET", f"{_SCRIPT}/settings", scripts.get_settings),
        ("PATCH", f"{_SCRIPT}/settings", scripts.patch_settings),
        ("GET", f"{_SCRIPT}/script-settings", scripts.get_script_settings),
        ("PATCH", f"{_SCRIPT}/script-settings", scripts.patch_script_settings),
    ]


def _route_endpoints(routes: RouteEndpoints) -> list[Endpoint]:
    collection = "/zones/{zone_id}/workers/routes"
    return [
        ("GET", collection, routes.list),
        ("POST", collection, routes.create),
        ("GET", f"{collection}/{{route_id}}", routes.get),
        ("PUT", f"{collection}/{{route_id}}", routes.update),
        ("DELETE", f"{collection}/{{route_id}}", routes.delete),
    ]


def _namespace_endpoints(spaces: NamespaceEndpoints) -> list[Endpoint]:
    return [
        ("GET", _SPACES, spaces.list),
        ("POST", _SPACES, spaces.create),
        ("GET", _SPACE, spaces.get),
        ("PUT", _SPACE, spaces.update),
        ("PATCH", _SPACE, spaces.update),
        ("DELETE", _SPACE, spaces.delete),
    ]


def _user_script_endpoints(scripts: DispatchScriptEndpoints) -> list[Endpoint]:
    return [
        ("GET", f"{_SPACE}/scripts", scripts.list),
        ("DELETE", f"{_SPACE}/scripts", scripts.delete_many),
        ("PUT", _USER_SCRIPT, scripts.put),
        ("GET", _USER_SCRIPT, scripts.get),
        ("DELETE", _USER_SCRIPT, scripts.delete),
        ("GET", f"{_USER_SCRIPT}/content", scripts.get_content),
        ("PUT", f"{_USER_SCRIPT}/content", scripts.put_content),
        ("GET", f"{_USER_SCRIPT}/settings", scripts.get_settings),
        ("PATCH", f"{_USER_SCRIPT}/settings", scripts.patch_settings),
        ("GET", f"{_USER_SCRIPT}/bindings", scripts.get_bindings),
        ("GET", f"{_USER_SCRIPT}/tags", scripts.get_tags),
        ("PUT", f"{_USER_SCRIPT}/tags", scripts.put_tags),
        ("PUT", f"{_USER_SCRIPT}/tags/{{tag}}", scripts.put_tag),
        ("DELETE", f"{_USER_SCRIPT}/tags/{{tag}}", scripts.delete_tag),
    ]


def _kv_endpoints(kv: KVEndpoints) -> list[Endpoint]:
    return [
        ("GET", _KV, kv.list),
        ("POST", _KV, kv.create),
        ("GET", _PAIRS, kv.get),
        ("PUT", _PAIRS, kv.rename),
        ("DELETE", _PAIRS, kv.delete),
        ("PUT", f"{_PAIRS}/bulk", kv.bulk_put),
        ("DELETE", f"{_PAIRS}/bulk", kv.bulk_delete),
        ("POST", f"{_PAIRS}/bulk/delete", kv.bulk_delete),
        ("POST", f"{_PAIRS}/bulk/get", kv.bulk_get),
        ("GET", f"{_PAIRS}/keys", kv.keys),
        ("GET", f"{_PAIRS}/metadata/{{key_name}}", kv.get_metadata),
        ("PUT", f"{_PAIRS}/values/{{key_name}}", kv.put_value),
        ("GET", f"{_PAIRS}/values/{{key_name}}", kv.get_value),
        ("DELETE", f"{_PAIRS}/values/{{key_name}}", kv.delete_value),
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
