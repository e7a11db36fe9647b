"""A version as the host loads it: generated main module, modules, variables, and what its bindings reach.

The generated main module has the shim evaluated first, then the bindings that name a part, then the script; see
js/shim/environment.js.
"""

import base64
import json
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from local_edge.storage.scripts import Module, Version

_SERVICE_WORKER = "__edge_script.cjs"
_BINARY = frozenset(("data", "wasm"))
_PART_BINDINGS = {"wasm_module", "text_blob", "data_blob"}


@dataclass(frozen=True)
class Owner:
    """Whose version it is: a script of the account, or of a dispatch namespace."""

    namespace: str
    namespace_id: str
    trusted: bool
    script: str = ""

    @property
    def cache_scope(self) -> str:
        """Whose caches it sees: all of the account share theirs, a script of an untrusted namespace has its own."""
        if not self.namespace or self.trusted:
            return ""
        return f"{self.namespace_id}/{self.script}"


ACCOUNT = Owner("", "", True)


def code_of(version: Version, owner: Owner, *, newest_date: str) -> dict[str, Any]:
    """`newest_date`: the newest compatibility date that workerd takes, used for versions that have a newer one."""
    config = version.config
    names = _names(module.name for module in version.modules)
    main = names[config["main"]]
    modules = {names[m.name]: _module(m) for m in version.modules}
    if config["syntax"] == "service-worker":
        modules[_SERVICE_WORKER] = {"type": "cjs", "text": modules.pop(main)["text"]}
        generated = _service_worker_main(version, names)
    else:
        generated = _module_main(version, names, main)
    return {
        "main": generated,
        "modules": modules,
        "compatibilityDate": min(
            config["compatibility_date"] or DEFAULT_COMPATIBILITY_DATE, newest_date
        ),
        "compatibilityFlags": config["compatibility_flags"],
        "variables": dict(_variables(version)),
        "services": list(_services(version.bindings)),
        "resources": list(_resources(version.bindings)),
        "cache": {"scope": owner.cache_scope, "default": owner.cache_scope == ""},
    }


DEFAULT_COMPATIBILITY_DATE = "2021-11-02"
"""Cloudflare's for uploads without one."""


def _names(names: Iterable[str]) -> dict[str, str]:
    """Module names as the loader wants them: relative to a root that `../` does not leave."""
    cleaned = {name: posixpath.normpath(name) for name in names}
    depth = max((name.count("../") for name in cleaned.values()), default=0)
    root = "/".join(["bundle"] * depth)
    return {
        name: posixpath.normpath(posixpath.join(root, clean)) for name, clean in cleaned.items()
    }


def _module(module: Module) -> dict[str, str]:
    if module.type in _BINARY:
        return {"type": module.type, "base64": base64.b64encode(module.data).decode()}
    return {"type": module.type, "text": module.data.decode()}


def _module_main(version: Version, names: dict[str, str], main: str) -> str:
    path = json.dumps(f"../{main}")
    return "\n".join(
        [
            "import { describe, __EdgeControl } from './environment.js';",
            *_parts(version, names, "env"),
            f"import * as script from {path};",
            "describe(script);",
            f"export * from {path};",
            "export { __EdgeControl };",
            "export default script.default;" if version.config.get("has_default", True) else "",
        ]
    )


def _service_worker_main(version: Version, names: dict[str, str]) -> str:
    return "\n".join(
        [
            "import { describe, __EdgeControl } from './environment.js';",
            "import { handlers, listened } from './service_worker.js';",
            *_parts(version, names, "globalThis"),
            f"await import('../{_SERVICE_WORKER}');",
            "describe(listened());",
            "export { __EdgeControl };",
            "export default handlers;",
        ]
    )


def _parts(version: Version, names: dict[str, str], holder: str) -> list[str]:
    """Bindings that name a part of the upload: a variable that holds the module."""
    lines = []
    for number, binding in enumerate(version.bindings):
        if binding["type"] in _PART_BINDINGS:
            lines.append(f"import part{number} from {json.dumps('../' + names[binding['part']])};")
            lines.append(f"{holder}[{json.dumps(binding['name'])}] = part{number};")
    if lines and holder == "env":
        lines.insert(0, "import { env } from 'cloudflare:workers';")
    return lines


def in_words_of_script(message: str, main: str) -> str:
    """An error message with the names that the script knows: without the frames of what is generated around it."""
    lines = [line for line in message.splitlines() if "at __edge/" not in line]
    return "\n".join(lines).replace(_SERVICE_WORKER, main)


def _variables(version: Version) -> Iterable[tuple[str, Any]]:
    for binding in version.bindings:
        name = binding["name"]
        match binding["type"]:
            case "plain_text" | "secret_text":
                yield name, binding["text"]
            case "json":
                yield name, binding["json"]
            case "version_metadata":
                tag = version.config["annotations"].get("workers/tag", "")
                yield name, {"id": version.id, "tag": tag, "timestamp": version.created_on}


def _services(bindings: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for binding in bindings:
        if binding["type"] == "service":
            entrypoint = binding.get("entrypoint")
            yield {"name": binding["name"], "service": binding["service"], "entrypoint": entrypoint}


def _resources(bindings: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for binding in bindings:
        name = binding["name"]
        match binding["type"]:
            case "kv_namespace":
                yield {"name": name, "kind": "kv", "path": f"/kv/{binding['namespace_id']}"}
            case "r2_bucket":
                yield {
                    "name": name,
                    "kind": "r2",
                    "path": f"/r2/{quote(binding['bucket_name'], safe='')}",
                }
            case "analytics_engine":
                path = f"/analytics/{quote(binding['dataset'], safe='')}"
                yield {"name": name, "kind": "analytics", "path": path}
            case "dispatch_namespace":
                yield {
                    "name": name,
                    "kind": "dispatch",
                    "namespace": binding["namespace"],
                    "outbound": _outbound(binding),
                }


def _outbound(binding: dict[str, Any]) -> dict[str, Any] | None:
    outbound = binding.get("outbound") or {}
    worker = outbound.get("worker") or {}
    if not worker.get("service"):
        return None
    parameters = [parameter["name"] for parameter in outbound.get("params") or []]
    return {
        "service": worker["service"],
        "entrypoint": worker.get("entrypoint"),
        "parameters": parameters,
    }
