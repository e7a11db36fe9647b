"""Who uses what: found from both ends, whatever the objects said before."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.desired import references
from workers_operator.desired.references import Reference, callee
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.references import References


def key(name: str, namespace: str = "shop") -> ObjectKey:
    return ObjectKey("CustomerWorker", namespace, name)


keys = st.builds(key, st.sampled_from("abc"), st.sampled_from(["shop", "blog"]))
r2_keys = st.sampled_from(["a.js", "w/", "w/index.js", "w/lib/", "w/lib/a.js", "x/y.js"])
buckets = st.none() | st.sampled_from(["team", "other"])
platforms = st.sampled_from(["default", "staging"])
things = st.one_of(
    st.builds(references.config_map, st.just("shop"), st.sampled_from("ab")),
    st.builds(references.secret, st.just("shop"), st.sampled_from("ab")),
    st.builds(references.worker, keys),
    st.builds(references.r2, platforms, buckets, r2_keys),
)
History = list[tuple[ObjectKey, frozenset[Reference]]]
histories = st.lists(st.tuples(keys, st.frozensets(things, max_size=5)), max_size=12)
file_names = st.sampled_from(["a.js", "w/index.js", "w/lib/a.js", "w/new", "x/new"])


def anybody(key: ObjectKey, bucket: str) -> bool:
    return True


def beginning(names: list[str]) -> str:
    """What all of them begin with, letter by letter."""
    shortest = min(names, key=len)
    return next(
        shortest[:n]
        for n in range(len(shortest), -1, -1)
        if all(name.startswith(shortest[:n]) for name in names)
    )


def after(history: History) -> tuple[References, Mapping[ObjectKey, frozenset[Reference]]]:
    index = References()
    for who, found in history:
        index.put(who, found)
    return index, dict(history)


@given(histories, things)
def test_users_of_a_thing_are_those_that_say_so_now(history: History, thing: Reference) -> None:
    index, now = after(history)
    assert index.to(thing) == sorted(k for k, found in now.items() if thing in found)
    assert all(index.of(k) == found for k, found in now.items())
    assert set(index.all_of(thing.kind)) == {
        t for found in now.values() for t in found if t.kind == thing.kind
    }
    assert index.all_callees() == sorted(
        {callee(t) for found in now.values() for t in found if t.kind == "Worker"}
    )


@given(histories, platforms)
def test_of_each_bucket_is_known_what_all_wanted_keys_begin_with(
    history: History, platform: str
) -> None:
    index, now = after(history)
    wanted: dict[str, list[str]] = {}
    for thing in (t for found in now.values() for t in found):
        scope, _, bucket = thing.scope.partition("/")
        if thing.kind == "R2" and scope == platform:
            wanted.setdefault(bucket, []).append(thing.name)
    assert index.buckets(platform, anybody) == {b: beginning(names) for b, names in wanted.items()}


@given(histories, platforms, buckets, file_names)
def test_users_of_an_object_are_those_of_the_folders_it_lies_in_too(
    history: History, platform: str, bucket: str | None, name: str
) -> None:
    index, now = after(history)
    scope = f"{platform}/{bucket or ''}"
    assert index.to_object(platform, bucket or "", name) == {
        who
        for who, found in now.items()
        for t in found
        if (t.kind, t.scope) == ("R2", scope)
        and (t.name == name or (t.name.endswith("/") and name.startswith(t.name)))
    }


@given(histories)
def test_nothing_is_left_of_objects_that_are_gone(
    history: History,
) -> None:
    index, now = after(history)
    for who in [*now, key("never there")]:
        index.remove(who)
    assert all(index.of(who) == frozenset() for who in now)
    assert not any(index.all_of(kind) for kind in ("ConfigMap", "Secret", "Worker", "R2"))
    assert index.buckets("default", anybody) == index.buckets("staging", anybody) == {}


def test_workers_that_an_object_calls() -> None:
    index = References()
    elite = ObjectKey("EliteWorker", "shop", "brand")
    called = {references.worker(key("b")), references.worker(elite)}
    index.put(key("a"), frozenset({*called, references.secret("shop", "s")}))
    assert index.callees(key("a")) == [key("b"), elite]
    assert index.callees(key("b")) == []


@given(keys)
def test_a_worker_is_named_by_its_reference(who: ObjectKey) -> None:
    assert callee(references.worker(who)) == who


def test_a_platform_whose_name_begins_like_anothers_is_another() -> None:
    index = References()
    theirs = references.r2("default-2", "team", "b.js")
    index.put(key("a"), frozenset({references.r2("default", None, "a.js"), theirs}))
    assert index.buckets("default", anybody) == {"": "a.js"}
    assert index.to_object("default", "team", "b.js") == set()
