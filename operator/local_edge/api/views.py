"""Scripts as answers show them."""

from typing import Any

from local_edge.api.bindings import shown
from local_edge.storage.scripts import Deployed


def script(deployed: Deployed) -> dict[str, Any]:
    """The common part of lists and single answers."""
    version, config = deployed.version, deployed.version.config
    settings = deployed.script.settings
    return {
        "id": deployed.script.name,
        "tag": deployed.script.tag,
        "tags": deployed.script.tags,
        "etag": version.etag,
        "handlers": config["handlers"],
        "named_handlers": config["named_handlers"],
        "created_on": deployed.script.created_on,
        "modified_on": deployed.script.modified_on,
        "compatibility_date": config["compatibility_date"],
        "compatibility_flags": config["compatibility_flags"],
        "usage_model": config["usage_model"],
        "has_assets": False,
        "has_modules": config["syntax"] == "modules",
        "last_deployed_from": "api",
        "logpush": settings["logpush"],
        "observability": settings["observability"],
        "tail_consumers": settings["tail_consumers"],
        **_placement(config),
    }


def upload(deployed: Deployed) -> dict[str, Any]:
    """The answer to an upload; `deployment_id` is undocumented, but stock clients read it."""
    return {
        **script(deployed),
        "startup_time_ms": deployed.version.config["startup_time_ms"],
        "entry_point": deployed.version.config["main"],
        "deployment_id": deployed.version.id.replace("-", ""),
    }


def in_namespace(deployed: Deployed) -> dict[str, Any]:
    return {
        "script": script(deployed),
        "dispatch_namespace": deployed.script.namespace,
        "created_on": deployed.script.created_on,
        "modified_on": deployed.script.modified_on,
    }


def settings(deployed: Deployed) -> dict[str, Any]:
    """Versioned and other settings together."""
    config = deployed.version.config
    answer = {
        **script_settings(deployed),
        "bindings": shown(deployed.version.bindings),
        "compatibility_date": config["compatibility_date"],
        "compatibility_flags": config["compatibility_flags"],
        "usage_model": config["usage_model"],
        "limits": config["limits"],
        **_placement(config),
    }
    if not deployed.script.namespace:
        answer["annotations"] = config["annotations"]
    return answer


def script_settings(deployed: Deployed) -> dict[str, Any]:
    """Those that are not versioned."""
    return {**deployed.script.settings, "tags": deployed.script.tags}


def _placement(config: dict[str, Any]) -> dict[str, Any]:
    # An empty placement breaks the schema: it is left out.
    return {"placement": config["placement"]} if config["placement"] else {}
