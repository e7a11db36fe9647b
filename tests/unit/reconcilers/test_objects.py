"""R2 objects as listed: what has changed since the last listing, and what is not there at all."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.calls import Wire, api, ok, refusal
from support.platforms import Bench
from support.storage import Storage, Stored
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.reconcilers.objects import Objects

NOW = Urgency.RESYNC
contents = st.dictionaries(
    st.sampled_from(["a.js", "w/index.js", "w/lib/a.js", "w/"]), st.binary(max_size=1)
)


def stored(files: Mapping[str, bytes]) -> dict[str, Stored]:
    return {key: Stored(data, "text/plain") for key, data in files.items()}


class Watched:
    """A bucket ``b`` that is looked at."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.storage = Storage({} if files is None else {"b": stored(files)})
        self.objects, self.api = Objects(), api(Wire(self.storage))

    async def look(self, files: Mapping[str, bytes] | None, prefix: str = "") -> set[str]:
        """The keys that are told of when the bucket holds ``files``; None: there is no bucket."""
        self.storage.buckets = {} if files is None else {"b": stored(files)}
        changed = await self.objects.observe(self.api, {"b": prefix}, NOW)
        assert {bucket for bucket, _ in changed} <= {"b"}
        return {key for _, key in changed}


@given(contents, contents)
async def test_exactly_what_has_changed_is_told(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    watched = Watched()
    assert await watched.look(before) == set()  # the first listing: nobody has used another one
    expected = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    assert await watched.look(after) == expected
    assert await watched.look(after) == set()
    for key in ("a.js", "w/index.js", "none"):
        item = watched.objects.find("b", key)
        assert (item is not None) == (key in after)


@given(contents, contents)
async def test_the_etags_of_a_folder_change_when_anything_in_it_does(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    watched = Watched()
    await watched.look(before)
    etags = [watched.objects.etags("b", key) for key in ("w/", "a.js")]
    await watched.look(after)
    again = [watched.objects.etags("b", key) for key in ("w/", "a.js")]

    def folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
        return {k: v for k, v in files.items() if k.startswith("w/") and k != "w/"}

    assert (etags[0] == again[0]) == (folder(before) == folder(after))
    assert (etags[1] == again[1]) == (before.get("a.js") == after.get("a.js"))


async def test_a_bucket_that_goes_and_comes_again_changes_all_that_is_in_it() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    assert not watched.objects.missing("b")
    assert await watched.look(None) == {"a.js"}
    assert watched.objects.missing("b")
    assert watched.objects.find("b", "a.js") is None
    assert await watched.look(None) == set()
    assert await watched.look({"a.js": b"1"}) == {"a.js"}
    assert not watched.objects.missing("b")


async def test_a_bucket_that_was_never_looked_at_is_not_said_to_be_missing() -> None:
    objects = Objects()
    assert not objects.missing("b")
    assert objects.below("b", "w/") == []
    assert objects.etags("b", "a.js") == ("",)
    assert objects.etags("b", "w/") == ()
    objects.note("b", StoredObject("a.js", "e", 1, ""))
    assert objects.find("b", "a.js") is None


async def test_a_folder_is_sorted_and_holds_no_markers() -> None:
    watched = Watched()
    await watched.look({"w/b": b"", "w/": b"", "w/a/": b"", "w/a/c": b"", "wx": b"", "a": b""})
    assert [o.key for o in watched.objects.below("b", "w/")] == ["w/a/c", "w/b"]


async def test_only_keys_with_the_prefix_are_listed_and_covered() -> None:
    watched = Watched()
    await watched.look({"w/a": b"", "x": b""}, prefix="w/")
    assert watched.objects.find("b", "x") is None
    assert watched.objects.covers("b", "w/new")
    assert not watched.objects.covers("b", "x")
    assert not watched.objects.covers("c", "w/a")


async def test_what_we_wrote_ourselves_is_no_change() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    new = Stored(b"2", "text/plain")
    watched.objects.note("b", StoredObject("a.js", new.etag, 1, "text/plain"))
    assert watched.objects.etags("b", "a.js") == (new.etag,)
    assert await watched.look({"a.js": b"2"}) == set()


async def test_a_bucket_that_nobody_wants_any_more_is_forgotten() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    assert await watched.objects.observe(watched.api, {}, NOW) == set()
    assert watched.objects.find("b", "a.js") is None


async def test_a_listing_that_failed_leaves_the_last_one() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    with pytest.raises(CloudflareError):
        await watched.objects.observe(api(Wire(lambda _: refusal(500, 1))), {"b": ""}, NOW)
    assert watched.objects.find("b", "a.js") is not None
    assert await watched.look({"a.js": b"2"}) == {"a.js"}


async def test_a_listing_comes_page_by_page() -> None:
    def item(key: str) -> dict[str, object]:
        return {"key": key, "etag": key, "size": 3}

    wire = Wire(
        lambda r: ok([item("b")]) if "cursor" in r.url.params else ok([item("a")], cursor="1")
    )
    objects = Objects()
    await objects.observe(api(wire), {"bucket": "p/"}, NOW)
    assert objects.find("bucket", "b") == StoredObject("b", "b", 3, "")
    assert [r.url.params["prefix"] for r in wire.requests] == ["p/", "p/"]


class TestOfAPlatform:
    """What is listed, and when."""

    async def test_what_all_wanted_keys_begin_with_is_listed(self) -> None:
        bench = Bench(Storage({"workers-data": {}, "team": {}}))
        bench.interest.wanted_buckets = {"": "templates/custom/", "team": "shop/", "gone": ""}
        await bench.platform.observe_bucket("team", "shop/index.js", NOW)
        await bench.platform.observe_bucket("workers-data", "x", NOW)
        await bench.platform.observe_bucket("other", "a/b.js", NOW)
        assert [(r.url.path.split("/")[-2], r.url.params.get("prefix")) for r in bench.wire.requests] == [
            ("team", "shop/"),
            ("workers-data", "templates/"),
            ("other", "a/b.js"),
        ]  # fmt: skip

    async def test_the_data_bucket_may_be_named_or_not(self) -> None:
        bench = Bench(Storage({"workers-data": {}}))
        bench.interest.wanted_buckets = {"": "mine/a.js", "workers-data": "mine/b.js"}
        await bench.platform.observe_bucket("workers-data", "x", NOW)
        assert "prefix" not in bench.wire.requests[0].url.params

    async def test_who_comes_later_uses_the_listing_of_who_was_faster(self) -> None:
        bench = Bench(Storage({"team": stored({"a.js": b"1"})}))
        bench.interest.wanted_buckets = {"team": "a.js"}
        for _ in range(2):
            await bench.platform.observe_bucket("team", "a.js", NOW)
        assert len(bench.wire.requests) == 1

    async def test_what_changed_is_told(self) -> None:
        storage = Storage({"team": {}})
        bench = Bench(storage)
        bench.interest.wanted_buckets = {"team": ""}
        await bench.platform.observe_bucket("team", "a.js", NOW)
        storage.buckets["team"] = stored({"a.js": b"1"})
        await bench.platform.observe_bucket("team", "a.js", NOW)
        assert bench.changed == [{("team", "a.js")}]
