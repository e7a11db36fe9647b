"""What an account holds, as plain values that tests set up and read."""

import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from support.calls import ACCOUNT
from support.storage import Stored

__all__ = ["ES_MODULE", "Account", "Binding", "KVNamespace", "Module", "Pair", "Script", "Stored", "Zone"]  # fmt: skip

Binding = Mapping[str, Any]
_BEGIN: Final = datetime(2026, 1, 31, tzinfo=UTC)
ES_MODULE: Final = "application/javascript+module"


@dataclass(frozen=True)
class Module:
    """One module of a script."""

    data: bytes
    content_type: str = ES_MODULE


@dataclass
class Script:
    """A script as uploaded: its modules by name, and the upload's metadata."""

    modules: dict[str, Module]
    metadata: dict[str, Any]
    modified: str = ""

    @classmethod
    def of(
        cls, text: str, *, tags: Sequence[str] = (), bindings: Sequence[Binding] = ()
    ) -> "Script":
        """A script of one module."""
        metadata = {"main_module": "worker.js", "tags": list(tags), "bindings": list(bindings)}
        return cls({"worker.js": Module(text.encode())}, metadata)

    @property
    def main(self) -> str:
        """The name of the module that is run."""
        return str(self.metadata.get("main_module") or self.metadata.get("body_part"))

    @property
    def text(self) -> str:
        """All modules, the main one first."""
        names = sorted(self.modules, key=lambda name: name != self.main)
        return "\n".join(self.modules[name].data.decode(errors="replace") for name in names)

    @property
    def tags(self) -> list[str]:
        return list(self.metadata.get("tags") or ())

    @property
    def bindings(self) -> dict[str, Binding]:
        """By name, in the order of their names, as the API shows them."""
        listed = self.metadata.get("bindings") or ()
        return {b["name"]: b for b in sorted(listed, key=lambda b: str(b["name"]))}


@dataclass(frozen=True)
class Pair:
    """A KV value, and the metadata that a listing shows (None: it has none)."""

    value: str
    metadata: Any = None


@dataclass
class KVNamespace:
    """A KV namespace."""

    title: str
    pairs: dict[str, Pair] = field(default_factory=dict)


@dataclass
class Zone:
    """A zone: its domain, and its routes as pattern → account script (None: Workers are off there)."""

    name: str
    routes: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Account:
    """An account. ``page_size``: the most that a page with a cursor holds, whatever ``limit`` asks for."""

    account_id: str = ACCOUNT
    account_name: str = "Code24"
    page_size: int = 1000
    zones: dict[str, Zone] = field(default_factory=dict)  # by id
    account_scripts: dict[str, Script] = field(default_factory=dict)
    scripts: dict[str, dict[str, Script]] = field(default_factory=dict)  # by dispatch namespace
    trusted: set[str] = field(default_factory=set)  # dispatch namespaces
    kv: dict[str, KVNamespace] = field(default_factory=dict)  # by id
    buckets: dict[str, dict[str, Stored]] = field(default_factory=dict)
    changes: int = 0

    def now(self) -> str:
        """The time of a change; a minute passes between two of them."""
        self.changes += 1
        return f"{_BEGIN + timedelta(minutes=self.changes):%Y-%m-%dT%H:%M:%S.%fZ}"

    def resemble(self, other: "Account") -> None:
        """Hold what another account holds."""
        for name in ("zones", "account_scripts", "scripts", "kv", "buckets", "changes"):
            setattr(self, name, copy.deepcopy(getattr(other, name)))

    def kv_titled(self, title: str) -> KVNamespace:
        """The KV namespace with a title. Raises KeyError."""
        return self.kv[self.kv_id(title)]

    def kv_id(self, title: str) -> str:
        """The id of the KV namespace with a title. Raises KeyError."""
        for identifier, namespace in self.kv.items():
            if namespace.title == title:
                return identifier
        raise KeyError(title)

    def bound_to(self, **target: str) -> list[str]:
        """The scripts with a binding that has these fields, e.g. ``namespace_id=…``."""
        return sorted(
            name
            for name, script in self._all_scripts()
            if any(target.items() <= binding.items() for binding in script.bindings.values())
        )

    def _all_scripts(self) -> Iterator[tuple[str, Script]]:
        yield from self.account_scripts.items()
        for scripts in self.scripts.values():
            yield from scripts.items()


def identifier(*parts: str) -> str:
    """The 32 hex digits that name a thing with these names."""
    return hashlib.md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest()
