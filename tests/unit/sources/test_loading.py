"""Reading sources: what is there becomes code, what is not there yet is waited for, nothing is read twice."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from support.platforms import Bench, nothing_but, slotless
from support.storage import Storage, Stored
from workers_operator.account.store import ObjectStore
from workers_operator.domain.errors import ReconcileError, Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.engine.offload import Room
from workers_operator.engine.priority import Priority
from workers_operator.kube.errors import KubeNotFound
from workers_operator.resources import SourceSpec
from workers_operator.sources import templates
from workers_operator.sources.loading import Loaded, SourceLoader, Wanted
from workers_operator.sources.templates import ES_MODULE

SCRIPT = b"export default {}"
OWN_JS, OWN_YAML = "templates/customer/own.js", "templates/customer/own.yaml"
MANIFEST = b"""name: own
kind: customer
version: 1.0.0
description: our own
compatibility: {date: 2026-10-01}
parameters: {type: object, properties: {}, additionalProperties: false}
"""


class Cluster:
    """ConfigMaps of the namespace ``shop``."""

    def __init__(self) -> None:
        self.config_maps: dict[str, Mapping[str, Any]] = {}

    async def get_config_map(self, namespace: str, name: str) -> dict[str, Any]:
        if namespace != "shop" or name not in self.config_maps:
            raise KubeNotFound(Reason.NOT_FOUND, "not found")
        return dict(self.config_maps[name])


class Loading(Bench):
    """A loader, and a platform whose data bucket has been listed."""

    def __init__(self, **files: Stored) -> None:
        self.cluster, self.storage = Cluster(), Storage({"workers-data": files})
        super().__init__(nothing_but(self.storage))
        self.interest.wanted_buckets = {"": ""}
        self.loader = SourceLoader(self.cluster, Room(slotless))

    async def load(self, **source: Any) -> Loaded:
        wanted = Wanted(SourceSpec.model_validate(source), "customer", "shop")
        return await self.loader.load(wanted, ObjectStore(self.platform, Priority.EDIT))

    async def look(self, priority: Priority = Priority.EDIT) -> None:
        await super().look(priority)
        self.wire.requests.clear()

    async def refused(self, reason: str, *words: str, **source: Any) -> ReconcileError:
        with pytest.raises(ReconcileError) as caught:
            await self.load(**source)
        assert caught.value.reason == reason
        assert all(word in caught.value.message for word in words)
        return caught.value

    @property
    def reads(self) -> list[str]:
        paths = (r.url.path.partition("/objects/")[2] for r in self.wire.requests)
        return [path for path in paths if path]


async def test_a_config_map_that_is_not_there_is_waited_for() -> None:
    bench = Loading()
    source = {"name": "code", "key": "worker.js"}
    error = await bench.refused("ConfigMapNotFound", "'code'", "'shop'", configMap=source)
    assert isinstance(error, Waiting)
    assert 0 < error.after <= 60
    bench.cluster.config_maps["code"] = {"data": {"worker.js": SCRIPT.decode()}}
    loaded = await bench.load(configMap=source)
    assert loaded.code.modules[0].data == SCRIPT
    assert (loaded.template, loaded.health_path) == (None, "/")


async def test_a_built_in_template_needs_no_call() -> None:
    bench = Loading()
    own = templates.find("customer", "ecommerce")
    assert (await bench.load(template="ecommerce")).template is own
    await bench.look()
    assert (await bench.load(template="ecommerce")).template is own
    files = {
        "templates/customer/ecommerce.js": Stored(own.code.modules[0].data, ES_MODULE),
        "templates/customer/ecommerce.yaml": Stored(own.manifest),
    }
    bench.storage.buckets["workers-data"] = files
    await bench.look()
    assert (await bench.load(template="ecommerce")).template is own
    assert bench.reads == []


async def test_the_buckets_template_is_read_once_for_all_who_want_it() -> None:
    bench = Loading(**{OWN_JS: Stored(SCRIPT, ES_MODULE), OWN_YAML: Stored(MANIFEST)})
    await bench.look()
    found = await asyncio.gather(*(bench.load(template="own") for _ in range(5)))
    assert len({id(loaded) for loaded in found}) == 1
    assert found[0].template is not None
    assert found[0].template.version == "1.0.0"
    assert sorted(bench.reads) == [OWN_JS, OWN_YAML]
    bench.storage.buckets["workers-data"][OWN_JS] = Stored(b"// new", ES_MODULE)
    await bench.look()
    assert (await bench.load(template="own")).code.modules[0].data == b"// new"


async def test_templates_that_there_are_not_or_not_wholly() -> None:
    bench = Loading(**{OWN_JS: Stored(SCRIPT, ES_MODULE)})
    await bench.look()
    error = await bench.refused(
        "TemplateNotFound", "templates/customer/none.js", "ecommerce", template="none"
    )
    assert isinstance(error, Stalled)
    assert "own" not in error.message, "it may be another tenant's"
    await bench.refused("TemplateInvalid", OWN_JS, OWN_YAML, template="own")


async def test_an_object_that_appears_later_is_found() -> None:
    bench = Loading()
    await bench.look()
    error = await bench.refused("R2ObjectNotFound", "'w.js'", "object", r2={"key": "w.js"})
    assert isinstance(error, Waiting)
    await bench.refused("R2ObjectNotFound", "'w/'", "folder", r2={"key": "w/", "main": "a.js"})
    bench.storage.buckets["workers-data"]["w.js"] = Stored(SCRIPT)
    loaded = await bench.load(r2={"key": "w.js"})
    assert loaded.code.origin == "r2/workers-data/w.js"
    await bench.load(r2={"key": "w.js"})
    assert bench.reads == ["w.js"]


async def test_a_bucket_that_is_not_there_is_waited_for() -> None:
    bench = Loading()
    error = await bench.refused("R2BucketNotFound", "'team'", r2={"bucket": "team", "key": "w.js"})
    assert isinstance(error, Waiting)
    bench.storage.buckets["team"] = {"w.js": Stored(SCRIPT)}
    assert (await bench.load(r2={"bucket": "team", "key": "w.js"})).code.modules[0].data == SCRIPT


async def test_a_folder_is_whole_though_only_one_of_its_objects_was_listed() -> None:
    bench, note = Loading(), Stored(b"x", "text/plain")
    bench.storage.buckets["team"] = {"w/index.js": Stored(SCRIPT, ES_MODULE), "w/lib/a.txt": note}
    bench.interest.wanted_buckets = {"team": "w/index.js"}  # another worker's
    await bench.load(r2={"bucket": "team", "key": "w/index.js"})
    bench.interest.wanted_buckets = {"team": "w/"}
    folder = {"bucket": "team", "key": "w/", "main": "index.js"}
    code = (await bench.load(r2=folder)).code
    assert [module.name for module in code.modules] == ["index.js", "lib/a.txt"]


async def test_a_folder_is_one_script() -> None:
    note = Stored(b"x", "text/plain")
    files = {"w/": Stored(b""), "w/index.js": Stored(SCRIPT, ES_MODULE), "w/lib/a.txt": note}
    bench = Loading(**files, wx=note)
    await bench.look()
    code = (await bench.load(r2={"key": "w/", "main": "index.js"})).code
    assert [m.name for m in code.modules] == ["index.js", "lib/a.txt"]


async def test_the_same_object_read_as_something_else_is_something_else() -> None:
    bench = Loading(**{"w.js": Stored(SCRIPT)})
    await bench.look()
    module = await bench.load(r2={"key": "w.js"})
    worker = await bench.load(r2={"key": "w.js", "type": "ServiceWorker"})
    assert (module.code.service_worker, worker.code.service_worker) == (False, True)


async def test_what_only_looks_like_a_bundle_has_to_say_so() -> None:
    data = b'--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{}\r\n--b--\r\n'
    bench = Loading(w=Stored(data, "application/octet-stream"))
    await bench.look()
    await bench.refused("ModuleInvalid", "multipart/form-data", r2={"key": "w"})


async def test_what_is_far_too_large_is_not_read() -> None:
    bench = Loading(w=Stored(bytes(66 * 1024 * 1024)))
    await bench.look()
    await bench.refused("ScriptTooLarge", "66.0 MiB", r2={"key": "w"})
    assert bench.reads == []


@pytest.mark.parametrize(
    "key", ["y/../../../../storage/kv/namespaces/n/values/platform", "y/lib/./a.js", "y//a.js"]
)
async def test_a_folder_with_a_key_that_no_request_can_carry_is_not_read(key: str) -> None:
    bench = Loading(**{"y/i.js": Stored(SCRIPT, ES_MODULE), key: Stored(SCRIPT, ES_MODULE)})
    await bench.look()
    error = await bench.refused("ModuleInvalid", repr(key), r2={"key": "y/", "main": "i.js"})
    assert isinstance(error, Stalled)
    assert bench.reads == []
