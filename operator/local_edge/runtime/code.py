"""Build the code of a version for the host: its modules, variables, and the targets of its bindings.

The generated main module evaluates first the shim, then the bindings that refer to a part of the upload, then the
script; see js/shim/environment.js.
"""

import base64
import json
import posixpath
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from local_edge.jsontypes import Json
from local_edge.storage.kv import kv_path
from local_edge.storage.r2 import r2_path
from local_edge.storage.versions import ScriptBinding, ScriptModule, ScriptVersion

_SERVICE_WORKER = "__edge_script.cjs"
_BINARY = frozenset(("data", "wasm"))
_PART_BINDINGS = {"wasm_module", "text_blob", "data_blob"}


@dataclass(frozen=True)
class Owner:
    """The script that a version belongs to, as far as its code depends on it."""

    namespace_id: str
    trusted: bool
    script: str = ""

    @property
    def cache_scope(self) -> str:
        """The caches that the script sees: shared ones, or its own if it belongs to an untrusted namespace."""
        return "" if self.trusted else f"{self.namespace_id}/{self.script}"


ACCOUNT_OWNER = Owner(namespace_id="", trusted=True)


def code_of(version: ScriptVersion, owner: Owner, *, newest_date: str) -> dict[str, object]:
    """Return the code of a version, as JSON.

    `newest_date` is the newest compatibility date that workerd supports; it replaces newer ones.
    """
    config = version.config
    names = _names(module.name for module in version.modules)
    main = names[config.main]
    modules = {names[m.name]: _module(m) for m in version.modules}
    if config.syntax == "service-worker":
        modules[_SERVICE_WORKER] = {"type": "cjs", "text": modules.pop(main)["text"]}
        generated = _service_worker_main(version, names)
    else:
        generated = _module_main(version, names, main)
    return {
        "main": generated,
        "modules": modules,
        "compatibilityDate": min(
            config.compatibility_date or DEFAULT_COMPATIBILITY_DATE, newest_date
        ),
        "compatibilityFlags": config.compatibility_flags,
        "serviceWorker": config.syntax == "service-worker",
        "variables": dict(_variables(version)),
        "services": list(_services(version.bindings)),
        "resources": list(_resources(version.bindings)),
        "cache": {"scope": owner.cache_scope, "default": owner.cache_scope == ""},
    }


DEFAULT_COMPATIBILITY_DATE = "2021-11-02"
"""Cloudflare's default."""


def _names(names: Iterable[str]) -> dict[str, str]:
    """Map module names to names below a root that `../` does not leave, as the loader requires."""
    cleaned = {name: posixpath.normpath(name) for name in names}
    depth = max((name.count("../") for name in cleaned.values()), default=0)
    root = "/".join(["bundle"] * depth)
    return {
        name: posixpath.normpath(posixpath.join(root, clean)) for name, clean in cleaned.items()
    }


def _module(module: ScriptModule) -> dict[str, str]:
    if module.type in _BINARY:
        return {"type": module.type, "base64": base64.b64encode(module.data).decode()}
    return {"type": module.type, "text": module.data.decode()}


def _module_main(version: ScriptVersion, names: dict[str, str], main: str) -> str:
    path = json.dumps(f"../{main}")
    return "\n".join(
        [
            "import { describe, __EdgeControl } from './environment.js';",
            *_parts(version, names, "env"),
            f"import * as script from {path};",
            "describe(script);",
            f"export * from {path};",
            "export { __EdgeControl };",
            "export default script.default;" if version.startup.has_default else "",
        ]
    )


def _service_worker_main(version: ScriptVersion, names: dict[str, str]) -> str:
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


def _parts(version: ScriptVersion, names: dict[str, str], holder: str) -> list[str]:
    """Return the code that sets the bindings that refer to a part of the upload."""
    lines = []
    for number, binding in enumerate(version.bindings):
        if binding.type in _PART_BINDINGS:
            lines.append(
                f"import part{number} from {json.dumps('../' + names[binding.text('part')])};"
            )
            lines.append(f"{holder}[{json.dumps(binding.name)}] = part{number};")
    if lines and holder == "env":
        lines.insert(0, "import { env } from 'cloudflare:workers';")
    return lines


def clean_error(message: str, main: str) -> str:
    """Remove the names and stack frames of generated modules from an error message."""
    lines = [line for line in message.splitlines() if "at __edge/" not in line]
    return "\n".join(lines).replace(_SERVICE_WORKER, main)


def _variables(version: ScriptVersion) -> Iterable[tuple[str, Json]]:
    for binding in version.bindings:
        match binding.type:
            case "plain_text" | "secret_text":
                yield binding.name, binding.text("text")
            case "json":
                yield binding.name, binding.fields["json"]
            case "version_metadata":
                tag = version.config.annotations.get("workers/tag", "")
                yield binding.name, {"id": version.id, "tag": tag, "timestamp": version.created_on}


def _services(bindings: list[ScriptBinding]) -> Iterable[dict[str, str | None]]:
    for binding in bindings:
        if binding.type == "service":
            yield {
                "name": binding.name,
                "service": binding.text("service"),
                "entrypoint": binding.entrypoint,
            }


def _resources(bindings: list[ScriptBinding]) -> Iterable[dict[str, object]]:
    for binding in bindings:
        name = binding.name
        match binding.type:
            case "kv_namespace":
                yield {"name": name, "kind": "kv", "path": kv_path(binding.text("namespace_id"))}
            case "r2_bucket":
                yield {"name": name, "kind": "r2", "path": r2_path(binding.text("bucket_name"))}
            case "analytics_engine":
                yield {"name": name, "kind": "analytics", "dataset": binding.text("dataset")}
            case "dispatch_namespace":
                yield {
                    "name": name,
                    "kind": "dispatch",
                    "namespace": binding.text("namespace"),
                    "outbound": binding.outbound and asdict(binding.outbound),
                }
