"""Argo CD's view of an object: runs the Lua of manifests/argocd as Argo CD runs it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from lupa import lua51

_FOLDER: Final = Path(__file__).parents[2] / "manifests" / "argocd" / "workers.code24.dev"
# What Argo CD's interpreter lacks (it opens base, table, package, and of os date and time).
_LOCKED: Final = """
for _, name in ipairs({"string", "math", "io", "debug", "coroutine", "dofile", "loadfile", "print", "python"}) do
  _G[name], package.loaded[name] = nil, nil
end
os = {date = os.date, time = os.time}
package.loaded.os = os
"""


def health(obj: Mapping[str, Any]) -> tuple[str, str]:
    """(health, message) of an object."""
    found = _run(_FOLDER / obj["kind"] / "health.lua", obj)
    return found["status"], found["message"]


def actions(obj: Mapping[str, Any]) -> set[str]:
    """The actions that are offered."""
    found = _run(_FOLDER / obj["kind"] / "actions" / "discovery.lua", obj)
    return {str(name) for name, action in found.items() if not action["disabled"]}


def annotations_after(obj: Mapping[str, Any], action: str) -> Mapping[str, str]:
    """An object's annotations after an action."""
    found = _run(_FOLDER / obj["kind"] / "actions" / action / "action.lua", obj)
    return {str(name): str(value) for name, value in found["metadata"]["annotations"].items()}


def _run(script: Path, obj: Mapping[str, Any]) -> Any:
    lua = lua51.LuaRuntime(register_eval=False)
    lua.execute(_LOCKED)
    lua.globals()["obj"] = lua.table_from(json.loads(json.dumps(obj)), recursive=True)
    return lua.execute(script.read_text())
