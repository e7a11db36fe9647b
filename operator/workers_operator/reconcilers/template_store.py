"""The built-in templates in the platform's bucket: put there, upgraded, and left alone where somebody edited them.

A ledger in the bucket remembers the etags of everything that an operator has written, and by which version of the
template. What bears another etag was edited. An older operator never takes a newer one's template back, so operators of
several environments can share a bucket.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator.cloudflare import r2
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.domain import names
from workers_operator.reconcilers.loading import md5
from workers_operator.reconcilers.platforms import Platform
from workers_operator.sources import templates
from workers_operator.sources.manifest import Kind
from workers_operator.sources.templates import ES_MODULE, Template

logger = logging.getLogger(__name__)

LEDGER_KEY: Final = f"{names.TEMPLATES_PREFIX}ledger.json"
_KINDS: Final[tuple[Kind, ...]] = ("elite", "customer")
_REMEMBERED: Final = 50  # etags a key
_YAML: Final = "application/yaml"


@dataclass
class Ledger:
    """Key → etags that operators have written; template → version that did it last."""

    etags: dict[str, list[str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def parse(data: bytes) -> "Ledger":
        """A ledger that can't be read is an empty one: everything counts as edited then."""
        try:
            found: Any = json.loads(data)
            return Ledger(
                {str(key): [str(etag) for etag in etags] for key, etags in found["etags"].items()},
                {str(name): str(version) for name, version in found["versions"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return Ledger()

    def note(self, key: str, etag: str) -> None:
        """An operator is about to write this."""
        known = self.etags.setdefault(key, [])
        if etag not in known:
            self.etags[key] = [*known, etag][-_REMEMBERED:]

    def data(self) -> bytes:
        return json.dumps(
            {"etags": self.etags, "versions": self.versions}, sort_keys=True, indent=1
        ).encode()


async def sync(platform: Platform, urgency: Urgency) -> tuple[str, ...]:
    """Puts and upgrades built-in templates; the names of those that somebody has edited. Raises a CloudflareError.

    Where everything is as it should be this costs no call.
    """
    all_ours = {
        (kind, name): template
        for kind in _KINDS
        for name, template in templates.built_in(kind).items()
    }
    differing = {
        name: template for name, template in all_ours.items() if _differs(platform, *name, template)
    }
    if not differing:
        return ()
    found = await r2.get_object(platform.api, platform.config.data_bucket, LEDGER_KEY, urgency)
    ledger = Ledger.parse(found.data if found is not None else b"{}")
    edited, due = [], {}
    for (kind, name), template in differing.items():
        if _is_edited(platform, kind, name, ledger):
            edited.append(f"{kind}/{name}")
        elif _is_due(platform, kind, name, template, ledger):
            due[kind, name] = template
    if due:
        await _write(platform, due, ledger, urgency)
        bucket = platform.config.data_bucket
        written = {(bucket, key) for name in due for key in names.template_keys(*name)}
        platform.on_changed(platform, written)
    return tuple(sorted(edited))


def _files(kind: str, name: str, template: Template) -> Mapping[str, tuple[bytes, str]]:
    script, manifest = names.template_keys(kind, name)
    return {
        script: (template.code.modules[0].data, ES_MODULE),
        manifest: (template.manifest, _YAML),
    }


def _etag(platform: Platform, key: str) -> str | None:
    item = platform.objects.find(platform.config.data_bucket, key)
    return item.etag if item is not None else None


def _differs(platform: Platform, kind: str, name: str, template: Template) -> bool:
    files = _files(kind, name, template).items()
    return any(_etag(platform, key) != md5(data) for key, (data, _) in files)


def _is_edited(platform: Platform, kind: str, name: str, ledger: Ledger) -> bool:
    keys = names.template_keys(kind, name)
    there = {key: etag for key in keys if (etag := _etag(platform, key)) is not None}
    return any(etag not in ledger.etags.get(key, []) for key, etag in there.items())


def _is_due(platform: Platform, kind: str, name: str, template: Template, ledger: Ledger) -> bool:
    """Missing, older than ours, or left half written. The same version of another build stays."""
    files = _files(kind, name, template)
    if any(_etag(platform, key) is None for key in files):
        return True
    if all(ledger.etags.get(key, [])[-1:] == [md5(data)] for key, (data, _) in files.items()):
        return True  # ours is what an operator was about to write last, and something kept it from doing so
    return _ordered(template.version) > _ordered(ledger.versions.get(f"{kind}/{name}", "0"))


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("-")[0].split("."))


async def _write(
    platform: Platform,
    due: Mapping[tuple[Kind, str], Template],
    ledger: Ledger,
    urgency: Urgency,
) -> None:
    """The ledger first: what a crash leaves half written is known to be ours. What it knows already is not written."""
    bucket, api = platform.config.data_bucket, platform.api
    known = ledger.data()
    for (kind, name), template in due.items():
        for key, (data, _) in _files(kind, name, template).items():
            ledger.note(key, md5(data))
        ledger.versions[f"{kind}/{name}"] = template.version
    if ledger.data() != known:
        await r2.put_object(api, bucket, LEDGER_KEY, ledger.data(), "application/json", urgency)
    for (kind, name), template in due.items():
        logger.info("writing template %s/%s %s to R2", kind, name, template.version)
        for key, (data, content_type) in _files(kind, name, template).items():
            if _etag(platform, key) == md5(data):
                continue
            await r2.put_object(api, bucket, key, data, content_type, urgency)
            platform.objects.note(bucket, StoredObject(key, md5(data), len(data), content_type))
