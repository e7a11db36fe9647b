"""What a script consists of: code, bindings, secrets and limits, and the hash that names a version of it. Pure."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from workers_operator.domain import names
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits

# One binding as an upload's metadata states it, e.g. {"type": "plain_text", "name": "GREETING", "text": "hello"}.
Binding = Mapping[str, Any]


_MAX_SEARCHED: Final = 4 * 1024 * 1024  # bytes of a script that are searched for a mistake
# A statement, as far as a line tells it.
_EXPORT: Final = re.compile(rb"^[ \t]*export\b|[;}][ \t]*export\b", re.MULTILINE)
_MODULE_SYNTAX: Final = re.compile(
    rb"^[ \t]*(export\b|import\b[^(.\n])|[;}][ \t]*export\b", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a script: name, content type at upload, bytes."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Code:
    """A script: its modules, the main one, and the runtime it requires.

    ``origin`` tells users where it came from, e.g. ``template/brand`` or ``ConfigMap/shop:worker.js``.
    ``service_worker``: it calls addEventListener; its other modules become variables of the same name. ``left_out``:
    files and settings beside it that do not take effect. ``asks``: (name, type in the API) of bindings that it expects.
    """

    origin: str
    main: str
    modules: tuple[Module, ...]
    compatibility_date: str | None = None
    compatibility_flags: tuple[str, ...] = ()
    service_worker: bool = False
    left_out: tuple[str, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()

    @cached_property
    def digest(self) -> str:
        """``sha256:…`` of the script; of several modules over names, types and bytes, sorted by name."""
        if len(self.modules) == 1:
            return names.digest(self.modules[0].data)
        found = hashlib.sha256()
        for part in self._parts():
            found.update(len(part).to_bytes(8, "big"))
            found.update(part)
        return f"sha256:{found.hexdigest()}"

    def _parts(self) -> Iterator[bytes]:
        yield self.main.encode()
        for module in sorted(self.modules, key=lambda m: m.name):
            yield from (module.name.encode(), module.content_type.encode(), module.data)

    @property
    def revision(self) -> str:
        """Eight hex digits over the content and the runtime it requires."""
        shape = [(m.name, m.content_type) for m in sorted(self.modules, key=lambda m: m.name)]
        runtime = [self.compatibility_date, list(self.compatibility_flags), self.service_worker]
        return names.short_hash(_canonical([self.digest, self.main, shape, runtime]))

    @property
    def size(self) -> int:
        """Size of all modules in bytes."""
        return sum(len(module.data) for module in self.modules)

    def compatible(self, date: str | None, flags: tuple[str, ...]) -> "Code":
        """Return the code with another compatibility date (None: unchanged) and additional flags."""
        changed = replace(
            self,
            compatibility_date=date or self.compatibility_date,
            compatibility_flags=tuple(dict.fromkeys((*self.compatibility_flags, *flags))),
        )
        if "digest" in vars(self):  # the modules are the same, and hashing megabytes takes its time
            vars(changed)["digest"] = self.digest
        return changed


def advice(code: Code) -> str | None:
    """Return what to change in a script that was rejected, if its text is of another kind than it is said to be."""
    [main] = [module.data for module in code.modules if module.name == code.main] or [b""]
    if len(main) > _MAX_SEARCHED:
        return None
    if code.service_worker:
        said = "the script is deployed as a service worker, and has import or export"
        return f"{said}: set its type to ESModule" if _MODULE_SYNTAX.search(main) else None
    if _EXPORT.search(main):
        return None
    if b"addEventListener" in main:
        said = (
            "the script is deployed as an ES module, and calls addEventListener without an export"
        )
        return f"{said}: set its type to ServiceWorker"
    return "an ES module needs a default export with handlers, e.g. export default { fetch(request) { … } }"


@dataclass(frozen=True)
class Version:
    """What identifies a version, without its content. The hash is part of the uploaded script's name.

    ``secrets``: (name, keyed fingerprint of the value), sorted by name. ``trusted``: a script gets what its namespace
    trusts it with when it is uploaded.
    """

    revision: str
    bindings: tuple[Binding, ...]
    secrets: tuple[tuple[str, str], ...] = ()
    limits: Limits = NO_LIMITS
    trusted: bool = False

    @cached_property
    def hash(self) -> str:
        """Eight hex digits over code, bindings, secrets, limits and trust: equal content, equal name."""
        content: dict[str, object] = {
            "revision": self.revision,
            "bindings": sorted(self.bindings, key=lambda b: str(b["name"])),
            "secrets": self.secrets,
            "limits": [self.limits.cpu_ms, self.limits.sub_requests],
        }
        if self.trusted:
            content["trusted"] = True
        return names.short_hash(_canonical(content))


class Sealed:
    """The value of a secret: revealed on request only, never in a representation."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value."""
        return self._value

    def __repr__(self) -> str:
        return "Sealed()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True)
class Content:
    """Everything that an upload sends.

    ``log_sampling``: the percentage of invocations that Cloudflare keeps logs of; None says nothing of logs. It is no
    part of a version: the same content serves, however much of it is logged.
    """

    code: Code
    bindings: tuple[Binding, ...]
    secrets: Mapping[str, Sealed] = field(default_factory=dict)
    limits: Limits = NO_LIMITS
    log_sampling: int | None = None


def config_binding(config: Mapping[str, object]) -> Binding:
    """Return CONFIG, the JSON binding that passes parameters and customer to the script."""
    return {"type": "json", "name": "CONFIG", "json": config}


def var_bindings(variables: Mapping[str, str]) -> tuple[Binding, ...]:
    """Return plain-text bindings, sorted by name as Cloudflare returns them."""
    return tuple(
        {"type": "plain_text", "name": name, "text": variables[name]} for name in sorted(variables)
    )


def etag_of(data: bytes) -> str:
    """Return the etag that R2 gives an object written in one piece: the MD5 of its content."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
