"""Bindings of an upload: what is inherited from the version before, and what may not be bound at all."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

from local_edge.api.envelope import ApiError

Binding = dict[str, Any]

SECRETS = ("secret_text",)
_MAX_BINDINGS = 128
_MAX_TEXT = 5 * 1024
_MAX_NAME = 255
_REQUIRED = {
    "analytics_engine": ("dataset",),
    "data_blob": ("part",),
    "dispatch_namespace": ("namespace",),
    "json": ("json",),
    "kv_namespace": ("namespace_id",),
    "plain_text": ("text",),
    "r2_bucket": ("bucket_name",),
    "secret_text": ("text",),
    "service": ("service",),
    "text_blob": ("part",),
    "version_metadata": (),
    "wasm_module": ("part",),
}
"""The kinds that exist here, and the fields that each needs."""
_SHOWN = {
    "dispatch_namespace": ("namespace", "outbound"),
    "r2_bucket": ("bucket_name", "jurisdiction"),
    "secret_text": (),
    "service": ("service", "entrypoint", "environment"),
}
"""Fields that an answer shows, where it is not just the required ones."""


class Targets(Protocol):
    """Does the thing exist that a binding names?"""

    def kv_namespace(self, namespace_id: str) -> bool: ...
    def r2_bucket(self, name: str) -> bool: ...
    def dispatch_namespace(self, name: str) -> bool: ...
    def account_script(self, name: str) -> bool: ...


def resolve(
    wanted: list[Binding], *, previous: Iterable[Binding], keep: Iterable[str], strict: bool
) -> list[Binding]:
    """The full list, sorted by name: `inherit` replaced by the previous binding, kinds in `keep` carried over.

    A binding without any value means the one of the same name and type, too: it is how clients send back what stays.
    `strict` makes an inherit that finds nothing an error (10057); otherwise it is dropped.
    """
    before = {binding["name"]: binding for binding in previous}
    result: dict[str, Binding] = {}
    for binding in wanted:
        name = _name_of(binding)
        if name in result:
            raise ApiError(400, 10053, f"Binding name '{name}' is used more than once.")
        if binding["type"] != "inherit":
            result[name] = _with_value(binding, before.get(name))
            continue
        found = before.get(binding.get("old_name") or name)
        if found is not None:
            result[name] = {**found, "name": name}
        elif strict:
            raise ApiError(
                400, 10057, f"Binding '{name}' cannot be inherited: the previous version has none."
            )
    kinds = set(keep)
    for name, binding in before.items():
        if binding["type"] in kinds:
            result.setdefault(name, binding)
    return [result[name] for name in sorted(result)]


def check(bindings: list[Binding], *, parts: Iterable[str], targets: Targets) -> None:
    """Raises the error that the API gives for the first binding that does not hold."""
    if len(bindings) > _MAX_BINDINGS:
        raise ApiError(400, 10055, f"Too many bindings: {len(bindings)} of {_MAX_BINDINGS}.")
    names = Counter(binding["name"] for binding in bindings)
    for name, count in names.items():
        if count > 1:
            raise ApiError(400, 10053, f"Binding name '{name}' is used more than once.")
    available = set(parts)
    for binding in bindings:
        _check_shape(binding)
        _check_target(binding, available, targets)


def shown(bindings: list[Binding]) -> list[Binding]:
    """As answers show them: without the text of secrets."""
    return [
        {
            "name": binding["name"],
            "type": binding["type"],
            **{
                field: binding[field]
                for field in _SHOWN.get(binding["type"], _REQUIRED[binding["type"]])
                if binding.get(field) is not None
            },
        }
        for binding in bindings
    ]


def _name_of(binding: object) -> str:
    if not isinstance(binding, dict) or not isinstance(binding.get("type"), str):
        raise ApiError(400, 10021, "Each binding must be an object with a name and a type.")
    name = binding.get("name")
    if not isinstance(name, str) or not name:
        raise ApiError(400, 10052, f"A binding of type '{binding['type']}' has no name.")
    if len(name.encode()) > _MAX_NAME:
        raise ApiError(400, 10100, f"Binding name '{name[:40]}…' is longer than {_MAX_NAME} bytes.")
    return name


def _with_value(binding: Binding, previous: Binding | None) -> Binding:
    is_bare = binding.keys() == {"name", "type"}
    if is_bare and previous is not None and previous["type"] == binding["type"]:
        return previous
    return binding


def _check_shape(binding: Binding) -> None:
    kind, name = binding["type"], binding["name"]
    required = _REQUIRED.get(kind)
    if required is None:
        raise ApiError(
            400, 10021, f"Binding '{name}' is of type '{kind}', which the local edge does not have."
        )
    for field in required:
        if field not in binding or (field != "json" and not isinstance(binding[field], str)):
            raise ApiError(
                400, 10021, f"Binding '{name}' of type '{kind}' needs the field '{field}'."
            )
    if len(str(binding.get("text", "")).encode()) > _MAX_TEXT:
        raise ApiError(400, 10054, f"Binding '{name}' is larger than {_MAX_TEXT // 1024} kB.")


def _check_target(binding: Binding, parts: set[str], targets: Targets) -> None:
    name = binding["name"]
    match binding["type"]:
        case "kv_namespace" if not targets.kv_namespace(binding["namespace_id"]):
            text = f"KV namespace '{binding['namespace_id']}' not found."
            raise ApiError(400, 10041, text)
        case "r2_bucket" if not targets.r2_bucket(binding["bucket_name"]):
            raise ApiError(404, 10006, f"R2 bucket '{binding['bucket_name']}' not found.")
        case "dispatch_namespace":
            _check_dispatch(binding, targets)
        case "service":
            _check_service(name, binding["service"], binding.get("entrypoint"), targets)
        case "wasm_module" | "text_blob" | "data_blob" if binding["part"] not in parts:
            text = (
                f"Binding '{name}' names the part '{binding['part']}', which is not in the upload."
            )
            raise ApiError(400, 10021, text)


def _check_dispatch(binding: Binding, targets: Targets) -> None:
    if not targets.dispatch_namespace(binding["namespace"]):
        text = f"Dispatch namespace '{binding['namespace']}' not found."
        raise ApiError(400, 100119, text)
    worker = (binding.get("outbound") or {}).get("worker") or {}
    if worker.get("service"):
        _check_service(binding["name"], worker["service"], worker.get("entrypoint"), targets)


def _check_service(name: str, service: str, entrypoint: str | None, targets: Targets) -> None:
    if not targets.account_script(service):
        raise ApiError(
            400, 10143, f"Binding '{name}' references the Worker '{service}', which was not found."
        )
    if entrypoint and entrypoint.startswith("__Edge"):
        raise ApiError(400, 10144, f"Binding '{name}': entrypoint '{entrypoint}' is reserved.")
