"""Buckets with more objects than are listed: what workers name is found all the same, one call for each."""

from collections.abc import Iterable, Mapping

import pytest

from support.platforms import Bench, nothing_but
from support.storage import Storage, Stored
from workers_operator.account import observer
from workers_operator.account.contents import BucketObjects
from workers_operator.engine.priority import Priority

NOW, LATER = Priority.EDIT, Priority.RESYNC
MANY = {f"m/{n:02}": Stored(b"x") for n in range(20)}


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observer, "MAX_LISTED", 10)


class Long:
    """A bucket with more objects than are listed."""

    def __init__(self, more: Mapping[str, Stored] = {}, bucket: str = "b") -> None:
        self.bucket = bucket
        self.storage = Storage({bucket: MANY | dict(more)})
        self.bench = Bench(nothing_but(self.storage))
        self.bench.interest.wanted_buckets = {bucket: ""}

    async def look(self) -> None:
        self.bench.wire.requests.clear()
        await self.bench.look()

    async def look_for(self, key: str, priority: Priority = NOW) -> None:
        self.bench.wire.requests.clear()
        await self.bench.platform.observer.look_for_object(self.bucket, key, priority)

    def change(self, files: Iterable[str], content: bytes = b"new") -> None:
        self.storage.buckets[self.bucket] |= {key: Stored(content) for key in files}

    @property
    def content(self) -> BucketObjects:
        return self.bench.platform.snapshot.objects(self.bucket).content

    @property
    def prefixes(self) -> list[str]:
        """Of the listings of the bucket since the last look."""
        path = f"/{self.bucket}/objects"
        requests = (r for r in self.bench.wire.requests if r.url.path.endswith(path))
        return [request.url.params.get("prefix", "") for request in requests]


async def test_a_listing_ends_after_so_many_objects() -> None:
    long = Long()
    await long.look()
    assert sorted(long.content.objects) == sorted(MANY)[:10]


async def test_an_object_beyond_is_looked_for_by_its_own_name() -> None:
    long = Long({"z": Stored(b"1"), "za": Stored(b"2")})
    await long.look()
    await long.look_for("z")
    assert long.prefixes == ["z"]
    assert long.content.etags("z") == (Stored(b"1").etag,)
    assert "za" not in long.content.objects
    await long.look_for("z")
    assert long.prefixes == []  # another pass was faster
    for _ in range(2):
        await long.look_for("zb")
        assert long.prefixes == ["zb"]
        assert long.content.etags("zb") == ("",)
    await long.look_for("zb", LATER)
    assert long.prefixes == []  # there was a look just now
    await long.bench.clock.advance(30)
    await long.look_for("zb", LATER)
    assert long.prefixes == ["zb"]


async def test_an_object_before_the_end_is_not_there() -> None:
    long = Long()
    await long.look()
    await long.look_for("a")
    assert long.prefixes == [""]


@pytest.mark.parametrize("folder", ["m/", "z/"])
async def test_of_a_folder_there_is_all_or_nothing(folder: str) -> None:
    long = Long({f"z/{n}": Stored(b"x") for n in range(3)})
    await long.look()
    assert long.content.below(folder) == []
    await long.look_for(folder)
    assert long.prefixes == [folder]
    # Of the larger one as many as are listed, which are more than a script may have.
    assert len(long.content.below(folder)) == (3 if folder == "z/" else 10)


async def test_what_has_changed_beyond_is_told_after_the_next_look() -> None:
    long = Long({"z": Stored(b"1")})
    await long.look()
    await long.look_for("z")
    long.bench.changed.clear()
    long.change(["z"])
    await long.look()
    assert long.bench.changed == [{("b", "z")}]
    await long.look_for("z")
    assert long.content.etags("z") == (Stored(b"new").etag,)


async def test_templates_are_always_listed() -> None:
    files = {f"templates/customer/{n}.js": Stored(b"x") for n in range(3)}
    long = Long(files, "workers-data")
    await long.look()
    assert long.prefixes == ["", "templates/"]
    assert files.keys() <= long.content.objects.keys()
    assert len(long.content.below("templates/customer/")) == 3
