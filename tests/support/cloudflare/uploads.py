"""An upload of a script: its multipart form read, and refused where the API would refuse it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx

from support.cloudflare.endpoints import Refused
from support.cloudflare.state import Account, Binding, Module, Script

SYNTAX_ERROR: Final = "SyntaxError!"  # a module that has it does not start
_MAX_TAGS: Final = 8
_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")
_BOUNDARY: Final = re.compile(r'multipart/form-data;.*boundary="?([^";]+)"?', re.IGNORECASE)
_PARAMETER: Final = re.compile(r'\b(name|filename)="([^"]*)"')


@dataclass(frozen=True)
class _Part:
    name: str
    filename: str | None
    content_type: str
    data: bytes


def check_name(name: str) -> None:
    """Refuse what can't be a script's name."""
    if not _NAME.fullmatch(name):
        raise Refused(400, 10016, f"Invalid script name '{name}'.")


def read(account: Account, name: str, request: httpx.Request, before: Script | None) -> Script:
    """The script that a request uploads; secrets of the one before stay. Raises Refused.

    ``name``: that of an account script, which may be bound to itself; "" for a script of a namespace.
    """
    parts = list(_parts(request))
    metadata = _metadata(parts)
    modules = {
        p.filename or p.name: Module(p.data, p.content_type) for p in parts if p.name != "metadata"
    }
    script = Script(modules, metadata, account.now())
    if not modules:
        raise Refused(400, 10068, "The uploaded script has no registered event handlers.")
    if script.main not in modules:
        raise Refused(400, 10021, f"No such module: '{script.main}' was not uploaded.")
    if before is not None:
        metadata["bindings"] = _with_secrets(metadata.get("bindings") or [], before)
    _check_tags(metadata.get("tags") or [])
    _check_bindings(account, name, metadata.get("bindings") or [])
    _check_start(script)
    return script


def _parts(request: httpx.Request) -> Iterator[_Part]:
    match = _BOUNDARY.match(request.headers.get("content-type", ""))
    if match is None:
        raise Refused(400, 10001, "Content-Type must be one of: multipart/form-data.")
    _, *others = (b"\r\n" + request.content).split(b"\r\n--" + match[1].encode())
    for part in others:
        if part.startswith(b"--"):
            return
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = httpx.Headers(dict(line.split(b": ", 1) for line in head.split(b"\r\n")))
        names = dict(_PARAMETER.findall(headers["content-disposition"]))
        kind = headers.get("content-type", "application/octet-stream").partition(";")[0]
        yield _Part(names["name"], names.get("filename"), kind.strip().lower(), data)
    raise Refused(400, 10006, "Could not parse your upload: it has no end.")


def _metadata(parts: list[_Part]) -> dict[str, Any]:
    found = next((part.data for part in parts if part.name == "metadata"), b"")
    try:
        metadata = json.loads(found)
    except ValueError:
        raise Refused(400, 10006, "The part 'metadata' is not JSON.") from None
    if not isinstance(metadata, dict):
        raise Refused(400, 10006, "The part 'metadata' is not a JSON object.")
    return metadata


def _with_secrets(bindings: list[Binding], before: Script) -> list[Binding]:
    named = {binding.get("name") for binding in bindings}
    kept = (b for name, b in before.bindings.items() if name not in named)
    return [*bindings, *(b for b in kept if b["type"] == "secret_text")]


def _check_tags(tags: list[str]) -> None:
    if len(set(tags)) > _MAX_TAGS:
        raise Refused(400, 100103, f"A script has at most {_MAX_TAGS} tags, not {len(set(tags))}.")


def _check_bindings(account: Account, itself: str, bindings: list[Binding]) -> None:
    for name, count in Counter(str(binding.get("name") or "") for binding in bindings).items():
        if not name:
            raise Refused(400, 10052, "A binding has no name.")
        if count > 1:
            raise Refused(400, 10053, f"Binding name '{name}' is used more than once.")
    for binding in bindings:
        match binding:
            case {"type": "kv_namespace", "namespace_id": target} if target not in account.kv:
                raise Refused(400, 10041, f"KV namespace '{target}' not found.")
            case {"type": "r2_bucket", "bucket_name": target} if target not in account.buckets:
                raise Refused(404, 10006, f"R2 bucket '{target}' not found.")
            case {"type": "dispatch_namespace", "namespace": target} if (
                target not in account.scripts
            ):
                raise Refused(400, 100119, f"Dispatch namespace '{target}' not found.")
            case {"outbound": {"worker": {"service": target}}} | {
                "type": "service",
                "service": target,
            } if target not in account.account_scripts and target != itself:
                raise Refused(400, 10143, f"The Worker '{target}' was not found.")


def _check_start(script: Script) -> None:
    line = next((line for line in script.text.splitlines() if SYNTAX_ERROR in line), None)
    if line is not None:
        raise Refused(400, 10021, f"Uncaught SyntaxError: {line.strip()}")
