"""Workers and their versions as shown by /workers/workers."""

import base64

from local_edge.api.scripts.bindings import shown
from local_edge.api.zones import USER
from local_edge.jsontypes import JsonObject, list_at, text_at
from local_edge.storage.scripts import ACCOUNT, Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptVersion


def worker(stores: Stores, script: Script) -> dict[str, object]:
    settings = script.settings
    active = stores.scripts.releases.active(ACCOUNT, script.name)
    consumers = [c for c in list_at(settings, "tail_consumers") or [] if isinstance(c, dict)]
    return {
        "id": script.tag,
        "name": script.name,
        "created_on": script.created_on,
        "updated_on": script.modified_on,
        "deployed_on": active.created_on if active else None,
        "logpush": settings["logpush"],
        "observability": settings["observability"] or {"enabled": False},
        "tags": script.tags,
        "tail_consumers": [{"name": text_at(c, "service") or ""} for c in consumers],
        "subdomain": _subdomain(stores, script.name),
        "references": _references(stores, script.name),
    }


def version(
    stores: Stores, script: Script, found: ScriptVersion, *, with_modules: bool = False
) -> dict[str, object]:
    config = found.config
    view: dict[str, object] = {
        "id": found.id,
        "number": found.number,
        "created_on": found.created_on,
        "source": config.source,
        "author_id": USER["id"],
        "author_email": USER["email"],
        "annotations": config.annotations,
        "bindings": shown(found.bindings),
        "compatibility_date": config.compatibility_date,
        "compatibility_flags": config.compatibility_flags,
        "limits": config.limits,
        "main_module": config.main,
        "startup_time_ms": found.startup.startup_time_ms,
        "usage_model": config.usage_model,
        "urls": _urls(stores, script.name, found),
    }
    if config.placement:
        view["placement"] = config.placement
    if with_modules:
        view["modules"] = [
            {
                "name": module.name,
                "content_type": module.content_type,
                "content_base64": base64.b64encode(module.data).decode(),
            }
            for module in found.modules
        ]
    return view


def _subdomain(stores: Stores, script: str) -> JsonObject:
    subdomains = stores.triggers.subdomains
    settings, name = subdomains.of(script), subdomains.name
    view: JsonObject = {"enabled": settings.enabled, "previews_enabled": settings.previews}
    if name is not None:
        view["url"] = f"https://{script}.{name}.workers.dev"
        view["preview_url_suffix"] = f"-{script}.{name}.workers.dev"
    return view


def _urls(stores: Stores, script: str, found: ScriptVersion) -> list[str]:
    subdomains = stores.triggers.subdomains
    if subdomains.name is None or not subdomains.of(script).previews:
        return []
    return [f"https://{found.id[:8]}-{script}.{subdomains.name}.workers.dev"]


def _references(stores: Stores, script: str) -> dict[str, object]:
    """Return who uses a script."""
    tags = {found.name: found.tag for found in stores.scripts.all(ACCOUNT)}
    users = [(name, binding) for name, binding in stores.scripts.users_of(script) if name in tags]
    domains = [domain for domain in stores.triggers.domains.all() if domain.script == script]
    return {
        "dispatch_namespace_outbounds": [
            {
                "namespace_id": namespace.id,
                "namespace_name": namespace.name,
                "worker_id": tags[name],
                "worker_name": name,
            }
            for name, binding in users
            if binding.outbound and (namespace := stores.namespaces.get(binding.text("namespace")))
        ],
        "domains": [
            {
                "id": domain.id,
                "certificate_id": domain.cert_id,
                "hostname": domain.hostname,
                "zone_id": domain.zone_id,
                "zone_name": domain.zone_name,
            }
            for domain in domains
        ],
        "durable_objects": [],
        "queues": [],
        "workers": [
            {"id": tags[name], "name": name}
            for name in dict.fromkeys(name for name, binding in users if not binding.outbound)
        ],
    }
