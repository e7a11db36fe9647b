"""The bindings of an upload: inheritance from the previous version, and checks."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Protocol

from local_edge.api.envelope import ApiError
from local_edge.jsontypes import Json, JsonObject, text_at
from local_edge.storage.versions import ScriptBinding

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
"""The supported types, and the required fields of each."""
_SHOWN = {
    "dispatch_namespace": ("namespace", "outbound"),
    "r2_bucket": ("bucket_name", "jurisdiction"),
    "secret_text": (),
    "service": ("service", "entrypoint", "environment"),
}
"""The fields shown in responses, where they differ from the required ones."""


class Targets(Protocol):
    """Tells whether the target of a binding exists."""

    def kv_namespace(self, namespace_id: str) -> bool: ...
    def r2_bucket(self, name: str) -> bool: ...
    def dispatch_namespace(self, name: str) -> bool: ...
    def account_script(self, name: str) -> bool: ...


def resolve(
    wanted: Iterable[Json],
    *,
    earlier: Callable[[str], list[ScriptBinding]],
    keep: Collection[Json],
    strict: bool,
) -> list[ScriptBinding]:
    """Parse the bindings of an upload and add inherited ones; return them sorted by name.

    `earlier` returns the bindings of an earlier version by its id; `latest` is the previous one. A binding of type
    `inherit` is replaced by the binding of the version that it names, by default the previous one. A binding without
    fields stands for the previous one of the same name and type, because clients send back unchanged secrets like
    this. All previous bindings whose type is in `keep` are added. With `strict`, an `inherit` without a binding is an
    error (10057); otherwise it is dropped.
    """
    before = {binding.name: binding for binding in earlier("latest")}
    result: dict[str, ScriptBinding] = {}
    for document in wanted:
        binding = parsed(document)
        name = binding.name
        if name in result:
            raise ApiError(400, 10053, f"Binding name '{name}' is used more than once.")
        if binding.type != "inherit":
            result[name] = _with_value(binding, before.get(name))
            continue
        source = text_at(binding.fields, "old_name") or name
        version = text_at(binding.fields, "version_id")
        bindings = {b.name: b for b in earlier(version)} if version else before
        found = bindings.get(source)
        if found is not None:
            result[name] = replace(found, name=name)
        elif strict:
            raise ApiError(
                400, 10057, f"Binding '{name}' cannot be inherited: the previous version has none."
            )
    for name, binding in before.items():
        if binding.type in keep:
            result.setdefault(name, binding)
    return [result[name] for name in sorted(result)]


def check(bindings: list[ScriptBinding], *, parts: Iterable[str], targets: Targets) -> None:
    """Raise the API's error for the first invalid binding."""
    if len(bindings) > _MAX_BINDINGS:
        raise ApiError(400, 10055, f"Too many bindings: {len(bindings)} of {_MAX_BINDINGS}.")
    names = Counter(binding.name for binding in bindings)
    for name, count in names.items():
        if count > 1:
            raise ApiError(400, 10053, f"Binding name '{name}' is used more than once.")
    available = set(parts)
    for binding in bindings:
        _check_fields(binding)
        _check_target(binding, available, targets)


def shown(bindings: Iterable[ScriptBinding]) -> list[JsonObject]:
    """Return the bindings as shown in responses, without the values of secrets."""
    return [
        {
            "name": binding.name,
            "type": binding.type,
            **{
                field: binding.fields[field]
                for field in _SHOWN.get(binding.type, _REQUIRED[binding.type])
                if binding.fields.get(field) is not None
            },
        }
        for binding in bindings
    ]


def parsed(document: Json) -> ScriptBinding:
    """Read a binding. Raises ApiError 10021, 10052 or 10100 for a wrong one."""
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        raise ApiError(400, 10021, "Each binding must be an object with a name and a type.")
    name = document.get("name")
    if not isinstance(name, str) or not name:
        raise ApiError(400, 10052, f"A binding of type '{document['type']}' has no name.")
    if len(name.encode()) > _MAX_NAME:
        raise ApiError(400, 10100, f"Binding name '{name[:40]}…' is longer than {_MAX_NAME} bytes.")
    return ScriptBinding.parse(document)


def _with_value(binding: ScriptBinding, previous: ScriptBinding | None) -> ScriptBinding:
    if not binding.fields and previous is not None and previous.type == binding.type:
        return previous
    return binding


def _check_fields(binding: ScriptBinding) -> None:
    kind, name, fields = binding.type, binding.name, binding.fields
    required = _REQUIRED.get(kind)
    if required is None:
        text = f"Binding '{name}' has the type '{kind}', which the local edge does not have."
        raise ApiError(400, 10021, text)
    for field in required:
        if field not in fields or (field != "json" and not isinstance(fields[field], str)):
            raise ApiError(
                400, 10021, f"Binding '{name}' of type '{kind}' needs the field '{field}'."
            )
    value = fields.get("text", "")
    if kind == "json":
        value = json.dumps(fields["json"], ensure_ascii=False, separators=(",", ":"))
    if len(str(value).encode(errors="surrogatepass")) > _MAX_TEXT:
        raise ApiError(400, 10054, f"Binding '{name}' is larger than {_MAX_TEXT // 1024} kB.")


def _check_target(binding: ScriptBinding, parts: set[str], targets: Targets) -> None:
    match binding.type:
        case "kv_namespace":
            namespace = binding.text("namespace_id")
            if not targets.kv_namespace(namespace):
                raise ApiError(400, 10041, f"KV namespace '{namespace}' not found.")
        case "r2_bucket":
            bucket = binding.text("bucket_name")
            if not targets.r2_bucket(bucket):
                raise ApiError(404, 10006, f"R2 bucket '{bucket}' not found.")
        case "dispatch_namespace":
            namespace = binding.text("namespace")
            if not targets.dispatch_namespace(namespace):
                raise ApiError(400, 100119, f"Dispatch namespace '{namespace}' not found.")
            if outbound := binding.outbound:
                _check_service(binding.name, outbound.service, outbound.entrypoint, targets)
        case "service":
            _check_service(binding.name, binding.text("service"), binding.entrypoint, targets)
        case "wasm_module" | "text_blob" | "data_blob":
            part = binding.text("part")
            if part not in parts:
                text = (
                    f"Binding '{binding.name}' names the part '{part}', which is not in the upload."
                )
                raise ApiError(400, 10021, text)


def _check_service(name: str, service: str, entrypoint: str | None, targets: Targets) -> None:
    if not targets.account_script(service):
        raise ApiError(
            400, 10143, f"Binding '{name}' references the Worker '{service}', which was not found."
        )
    if entrypoint and entrypoint.startswith("__Edge"):
        raise ApiError(400, 10144, f"Binding '{name}': entrypoint '{entrypoint}' is reserved.")
