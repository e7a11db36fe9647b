"""Versions and deployments as shown in responses."""

from local_edge.api.scripts.bindings import shown
from local_edge.api.zones import USER
from local_edge.storage.releases.deployments import Release
from local_edge.storage.versions import ScriptVersion


def summary(version: ScriptVersion, *, previews: bool) -> dict[str, object]:
    """Return a version as an item of a list. `previews`: whether its script has preview URLs."""
    has_preview = previews and "fetch" in version.startup.handlers
    return {
        "id": version.id,
        "number": version.number,
        "metadata": {
            "created_on": version.created_on,
            "modified_on": version.created_on,
            "source": version.config.source,
            "author_id": USER["id"],
            "author_email": USER["email"],
            # The API's documentation has the first name, wrangler reads the second.
            "hasPreview": has_preview,
            "has_preview": has_preview,
        },
        "annotations": version.config.annotations,
    }


def details(version: ScriptVersion, *, previews: bool) -> dict[str, object]:
    config, startup = version.config, version.startup
    return {
        **summary(version, previews=previews),
        "resources": {
            "bindings": shown(version.bindings),
            "script": {
                "etag": version.etag,
                "handlers": startup.handlers,
                "named_handlers": startup.named_handlers,
                "last_deployed_from": config.source,
            },
            "script_runtime": {
                "compatibility_date": config.compatibility_date,
                "compatibility_flags": config.compatibility_flags,
                "usage_model": config.usage_model,
                "limits": config.limits,
            },
        },
    }


def upload(version: ScriptVersion, *, previews: bool) -> dict[str, object]:
    """Return the response to an upload of a version."""
    milliseconds = version.startup.startup_time_ms
    return {**details(version, previews=previews), "startup_time_ms": milliseconds}


def deployment(release: Release) -> dict[str, object]:
    versions = [
        {"version_id": version_id, "percentage": percentage}
        for version_id, percentage in release.shares
    ]
    return {
        "id": release.id,
        "source": release.source,
        "strategy": "percentage",
        "author_email": USER["email"],
        "annotations": release.annotations,
        "created_on": release.created_on,
        "versions": versions,
    }
