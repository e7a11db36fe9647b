"""Versions of templates as ControllerRevisions hold them: whole, or not at all."""

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from workers_operator.cloudflare.errors import Unsendable
from workers_operator.cloudflare.writes import upload_parts
from workers_operator.domain.content import Code, Content, Module
from workers_operator.domain.errors import Stalled
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import ObjectMeta, TemplateDefaultsSpec
from workers_operator.sources import templates
from workers_operator.sources.loading import Loaded
from workers_operator.sources.revisions import TemplateVersion, TemplateVersions, revision
from workers_operator.sources.templates import ES_MODULE

KEY = ObjectKey("WorkerTemplate", "shop", "t")
META = ObjectMeta(name="t", namespace="shop", uid="6f1c", generation=3)
DEFAULTS = TemplateDefaultsSpec.model_validate({"vars": {"A": "b"}, "limits": {"cpu": "50ms"}})
CODE = Code(
    "r2/data/x/",
    "index.js",
    (
        Module("index.js", ES_MODULE, b"export default {}"),
        Module("a.wasm", "application/wasm", b"\0asm"),
    ),
    "2026-01-01",
    ("nodejs_compat",),
    left_out=("README.md",),
    asks=(("CACHE", "kv_namespace"),),
)


def of(code: Code, **more: Any) -> TemplateVersion:
    return TemplateVersion("CustomerWorker", Loaded(code, more.get("template")), DEFAULTS)


class Cluster:
    """Holds one ControllerRevision. ``reads``: how often it was read."""

    def __init__(self, version: TemplateVersion) -> None:
        self.body = revision(KEY, META, version)
        self.reads = 0

    async def get_revision(self, namespace: str, name: str) -> dict[str, Any]:
        assert (namespace, name) == ("shop", self.body["metadata"]["name"])
        self.reads += 1
        return dict(self.body)


async def read(version: TemplateVersion) -> TemplateVersion:
    return await TemplateVersions(Cluster(version), "ops").get(KEY, META.uid, version.hash)


async def test_what_is_kept_is_what_it_was() -> None:
    found = await read(of(CODE))
    assert found.loaded.code == replace(CODE, origin="WorkerTemplate/t")
    assert found.defaults == DEFAULTS
    assert found.hash == of(CODE).hash


async def test_a_package_keeps_its_rules() -> None:
    template = templates.built_in("customer")["ecommerce"]
    found = await read(of(template.code, template=template))
    kept = found.loaded.template
    assert kept is not None
    assert (kept.version, kept.rules, kept.health_path) == (
        template.version,
        template.rules,
        template.health_path,
    )
    assert found.loaded.code.digest == template.code.digest


async def test_it_is_read_once_for_all_followers() -> None:
    version = of(CODE)
    cluster = Cluster(version)
    versions = TemplateVersions(cluster, "ops")
    for _ in range(3):
        await versions.get(KEY, META.uid, version.hash)
    assert cluster.reads == 1


def test_it_goes_with_its_template() -> None:
    body = revision(KEY, META, of(CODE))
    [owner] = body["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("WorkerTemplate", "t", "6f1c")
    assert body["revision"] == 3


@pytest.mark.parametrize(
    "data", [random.Random(1).randbytes(800_000), bytes(9 * 1024 * 1024)], ids=["dense", "long"]
)
def test_what_does_not_fit_is_refused(data: bytes) -> None:
    large = Code("inline", "a", (Module("a", ES_MODULE, data),))
    with pytest.raises(Stalled, match="a version of a template has at most") as caught:
        revision(KEY, META, of(large))
    assert caught.value.reason == "TemplateTooLarge"


def test_whatever_a_follower_could_notice_makes_another_version() -> None:
    other_defaults = TemplateDefaultsSpec.model_validate({"vars": {"A": "c"}})
    versions = {
        of(CODE).hash,
        of(CODE.compatible("2026-02-02", ())).hash,
        TemplateVersion("EliteWorker", Loaded(CODE, None), DEFAULTS).hash,
        TemplateVersion("CustomerWorker", Loaded(CODE, None), other_defaults).hash,
    }
    assert len(versions) == 4


HOSTILE: dict[str, tuple[Module, ...]] = {
    "a part named metadata": (
        *CODE.modules,
        Module("metadata", "text/plain", b'{"main_module": "index.js"}'),
    ),
    "two of one name": (*CODE.modules, Module("a.wasm", "application/wasm", b"")),
    "a type with a header": (
        CODE.modules[0],
        Module("a.txt", "text/plain\r\nContent-Disposition: form-data; name=metadata", b"{}"),
    ),
    "a name with a header": (CODE.modules[0], Module("a\r\nb", "text/plain", b"")),
    "no main module": CODE.modules[1:],
}


@pytest.mark.parametrize("modules", HOSTILE.values(), ids=HOSTILE)
async def test_modules_that_no_source_may_have_are_none_of_a_version(
    modules: tuple[Module, ...],
) -> None:
    """Whoever may write ControllerRevisions in a namespace may have written this one, with the hash in its name."""
    version = of(replace(CODE, modules=modules))
    with pytest.raises(Stalled, match="delete it"):
        await read(version)


@pytest.mark.parametrize("modules", list(HOSTILE.values())[:-1], ids=list(HOSTILE)[:-1])
def test_such_modules_make_no_upload(modules: tuple[Module, ...]) -> None:
    code = replace(CODE, modules=modules)
    with pytest.raises(Unsendable):
        upload_parts(Content(code, ()), ())


async def test_few_bytes_that_unpack_to_many_are_decoded_off_the_event_loop() -> None:
    """What else the loop has to do goes on meanwhile."""
    spaces = Module("index.js", ES_MODULE, b" " * 8_000_000)
    version = of(replace(CODE, modules=(spaces,)))
    cluster = Cluster(version)
    reading = asyncio.ensure_future(
        TemplateVersions(cluster, "ops").get(KEY, META.uid, version.hash)
    )
    for _ in range(10):
        await asyncio.sleep(0)
    assert (cluster.reads, reading.done()) == (1, False)
    assert (await reading).hash == version.hash
