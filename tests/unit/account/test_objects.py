"""R2 objects as listed: what has changed since the last listing, and what is not there at all."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.calls import ok, refusal
from support.platforms import Bench, nothing_but
from support.storage import Storage, Stored
from workers_operator.account.contents import BucketObjects
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.account.writes import ObjectWritten
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.engine.priority import Priority

NOW = Priority.RESYNC
contents = st.dictionaries(
    st.sampled_from(["a.js", "w/index.js", "w/lib/a.js", "w/"]), st.binary(max_size=1)
)


def stored(files: Mapping[str, bytes]) -> dict[str, Stored]:
    return {key: Stored(data, "text/plain") for key, data in files.items()}


class Watched:
    """A bucket ``b`` that is looked at."""

    def __init__(self) -> None:
        self.storage = Storage()
        self.bench = Bench(nothing_but(self.storage))
        self.snapshot = self.bench.platform.snapshot

    async def look(self, files: Mapping[str, bytes] | None, prefix: str = "") -> set[str]:
        """The keys that are told of when the bucket holds ``files``; None: there is no bucket."""
        self.storage.buckets = {} if files is None else {"b": stored(files)}
        self.bench.interest.wanted_buckets = {"b": prefix}
        self.bench.changed.clear()
        await self.bench.look()
        assert {bucket for told in self.bench.changed for bucket, _ in told} <= {"b"}
        return {key for told in self.bench.changed for _, key in told}

    @property
    def content(self) -> BucketObjects:
        """What is known of the bucket."""
        return self.snapshot.objects("b").content

    def find(self, key: str) -> StoredObject | None:
        return self.content.objects.get(key)

    def etags(self, *keys: str) -> Sequence[tuple[str, ...]]:
        return [self.content.etags(key) for key in keys]


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
        item = watched.find(key)
        assert (item is not None) == (key in after)


@given(contents, contents)
async def test_the_etags_of_a_folder_change_when_anything_in_it_does(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    watched = Watched()
    await watched.look(before)
    etags = watched.etags("w/", "a.js")
    await watched.look(after)
    again = watched.etags("w/", "a.js")

    def folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
        return {k: v for k, v in files.items() if k.startswith("w/") and k != "w/"}

    assert (etags[0] == again[0]) == (folder(before) == folder(after))
    assert (etags[1] == again[1]) == (before.get("a.js") == after.get("a.js"))


async def test_a_bucket_that_goes_and_comes_again_changes_all_that_is_in_it() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    assert not watched.content.missing
    assert await watched.look(None) == {"a.js"}
    assert watched.content.missing
    assert watched.find("a.js") is None
    assert await watched.look(None) == set()
    assert await watched.look({"a.js": b"1"}) == {"a.js"}
    assert not watched.content.missing


async def test_a_bucket_that_was_never_looked_at_is_not_said_to_be_missing() -> None:
    snapshot = AccountSnapshot()
    snapshot.record(ObjectWritten("b", StoredObject("a.js", "e", 1, "")))
    listing = snapshot.objects("b")
    assert listing.taken is None
    assert not listing.content.missing
    assert listing.content.below("w/") == []
    assert listing.content.etags("a.js") == ("",)
    assert listing.content.etags("w/") == ()
    assert listing.content.objects.get("a.js") is None


async def test_a_folder_is_sorted_and_holds_no_markers() -> None:
    watched = Watched()
    await watched.look({"w/b": b"", "w/": b"", "w/a/": b"", "w/a/c": b"", "wx": b"", "a": b""})
    assert [o.key for o in watched.content.below("w/")] == ["w/a/c", "w/b"]


async def test_only_keys_with_the_prefix_are_listed_and_covered() -> None:
    watched = Watched()
    await watched.look({"w/a": b"", "x": b""}, prefix="w/")
    assert watched.find("x") is None
    assert watched.content.covers("w/new")
    assert not watched.content.covers("x")
    assert watched.snapshot.objects("c").taken is None


async def test_of_a_folder_that_was_not_listed_there_is_nothing() -> None:
    watched = Watched()
    await watched.look({"w/index.js": b"1", "w/lib.js": b"2"}, prefix="w/index.js")
    assert watched.content.below("w/") == []
    assert watched.etags("w/", "w/index.js")[0] == ()
    assert watched.etags("w/index.js")[0] != ("",)


async def test_what_we_wrote_ourselves_is_no_change() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    new = Stored(b"2", "text/plain")
    item = StoredObject("a.js", new.etag, 1, "text/plain")
    watched.snapshot.record(ObjectWritten("b", item))
    assert watched.content.etags("a.js") == (new.etag,)
    assert await watched.look({"a.js": b"2"}) == set()


async def test_a_bucket_that_nobody_wants_any_more_is_forgotten() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    watched.bench.interest.wanted_buckets = {}
    await watched.bench.look()
    assert watched.bench.changed == []
    assert watched.find("a.js") is None


async def test_a_listing_that_failed_leaves_the_last_one() -> None:
    watched = Watched()
    await watched.look({"a.js": b"1"})
    watched.storage.interfere = lambda _: refusal(500, 1)
    with pytest.raises(CloudflareError):
        await watched.bench.look()
    watched.storage.interfere = lambda _: None
    assert watched.find("a.js") is not None
    assert await watched.look({"a.js": b"2"}) == {"a.js"}


async def test_a_listing_comes_page_by_page() -> None:
    def item(key: str) -> dict[str, object]:
        return {"key": key, "etag": key, "size": 3}

    bench = Bench(
        lambda r: ok([item("p/b")]) if "cursor" in r.url.params else ok([item("p/a")], cursor="1")
    )
    bench.interest.wanted_buckets = {"bucket": "p/"}
    await bench.platform.observer.look_for_object("bucket", "p/b", NOW)
    found = bench.platform.snapshot.objects("bucket").content.objects["p/b"]
    assert found == StoredObject("p/b", "p/b", 3, "")
    assert [r.url.params["prefix"] for r in bench.wire.requests] == ["p/", "p/"]


class TestOfAPlatform:
    """What is listed, and when."""

    async def test_what_all_wanted_keys_begin_with_is_listed(self) -> None:
        bench = Bench(Storage({"workers-data": {}, "team": {}}))
        bench.interest.wanted_buckets = {"": "templates/custom/", "team": "shop/", "gone": ""}
        await bench.platform.observer.look_for_object("team", "shop/index.js", NOW)
        await bench.platform.observer.look_for_object("workers-data", "x", NOW)
        await bench.platform.observer.look_for_object("other", "a/b.js", NOW)
        asked = [(r.url.path.split("/")[-2], r.url.params["prefix"]) for r in bench.wire.requests]
        assert asked == [("team", "shop/"), ("workers-data", "templates/"), ("other", "a/b.js")]

    async def test_the_data_bucket_may_be_named_or_not(self) -> None:
        bench = Bench(Storage({"workers-data": {}}))
        bench.interest.wanted_buckets = {"": "mine/a.js", "workers-data": "mine/b.js"}
        await bench.platform.observer.look_for_object("workers-data", "x", NOW)
        assert "prefix" not in bench.wire.requests[0].url.params

    async def test_who_comes_later_uses_the_listing_of_who_was_faster(self) -> None:
        bench = Bench(Storage({"team": stored({"a.js": b"1"})}))
        bench.interest.wanted_buckets = {"team": "a.js"}
        for _ in range(2):
            await bench.platform.observer.look_for_object("team", "a.js", NOW)
        assert len(bench.wire.requests) == 1

    async def test_what_changed_is_told(self) -> None:
        storage = Storage({"team": {}})
        bench = Bench(storage)
        bench.interest.wanted_buckets = {"team": ""}
        await bench.platform.observer.look_for_object("team", "a.js", NOW)
        storage.buckets["team"] = stored({"a.js": b"1"})
        await bench.clock.advance(30)
        await bench.platform.observer.look_for_object("team", "a.js", NOW)
        assert bench.changed == [{("team", "a.js")}]

    async def test_ten_who_miss_one_object_share_a_listing_when_they_look_again(self) -> None:
        bench = Bench(Storage({"team": {}}))
        bench.interest.wanted_buckets = {"team": "a.js"}
        for _ in range(3):
            await bench.clock.advance(30)
            bench.wire.requests.clear()
            for _ in range(10):
                await bench.platform.observer.look_for_object("team", "a.js", NOW)
                await bench.clock.advance(0.1)
            assert len(bench.wire.requests) == 1

    async def test_a_change_by_a_user_needs_a_listing_that_begins_after_it(self) -> None:
        storage = Storage({"team": {}})
        bench = Bench(storage)
        bench.interest.wanted_buckets = {"team": "a.js"}
        await bench.platform.observer.look_for_object("team", "a.js", NOW)
        storage.buckets["team"] = stored({"a.js": b"1"})
        await bench.platform.observer.look_for_object("team", "a.js", NOW)
        assert bench.platform.snapshot.objects("team").content.etags("a.js") == ("",)
        await bench.platform.observer.look_for_object("team", "a.js", Priority.CREATE)
        assert bench.platform.snapshot.objects("team").content.etags("a.js") != ("",)
