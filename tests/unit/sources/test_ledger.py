"""The built-in templates in the bucket: put there, upgraded, and left alone where somebody edited them."""

import json
from collections.abc import Callable, Mapping

import pytest

from support.storage import Stored
from workers_operator.domain.content import Code, Module
from workers_operator.domain.plan.actions import PutObject
from workers_operator.sources import ledger, templates
from workers_operator.sources.ledger import LEDGER_KEY
from workers_operator.sources.manifest import Kind
from workers_operator.sources.templates import ES_MODULE, Template

Bucket = dict[str, Stored]
BUCKET = "workers-data"
NAMES: Mapping[Kind, tuple[str, ...]] = {"elite": ("brand",), "customer": ("shop", "blog")}
FILES = sorted(f"templates/{k}/{n}.{e}" for k in NAMES for n in NAMES[k] for e in ("js", "yaml"))
SHOP_JS, SHOP_YAML = "templates/customer/shop.js", "templates/customer/shop.yaml"


def template(kind: Kind, name: str, version: str, build: str = "") -> Template:
    script = f"// {name} {version} {build}".encode()
    code = Code(f"template/{name}", "worker.js", (Module("worker.js", ES_MODULE, script),))
    manifest = f"name: {name}\nversion: {version}\n# {build}".encode()
    return Template(kind, name, version, "", code, manifest=manifest)


class Crashed(Exception):
    """The operator is gone."""


class Operator:
    """An operator that comes with one version of all templates, on a bucket that it may share with others.

    ``written``: keys in their order. ``reads``: how often it has read the ledger.
    """

    def __init__(self, bucket: Bucket, version: str, build: str = "") -> None:
        self.bucket, self.version, self.build = bucket, version, build
        self.written: list[str] = []
        self.reads = 0

    def sync(self, monkeypatch: pytest.MonkeyPatch, crash_after: int = 99) -> tuple[str, ...]:
        """Look at the bucket, and carry out what is planned; return the edited templates."""
        shipped = {
            k: {n: template(k, n, self.version, self.build) for n in NAMES[k]} for k in NAMES
        }
        monkeypatch.setattr(templates, "built_in", shipped.__getitem__)
        return self.carry_out(crash_after)

    def carry_out(self, crash_after: int = 99) -> tuple[str, ...]:
        """Bring the templates that are shipped."""
        self.written, self.reads = [], 0
        stored = {key: item.etag for key, item in self.bucket.items()}
        found = ledger.differing(stored)
        if not found:
            return ()
        self.reads = 1
        known = self.bucket.get(LEDGER_KEY)
        plan = ledger.plan_templates(BUCKET, found, stored, known.data if known else None)
        for put in plan.objects:
            if len(self.written) == crash_after:
                raise Crashed
            self._put(put)
        return plan.edited

    def _put(self, put: PutObject) -> None:
        assert put.bucket == BUCKET
        self.bucket[put.key] = Stored(put.data, put.content_type)
        self.written.append(put.key)

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
        return all(self.bucket[key].data == data for key, data in shipped.items())


@pytest.fixture
def bucket() -> Bucket:
    return {}


def edit(bucket: Bucket, key: str, data: bytes = b"// mine") -> None:
    bucket[key] = Stored(data, ES_MODULE)


