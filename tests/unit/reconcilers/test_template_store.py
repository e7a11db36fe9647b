"""The built-in templates in the bucket: put there, upgraded, and left alone where somebody edited them."""

import json
from collections.abc import Callable, Mapping

import httpx
import pytest

from support.platforms import Bench
from support.storage import Storage, Stored
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.domain.desired import Code, Module
from workers_operator.reconcilers import template_store
from workers_operator.reconcilers.template_store import LEDGER_KEY
from workers_operator.sources import templates
from workers_operator.sources.manifest import Kind
from workers_operator.sources.templates import ES_MODULE, Template

BUCKET = "workers-data"
NAMES: Mapping[Kind, tuple[str, ...]] = {"elite": ("brand",), "customer": ("shop", "blog")}
FILES = sorted(f"templates/{k}/{n}.{e}" for k in NAMES for n in NAMES[k] for e in ("js", "yaml"))
SHOP_JS, SHOP_YAML = "templates/customer/shop.js", "templates/customer/shop.yaml"


def template(kind: Kind, name: str, version: str, build: str = "") -> Template:
    script = f"// {name} {version} {build}".encode()
    code = Code(f"template/{name}", "worker.js", (Module("worker.js", ES_MODULE, script),))
    manifest = f"name: {name}\nversion: {version}\n# {build}".encode()
    return Template(kind, name, version, "", code, manifest=manifest)


