"""Versions of templates, each kept whole in a ControllerRevision, so that it outlives a change of its source.

The API server refuses changes of a ControllerRevision's data; after reading, the hash in its name is verified.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Protocol

from pydantic import ValidationError

from workers_operator.domain import names
from workers_operator.domain.content import Code, Module
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.offload import AT_ONCE, off_loop
from workers_operator.kube.errors import KubeNotFound
from workers_operator.resources import API_VERSION, GROUP, ObjectMeta, TemplateDefaultsSpec
from workers_operator.sources import templates
from workers_operator.sources.cache import SourceCache
from workers_operator.sources.loading import YAML_WORK, Loaded
from workers_operator.sources.manifest import Kind
from workers_operator.sources.resolve import MODULE_TYPES, assembled

LABEL: Final = f"{GROUP}/template"
# etcd takes 1.5 MiB; well compressible data may be larger, within a limit against bombs.
MAX_DATA: Final = 1_000_000
MAX_CODE: Final = 8 * 1024 * 1024
_MISSING_SECONDS: Final = 10.0
_MAX_NAME: Final = 200


@dataclass(frozen=True)
class TemplateVersion:
    """A template's code, its package, if any, and defaults. ``worker_kind``: kind of its followers."""

    worker_kind: str
    loaded: Loaded
    defaults: TemplateDefaultsSpec

    @cached_property
    def hash(self) -> str:
        """Eight hex digits of a hash over the content: equal content, equal name."""
        template = self.loaded.template
        manifest = names.digest(template.manifest) if template is not None else ""
        content = [
            self.worker_kind,
            self.loaded.code.revision,
            manifest,
            self.defaults.model_dump(),
        ]
        return names.short_hash(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())


class RevisionReader(Protocol):
    """Reads ControllerRevisions: ``kube.client.KubeClient``."""

    async def get_revision(self, namespace: str, name: str) -> dict[str, Any]:
        """Return a ControllerRevision. Raises KubeError."""


