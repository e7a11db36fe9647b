"""The built-in templates in a platform's bucket: which to write, and which were edited and are left alone. Pure.

A ledger in the bucket lists the etags of everything that an operator has written, and by which version of a template.
An object with another etag was edited. An older operator never replaces a newer one's template, so that operators of
several environments can share a bucket.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.content import etag_of
from workers_operator.domain.plan.actions import PutObject
from workers_operator.sources import templates
from workers_operator.sources.manifest import Kind
from workers_operator.sources.templates import ES_MODULE, Template

LEDGER_KEY: Final = f"{names.TEMPLATES_PREFIX}ledger.json"
_KINDS: Final[tuple[Kind, ...]] = ("elite", "customer")
_REMEMBERED: Final = 50  # etags a key
_YAML: Final = "application/yaml"

Name = tuple[Kind, str]
Etags = Mapping[str, str]  # key -> etag, as listed


@dataclass
class Ledger:
    """Key → etags that operators have written; template → version that did so last."""

    etags: dict[str, list[str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def parse(data: bytes) -> "Ledger":
        """Read a ledger; a malformed one is empty, so that everything counts as edited."""
        try:
            found = json.loads(data)
            return Ledger(
                {str(key): [str(etag) for etag in etags] for key, etags in found["etags"].items()},
                {str(name): str(version) for name, version in found["versions"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Ledger()

    def note(self, key: str, etag: str) -> None:
        """Note that an operator is about to write an object."""
        known = self.etags.setdefault(key, [])
        if etag not in known:
            self.etags[key] = [*known, etag][-_REMEMBERED:]

    def data(self) -> bytes:
        """Return the ledger as it is stored."""
        found = {"etags": self.etags, "versions": self.versions}
        return json.dumps(found, sort_keys=True, indent=1).encode()


@dataclass(frozen=True)
class TemplatesPlan:
    """What to write, in order, and the names of the templates that somebody has edited."""

    objects: Sequence[PutObject] = ()
    edited: tuple[str, ...] = ()


def differing(stored: Etags) -> Mapping[Name, Template]:
    """Return the built-in templates that are not stored as they are. Only these need the ledger."""
    ours = {(kind, name): t for kind in _KINDS for name, t in templates.built_in(kind).items()}
    return {
        name: template
        for name, template in ours.items()
        if any(
            stored.get(key) != _etag_of_ours(data)
            for key, (data, _) in _files(name, template).items()
        )
    }


@lru_cache(maxsize=64)  # every pass over every platform compares the same few files
def _etag_of_ours(data: bytes) -> str:
    return etag_of(data)


def plan_templates(
    bucket: str, found: Mapping[Name, Template], stored: Etags, ledger: bytes | None
) -> TemplatesPlan:
    """Return what puts and upgrades differing templates, given the ledger as it is stored (None: there is none)."""
    known = Ledger.parse(ledger if ledger is not None else b"{}")
    edited = {name for name in found if _is_edited(name, stored, known)}
    due = {n: t for n, t in found.items() if n not in edited and _is_due(n, t, stored, known)}
    named = tuple(sorted(f"{kind}/{name}" for kind, name in edited))
    return TemplatesPlan(_objects(bucket, due, stored, known), named)


def _objects(
    bucket: str, due: Mapping[Name, Template], stored: Etags, ledger: Ledger
) -> list[PutObject]:
    """Put the ledger first: what a crash leaves half written is known to be ours. An unchanged one is not written."""
    before = ledger.data()
    for name, template in due.items():
        for key, (data, _) in _files(name, template).items():
            ledger.note(key, etag_of(data))
        ledger.versions["/".join(name)] = template.version
    objects = []
    if due and ledger.data() != before:
        objects.append(PutObject(bucket, LEDGER_KEY, ledger.data(), "application/json"))
    for name, template in due.items():
        objects += [
            PutObject(bucket, key, data, content_type)
            for key, (data, content_type) in _files(name, template).items()
            if stored.get(key) != etag_of(data)
        ]
    return objects


def _files(name: Name, template: Template) -> Mapping[str, tuple[bytes, str]]:
    script, manifest = names.template_keys(*name)
    return {
        script: (template.code.modules[0].data, ES_MODULE),
        manifest: (template.manifest, _YAML),
    }


def _is_edited(name: Name, stored: Etags, ledger: Ledger) -> bool:
    there = {key: stored[key] for key in names.template_keys(*name) if key in stored}
    return any(etag not in ledger.etags.get(key, []) for key, etag in there.items())


def _is_due(name: Name, template: Template, stored: Etags, ledger: Ledger) -> bool:
    """Whether a template is missing, older than ours, or half written. The same version of another build stays."""
    files = _files(name, template)
    if any(key not in stored for key in files):
        return True
    if all(ledger.etags.get(key, [])[-1:] == [etag_of(data)] for key, (data, _) in files.items()):
        return True  # an operator was about to write ours, and something kept it from doing so
    return _ordered(template.version) > _ordered(ledger.versions.get("/".join(name), "0"))


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("-")[0].split("."))
