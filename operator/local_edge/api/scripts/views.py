"""Scripts as shown in responses."""

from local_edge.api.scripts.bindings import shown
from local_edge.storage.scripts import ACCOUNT, Deployed
from local_edge.storage.versions import VersionConfig


def script(deployed: Deployed) -> dict[str, object]:
    """Return the fields that all responses about a script have in common."""
    version, config = deployed.version, deployed.version.config
    settings = deployed.script.settings
    return {
        "id": deployed.script.name,
        "tag": deployed.script.tag,
        "tags": deployed.script.tags,
        "etag": version.etag,
        "handlers": version.startup.handlers,
        "named_handlers": version.startup.named_handlers,
        "created_on": deployed.script.created_on,
        "modified_on": deployed.script.modified_on,
        "compatibility_date": config.compatibility_date,
        "compatibility_flags": config.compatibility_flags,
        "usage_model": config.usage_model,
        "has_assets": False,
        "has_modules": config.syntax == "modules",
        "last_deployed_from": config.source,
        "logpush": settings["logpush"],
        "observability": settings["observability"],
        "tail_consumers": settings["tail_consumers"],
        **_placement(config),
    }


def upload(deployed: Deployed) -> dict[str, object]:
    """Return the response to an upload; `deployment_id` is undocumented, but clients read it."""
    return {
        **script(deployed),
        "startup_time_ms": deployed.version.startup.startup_time_ms,
        "entry_point": deployed.version.config.main,
        "deployment_id": deployed.version.id.replace("-", ""),
    }


def in_namespace(deployed: Deployed) -> dict[str, object]:
    return {
        "id": deployed.script.name,
        "script": script(deployed),
        "dispatch_namespace": deployed.script.namespace,
        "created_on": deployed.script.created_on,
        "modified_on": deployed.script.modified_on,
    }


def settings(deployed: Deployed) -> dict[str, object]:
    """Return all settings, versioned or not."""
    config = deployed.version.config
    view = {
        **script_settings(deployed),
        "bindings": shown(deployed.version.bindings),
        "compatibility_date": config.compatibility_date,
        "compatibility_flags": config.compatibility_flags,
        "usage_model": config.usage_model,
        "limits": config.limits,
        **_placement(config),
    }
    if deployed.script.namespace == ACCOUNT:
        view["annotations"] = config.annotations
    return view


def script_settings(deployed: Deployed) -> dict[str, object]:
    """Return the settings that are not versioned."""
    return {**deployed.script.settings, "tags": deployed.script.tags}


def _placement(config: VersionConfig) -> dict[str, object]:
    # The schema forbids an empty placement, so it is omitted.
    return {"placement": config.placement} if config.placement else {}