def test_the_first_time_all_are_put_there_after_the_ledger(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = Operator(bucket, "1.0.0")
    assert operator.sync(monkeypatch) == ()
    assert operator.written[0] == LEDGER_KEY
    assert sorted(operator.written[1:]) == FILES
    assert operator.wrote_all()
    assert bucket[SHOP_JS].content_type == ES_MODULE
    assert bucket[SHOP_YAML].content_type == "application/yaml"


def test_where_nothing_is_to_be_done_no_call_is_made(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = Operator(bucket, "1.0.0")
    operator.sync(monkeypatch)
    # Not even the ledger is needed.
    assert operator.sync(monkeypatch) == ()
    assert (operator.reads, operator.written) == (0, [])


@pytest.mark.parametrize(
    ("old", "new"), [("1.0.0", "1.0.1"), ("1.9.0", "1.10.0"), ("9.9.9", "10.0.0")]
)
def test_a_newer_operator_upgrades_what_nobody_edited(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    Operator(bucket, old).sync(monkeypatch)
    operator = Operator(bucket, new)
    assert operator.sync(monkeypatch) == ()
    assert operator.wrote_all()
    assert sorted(operator.written) == sorted([LEDGER_KEY, *FILES])


def test_an_older_operator_takes_nothing_back(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer, older = Operator(bucket, "1.10.0"), Operator(bucket, "1.9.0")
    older.sync(monkeypatch)
    newer.sync(monkeypatch)
    for _ in range(2):
        assert older.sync(monkeypatch) == ()
        assert older.written == []
        assert newer.sync(monkeypatch) == ()
        assert (newer.reads, newer.written) == (0, [])
    assert newer.wrote_all()


def test_two_builds_of_one_version_leave_one_another_alone(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Operator(bucket, "1.0.0", "a"), Operator(bucket, "1.0.0", "b")
    one.sync(monkeypatch)
    assert other.sync(monkeypatch) == ()
    assert other.written == []
    assert one.wrote_all()


@pytest.mark.parametrize("key", [SHOP_JS, SHOP_YAML])
def test_what_somebody_edited_is_named_and_left_alone(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    Operator(bucket, "1.0.0").sync(monkeypatch)
    edit(bucket, key)
    before = {k: bucket[k] for k in (SHOP_JS, SHOP_YAML)}
    for version in ("1.0.0", "2.0.0"):
        operator = Operator(bucket, version)
        assert operator.sync(monkeypatch) == ("customer/shop",)
        assert {k: bucket[k] for k in (SHOP_JS, SHOP_YAML)} == before
    # The others were upgraded all the same.
    assert bucket["templates/customer/blog.js"].data == b"// blog 2.0.0 "


def test_what_somebody_put_there_first_is_theirs(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(bucket, SHOP_JS)
    operator = Operator(bucket, "1.0.0")
    assert operator.sync(monkeypatch) == ("customer/shop",)
    assert bucket[SHOP_JS].data == b"// mine"
    assert SHOP_YAML not in bucket


def test_an_edit_that_was_taken_back_is_none_any_more(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    Operator(bucket, "1.0.0").sync(monkeypatch)
    ours = bucket[SHOP_JS]
    edit(bucket, SHOP_JS)
    operator = Operator(bucket, "2.0.0")
    assert operator.sync(monkeypatch) == ("customer/shop",)
    bucket[SHOP_JS] = ours
    assert operator.sync(monkeypatch) == ()
    assert operator.wrote_all()


@pytest.mark.parametrize("keys", [[SHOP_JS], [SHOP_YAML], [SHOP_JS, SHOP_YAML]])
def test_what_somebody_deleted_comes_back(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    operator = Operator(bucket, "1.0.0")
    operator.sync(monkeypatch)
    for key in keys:
        del bucket[key]
    assert operator.sync(monkeypatch) == ()
    assert operator.wrote_all()


@pytest.mark.parametrize("before", [None, "1.0.0"])
@pytest.mark.parametrize("writes", range(len(FILES) + 1))
def test_a_crash_between_any_two_writes_is_made_good(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, before: str | None, writes: int
) -> None:
    if before is not None:
        Operator(bucket, before).sync(monkeypatch)
    with pytest.raises(Crashed):
        Operator(bucket, "2.0.0").sync(monkeypatch, crash_after=writes)
    if before is not None:
        older = Operator(bucket, before)
        assert older.sync(monkeypatch) == ()
        assert older.written == []
    operator = Operator(bucket, "2.0.0")
    assert operator.sync(monkeypatch) == ()
    assert operator.wrote_all()
    assert operator.sync(monkeypatch) == ()
    assert operator.written == []


LEDGERS: Mapping[str, Callable[[Bucket], object]] = {
    "gone": lambda held: held.pop(LEDGER_KEY),
    "no JSON": lambda held: held.update({LEDGER_KEY: Stored(b"{")}),
    "another shape": lambda held: held.update({LEDGER_KEY: Stored(b"[]")}),
    "null": lambda held: held.update({LEDGER_KEY: Stored(b"null")}),
    "another shape inside": lambda held: held.update(
        {LEDGER_KEY: Stored(json.dumps({"etags": {SHOP_JS: 1}, "versions": {}}).encode())}
    ),
    "lists": lambda held: held.update({LEDGER_KEY: Stored(b'{"etags": [], "versions": []}')}),
}


@pytest.mark.parametrize("case", LEDGERS)
def test_without_a_ledger_all_that_differs_counts_as_edited(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    Operator(bucket, "1.0.0").sync(monkeypatch)
    LEDGERS[case](bucket)
    operator = Operator(bucket, "2.0.0")
    assert operator.sync(monkeypatch) == ("customer/blog", "customer/shop", "elite/brand")
    assert operator.written == []
    same = Operator(bucket, "1.0.0")
    assert same.sync(monkeypatch) == ()


def test_the_real_templates_are_put_as_they_are_shipped(bucket: Bucket) -> None:
    assert Operator(bucket, "").carry_out() == ()
    kinds: tuple[Kind, ...] = ("elite", "customer")
    for kind in kinds:
        for name, own in templates.built_in(kind).items():
            script, manifest = (bucket[f"templates/{kind}/{name}.{e}"].data for e in ("js", "yaml"))
            again = templates.parse(
                kind, name, manifest=manifest, script=script, origin=own.code.origin
            )
            assert again == own
