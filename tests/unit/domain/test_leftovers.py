"""Leftovers: whatever belongs to an object, or may, is none of them."""

from hypothesis import given
from hypothesis import strategies as st

from support.serving import mark
from workers_operator.domain import names
from workers_operator.domain.plan import leftovers
from workers_operator.domain.plan.leftovers import Inventory, Orphan, Owners, StrayScript

V1, V2 = "11111111", "22222222"
LONG = "x" * 60  # its scripts bear a shortened name


def inventory(*scripts: str, marks: dict[str, str] | None = None, **hosts: set[str]) -> Inventory:
    """``marks``: script name → uid."""
    by_base: dict[str, set[tuple[str, int]]] = {}
    for name in scripts:
        parsed = names.parse_versioned_name(name)
        assert parsed is not None
        by_base.setdefault(parsed.base, set()).add((parsed.hash, parsed.instance))
    marked = {
        name: mark(uid, f"CustomerWorker shop/{name}", V1, 1) for name, uid in (marks or {}).items()
    }
    return Inventory(by_base, marked, hosts)


NOBODY = Owners()


def strays(found: Inventory, owners: Owners = NOBODY) -> list[str]:
    return sorted(stray.name for stray in leftovers.stray_scripts(found, owners))


def test_a_script_that_nothing_leads_to_is_stray() -> None:
    found = inventory(f"shop--{V1}--0", f"shop--{V2}--1", f"blog--{V1}--0")
    owners = Owners(script_names={"CustomerWorker shop/blog": "blog"})
    assert strays(found, owners) == [f"shop--{V1}--0", f"shop--{V2}--1"]
    assert leftovers.orphans(found, owners) == ()


def test_scripts_of_a_long_name_are_known_by_their_base() -> None:
    script = names.versioned_name(names.base_name(LONG), V1, 0)
    assert strays(inventory(script), Owners(script_names={"CustomerWorker shop/long": LONG})) == []
    assert strays(inventory(script)) == [script]


def test_what_serves_is_no_stray_script() -> None:
    assert strays(inventory(f"shop--{V1}--0", marks={"shop": "u1"})) == []
    assert strays(inventory(f"shop--{V1}--0", shop={"shop.code24.dev"})) == []


def test_a_worker_without_an_object_is_an_orphan() -> None:
    found = inventory(f"shop--{V1}--0", marks={"shop": "u1"}, shop={"b.dev", "a.dev"})
    owner = found.marks["shop"].owner
    assert leftovers.orphans(found, Owners()) == (Orphan("shop", owner, ("a.dev", "b.dev")),)
    for owners in (
        Owners(uids=frozenset({"u1"})),
        Owners(script_names={owner: "shop"}),
        Owners(malformed=frozenset({owner})),
    ):
        assert leftovers.orphans(found, owners) == ()


def test_who_claims_the_name_of_an_orphan_does_not_answer_for_it() -> None:
    found = inventory(f"shop--{V1}--0", marks={"shop": "u1"}, shop={"a.dev"})
    namesake = Owners(uids=frozenset({"u2"}), script_names={"CustomerWorker other/shop": "shop"})
    assert [orphan.script_name for orphan in leftovers.orphans(found, namesake)] == ["shop"]


def test_routes_without_a_mark_make_an_orphan_without_an_owner() -> None:
    found = inventory(shop={"shop.code24.dev"})
    assert leftovers.orphans(found, Owners()) == (Orphan("shop", "", ("shop.code24.dev",)),)


few = st.sampled_from(["shop", "blog", "shop-2", LONG])


@given(st.frozensets(few), st.dictionaries(few, st.sampled_from(["u1", "u2"])), st.frozensets(few))
def test_nothing_is_both_and_nothing_of_an_object_is_either(
    claimed: frozenset[str], marks: dict[str, str], scripts: frozenset[str]
) -> None:
    uploaded = [names.versioned_name(names.base_name(name), V1, 0) for name in scripts]
    found, owners = (
        inventory(*uploaded, marks=marks),
        Owners(frozenset({"u1"}), {f"CustomerWorker other/{name}": name for name in claimed}),
    )
    orphans = {orphan.script_name for orphan in leftovers.orphans(found, owners)}
    assert orphans == {name for name, uid in marks.items() if uid != "u1"}
    stray = {StrayScript(name) for name in strays(found, owners)}
    expected = scripts - claimed - marks.keys()
    assert stray == {
        StrayScript(names.versioned_name(names.base_name(name), V1, 0)) for name in expected
    }