class TemplateVersions:
    """Reads versions of templates, each once for all followers. ``namespace``: where those of cluster templates are."""

    def __init__(self, client: RevisionReader, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._cache: SourceCache[TemplateVersion] = SourceCache(lambda v: v.loaded.weight)

    def namespace_of(self, template: ObjectKey) -> str:
        """Return the namespace of a template's versions."""
        return template.namespace or self._namespace

    async def get(self, template: ObjectKey, uid: str, version: str) -> TemplateVersion:
        """Return a version. Raises Waiting if it is missing, Stalled if its hash is wrong, KubeError."""
        return await self._cache.get((uid, version), lambda: self._read(template, uid, version))

    async def _read(self, template: ObjectKey, uid: str, version: str) -> TemplateVersion:
        name = revision_name(template, uid, version)
        try:
            found = await self._client.get_revision(self.namespace_of(template), name)
        except KubeNotFound:
            message = f"{template} has no ControllerRevision {name} of version {version}"
            reason = FleetReason.WORKER_TEMPLATE_NOT_READY
            raise Waiting(reason, message, after=_MISSING_SECONDS) from None
        data = found.get("data")
        read = await off_loop(_work(data), _decoded, data, template)
        if read is None or read.hash != version:
            message = f"ControllerRevision {name} does not hold version {version} of {template}; delete it"
            raise Stalled(FleetReason.WORKER_TEMPLATE_MISMATCH, message)
        return read


def revision_name(template: ObjectKey, uid: str, version: str) -> str:
    """Return the name of a version's ControllerRevision; a recreated template has others."""
    return f"{template.name[:_MAX_NAME]}-{names.short_hash(uid.encode())}-{version}"


def revision(
    template: ObjectKey, metadata: ObjectMeta, version: TemplateVersion
) -> Mapping[str, Any]:
    """Return the ControllerRevision of a version, owned by its template. Raises Stalled if it is too large."""
    uid = metadata.uid
    if version.loaded.code.size > MAX_CODE:
        raise _too_large(version.loaded.code.size, MAX_CODE, "")
    data = _encoded(version)
    if (size := len(json.dumps(data))) > MAX_DATA:
        raise _too_large(size, MAX_DATA, ", compressed")
    owner = {
        "apiVersion": API_VERSION,
        "kind": template.kind,
        "name": template.name,
        "uid": uid,
        "controller": True,
    }
    about = {
        "name": revision_name(template, uid, version.hash),
        "labels": {LABEL: label_value(uid)},
        "ownerReferences": [owner],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": about,
        "data": data,
        "revision": metadata.generation,
    }


def _too_large(size: int, most: int, how: str) -> Stalled:
    message = f"the code has {size} bytes{how}; a version of a template has at most {most}"
    return Stalled(FleetReason.TEMPLATE_TOO_LARGE, message)


def label_value(uid: str) -> str:
    """Return the label value of a template's versions."""
    return uid[:63]


def _encoded(version: TemplateVersion) -> Mapping[str, Any]:
    code, template = version.loaded.code, version.loaded.template
    package = None
    if template is not None:
        package = {
            "kind": template.kind,
            "name": template.name,
            "manifest": _text(template.manifest),
        }
    return {
        "workerKind": version.worker_kind,
        "defaults": version.defaults.model_dump(mode="json", by_alias=True, exclude_none=True),
        "package": package,
        "code": {
            "main": code.main,
            "modules": [[m.name, m.content_type, _text(m.data)] for m in code.modules],
            "date": code.compatibility_date,
            "flags": list(code.compatibility_flags),
            "serviceWorker": code.service_worker,
            "leftOut": list(code.left_out),
            "asks": [list(one) for one in code.asks],
        },
    }


class _TooLarge(ValueError):
    """Texts unpack to more than they may."""


class _Unpacker:
    """Unpack texts, at most ``most`` bytes in total."""

    def __init__(self, most: int) -> None:
        self._left = most

    def bytes(self, text: str) -> bytes:
        """Unpack a text. Raises ValueError if it is malformed or too large."""
        packed, unpacker = base64.b64decode(text, validate=True), zlib.decompressobj()
        found = unpacker.decompress(packed, self._left + 1)
        self._left -= len(found)
        if self._left < 0:
            raise _TooLarge
        return found


def _work(data: Any) -> int:
    """Return how many bytes have to be looked at to decode a ControllerRevision, at least if they are many.

    Whoever may write in its namespace may have written it: few bytes may unpack to many.
    """
    unpacker = _Unpacker(AT_ONCE)
    try:
        code = sum(len(unpacker.bytes(text)) for _, _, text in data["code"]["modules"])
        package = data["package"]
        manifest = len(unpacker.bytes(package["manifest"])) if package is not None else 0
    except _TooLarge:
        return MAX_CODE
    except (KeyError, TypeError, ValueError, zlib.error):
        return 0  # to decode it fails as soon
    return max(len(str(data)), code + YAML_WORK * manifest)


def _decoded(data: Any, template: ObjectKey) -> TemplateVersion | None:
    """Decode a ControllerRevision; return None if it is not a template version."""
    unpacker = _Unpacker(MAX_CODE)
    try:
        about = data["code"]
        origin, is_service_worker = f"{template.kind}/{template.name}", bool(about["serviceWorker"])
        modules = [Module(str(n), str(k), unpacker.bytes(text)) for n, k, text in about["modules"]]
        if any(module.content_type not in MODULE_TYPES for module in modules):
            return None
        code = replace(
            assembled(origin, str(about["main"]), modules, is_service_worker),
            compatibility_date=None if about["date"] is None else str(about["date"]),
            compatibility_flags=tuple(map(str, about["flags"])),
            left_out=tuple(map(str, about["leftOut"])),
            asks=tuple((str(name), str(kind)) for name, kind in about["asks"]),
        )
        _ = code.digest  # computed once, and kept
        defaults = TemplateDefaultsSpec.model_validate(data["defaults"])
        loaded = Loaded(code, _package(data["package"], code, unpacker))
        return TemplateVersion(str(data["workerKind"]), loaded, defaults)
    except (KeyError, TypeError, ValueError, ValidationError, Stalled, zlib.error):
        return None


def _package(about: Any, code: Code, unpacker: _Unpacker) -> templates.Template | None:
    if about is None:
        return None
    kind: Kind = "elite" if about["kind"] == "elite" else "customer"
    main = {m.name: m.data for m in code.modules}[code.main]
    manifest = unpacker.bytes(about["manifest"])
    found = templates.parse(
        kind, str(about["name"]), manifest=manifest, script=main, origin=code.origin
    )
    return replace(found, code=code)


def _text(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, level=9)).decode()