class Operator(Bench):
    """An operator that comes with one version of all templates, on a bucket that it may share with others."""

    def __init__(self, storage: Storage, version: str, build: str = "") -> None:
        self.storage, self.version, self.build = storage, version, build
        super().__init__(storage)

    async def sync(self, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
        """A look at the bucket, and what follows."""
        shipped = {
            k: {n: template(k, n, self.version, self.build) for n in NAMES[k]} for k in NAMES
        }
        monkeypatch.setattr(templates, "built_in", shipped.__getitem__)
        platform = self.platform
        await platform.objects.observe(platform.api, {BUCKET: "templates/"}, Urgency.EDIT)
        self.wire.requests.clear()
        return await template_store.sync(platform, Urgency.EDIT)

    @property
    def written(self) -> list[str]:
        """Keys, in their order."""
        return [
            r.url.path.partition("/objects/")[2] for r in self.wire.requests if r.method == "PUT"
        ]

    def wrote_all(self) -> bool:
        """Whether the bucket holds this operator's templates."""
        shipped = {
            key: data
            for kind in NAMES
            for name in NAMES[kind]
            for t in [template(kind, name, self.version, self.build)]
            for key, data in (
                (f"templates/{kind}/{name}.js", t.code.modules[0].data),
                (f"templates/{kind}/{name}.yaml", t.manifest),
            )
        }
        held = self.storage.buckets[BUCKET]
        return all(held[key].data == data for key, data in shipped.items())


@pytest.fixture
def storage() -> Storage:
    return Storage({BUCKET: {}})


def edit(storage: Storage, key: str, data: bytes = b"// mine") -> None:
    storage.buckets[BUCKET][key] = Stored(data, ES_MODULE)


async def test_the_first_time_all_are_put_there_after_the_ledger(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = Operator(storage, "1.0.0")
    assert await operator.sync(monkeypatch) == ()
    assert operator.written[0] == LEDGER_KEY
    assert sorted(operator.written[1:]) == FILES
    assert operator.wrote_all()
    held = storage.buckets[BUCKET]
    assert held[SHOP_JS].content_type == ES_MODULE
    assert held[SHOP_YAML].content_type == "application/yaml"
    assert operator.changed == [{(BUCKET, key) for key in FILES}]


async def test_where_nothing_is_to_be_done_no_call_is_made(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = Operator(storage, "1.0.0")
    await operator.sync(monkeypatch)
    # What was written is known without another listing, and after one.
    operator.wire.requests.clear()
    assert await template_store.sync(operator.platform, Urgency.EDIT) == ()
    assert operator.wire.requests == []
    assert await operator.sync(monkeypatch) == ()
    assert operator.wire.requests == []
    assert len(operator.changed) == 1


@pytest.mark.parametrize(
    ("old", "new"), [("1.0.0", "1.0.1"), ("1.9.0", "1.10.0"), ("9.9.9", "10.0.0")]
)
async def test_a_newer_operator_upgrades_what_nobody_edited(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    await Operator(storage, old).sync(monkeypatch)
    operator = Operator(storage, new)
    assert await operator.sync(monkeypatch) == ()
    assert operator.wrote_all()
    assert len(operator.changed) == 1


async def test_an_older_operator_takes_nothing_back(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer, older = Operator(storage, "1.10.0"), Operator(storage, "1.9.0")
    await older.sync(monkeypatch)
    await newer.sync(monkeypatch)
    for _ in range(2):
        assert await older.sync(monkeypatch) == ()
        assert older.written == []
        assert await newer.sync(monkeypatch) == ()
        assert newer.wire.requests == []
    assert newer.wrote_all()


async def test_two_builds_of_one_version_leave_one_another_alone(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Operator(storage, "1.0.0", "a"), Operator(storage, "1.0.0", "b")
    await one.sync(monkeypatch)
    assert await other.sync(monkeypatch) == ()
    assert other.written == []
    assert one.wrote_all()


@pytest.mark.parametrize("key", [SHOP_JS, SHOP_YAML])
async def test_what_somebody_edited_is_named_and_left_alone(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    await Operator(storage, "1.0.0").sync(monkeypatch)
    edit(storage, key)
    before = {k: storage.buckets[BUCKET][k] for k in (SHOP_JS, SHOP_YAML)}
    for version in ("1.0.0", "2.0.0"):
        operator = Operator(storage, version)
        assert await operator.sync(monkeypatch) == ("customer/shop",)
        assert {k: storage.buckets[BUCKET][k] for k in (SHOP_JS, SHOP_YAML)} == before
    # The others were upgraded all the same.
    assert storage.buckets[BUCKET]["templates/customer/blog.js"].data == b"// blog 2.0.0 "


async def test_what_somebody_put_there_first_is_theirs(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(storage, SHOP_JS)
    operator = Operator(storage, "1.0.0")
    assert await operator.sync(monkeypatch) == ("customer/shop",)
    assert storage.buckets[BUCKET][SHOP_JS].data == b"// mine"
    assert SHOP_YAML not in storage.buckets[BUCKET]


async def test_an_edit_that_was_taken_back_is_none_any_more(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Operator(storage, "1.0.0").sync(monkeypatch)
    ours = storage.buckets[BUCKET][SHOP_JS]
    edit(storage, SHOP_JS)
    operator = Operator(storage, "2.0.0")
    assert await operator.sync(monkeypatch) == ("customer/shop",)
    storage.buckets[BUCKET][SHOP_JS] = ours
    assert await operator.sync(monkeypatch) == ()
    assert operator.wrote_all()


@pytest.mark.parametrize("keys", [[SHOP_JS], [SHOP_YAML], [SHOP_JS, SHOP_YAML]])
async def test_what_somebody_deleted_comes_back(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    operator = Operator(storage, "1.0.0")
    await operator.sync(monkeypatch)
    for key in keys:
        del storage.buckets[BUCKET][key]
    assert await operator.sync(monkeypatch) == ()
    assert operator.wrote_all()


def crash_after(storage: Storage, writes: int) -> None:
    """The operator's next writes are carried out, so many of them; then it is gone."""
    left = iter(range(writes))

    def interfere(request: httpx.Request) -> httpx.Response | None:
        if request.method == "PUT" and next(left, None) is None:
            raise httpx.ConnectError("crashed", request=request)
        return None

    storage.interfere = interfere


@pytest.mark.parametrize("before", [None, "1.0.0"])
@pytest.mark.parametrize("writes", range(len(FILES) + 1))
async def test_a_crash_between_any_two_writes_is_made_good(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, before: str | None, writes: int
) -> None:
    if before is not None:
        await Operator(storage, before).sync(monkeypatch)
    crash_after(storage, writes)
    with pytest.raises(CloudflareError):
        await Operator(storage, "2.0.0").sync(monkeypatch)
    storage.interfere = lambda _: None
    if before is not None:
        older = Operator(storage, before)
        assert await older.sync(monkeypatch) == ()
        assert older.written == []
    operator = Operator(storage, "2.0.0")
    assert await operator.sync(monkeypatch) == ()
    assert operator.wrote_all()
    assert await operator.sync(monkeypatch) == ()
    assert operator.written == []


LEDGERS: Mapping[str, Callable[[dict[str, Stored]], object]] = {
    "gone": lambda held: held.pop(LEDGER_KEY),
    "no JSON": lambda held: held.update({LEDGER_KEY: Stored(b"{")}),
    "another shape": lambda held: held.update({LEDGER_KEY: Stored(b"[]")}),
    "null": lambda held: held.update({LEDGER_KEY: Stored(b"null")}),
    "another shape inside": lambda held: held.update(
        {LEDGER_KEY: Stored(json.dumps({"etags": {SHOP_JS: 1}, "versions": {}}).encode())}
    ),
    "lists": lambda held: held.update({LEDGER_KEY: Stored(b'{"etags": [], "versions": []}')}),
}


@pytest.mark.parametrize("ledger", LEDGERS)
async def test_without_a_ledger_all_that_differs_counts_as_edited(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, ledger: str
) -> None:
    await Operator(storage, "1.0.0").sync(monkeypatch)
    LEDGERS[ledger](storage.buckets[BUCKET])
    operator = Operator(storage, "2.0.0")
    assert await operator.sync(monkeypatch) == ("customer/blog", "customer/shop", "elite/brand")
    assert operator.written == []
    same = Operator(storage, "1.0.0")
    assert await same.sync(monkeypatch) == ()


async def test_the_real_templates_are_put_as_they_are_shipped(storage: Storage) -> None:
    bench = Bench(storage)
    await bench.platform.objects.observe(bench.platform.api, {BUCKET: "templates/"}, Urgency.EDIT)
    assert await template_store.sync(bench.platform, Urgency.EDIT) == ()
    kinds: tuple[Kind, ...] = ("elite", "customer")
    for kind in kinds:
        for name, own in templates.built_in(kind).items():
            held = storage.buckets[BUCKET]
            script, manifest = (held[f"templates/{kind}/{name}.{e}"].data for e in ("js", "yaml"))
            again = templates.parse(
                kind, name, manifest=manifest, script=script, origin=own.code.origin
            )
            assert again == own
