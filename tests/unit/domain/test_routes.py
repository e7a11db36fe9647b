"""Route patterns: what people write is one spelling, or is refused; never anything else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers_operator.domain.routes import PatternRefused, Route, overlaps, parse_pattern, zone_of

labels = st.from_regex(r"[a-z0-9]([a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=2, max_size=4).map(".".join)
hosts = st.builds(lambda star, name: star + name, st.sampled_from(["", "*."]), names)
paths = st.builds(
    lambda path, star: f"/{path}{star}",
    st.text(st.characters(exclude_characters="*?#", codec="utf-8"), max_size=12),
    st.sampled_from(["", "*", "/*"]),
)
patterns = st.builds(
    lambda star, name, dot, path: f"{star}{name}{dot}{path}",
    st.sampled_from(["", "*.", "*"]),
    names,
    st.sampled_from(["", "."]),
    paths,
)
anything = st.text(st.characters()) | st.text(st.sampled_from("*./a\u3002\u00fcß%@:é-\ud800 "))


@pytest.mark.parametrize(
    ("pattern", "routes"),
    [
        ("shop.example.com/*", [Route("shop.example.com")]),
        ("SHOP.Example.COM/*", [Route("shop.example.com")]),
        ("shop.example.com./*", [Route("shop.example.com")]),
        ("shop.example.com\u3002/*", [Route("shop.example.com")]),
        ("  shop.example.com/*  ", [Route("shop.example.com")]),
        ("bücher.example.com/*", [Route("xn--bcher-kva.example.com")]),
        ("BÜCHER.example.com/*", [Route("xn--bcher-kva.example.com")]),
        ("xn--bcher-kva.example.com/*", [Route("xn--bcher-kva.example.com")]),
        ("XN--BCHER-KVA.example.com/*", [Route("xn--bcher-kva.example.com")]),
        ("qa--two.example.com/*", [Route("qa--two.example.com")]),
        ("my_shop.example.com/*", [Route("my_shop.example.com")]),
        ("r3---sn-x.example.com/*", [Route("r3---sn-x.example.com")]),
        ("-a-.example.com/*", [Route("-a-.example.com")]),
        ("*.qa--two.example.com/*", [Route("*.qa--two.example.com")]),
        ("i\u2764.example.com/*", [Route("xn--i-7iq.example.com")]),
        ("i\u2764\ufe0f.example.com/*", [Route("xn--i-7iq.example.com")]),
        ("xn--i-7iq.example.com/*", [Route("xn--i-7iq.example.com")]),
        ("straße.example.com/*", [Route("xn--strae-oqa.example.com")]),
        ("qa--ü_x.example.com/*", [Route("xn--qa--_x-6ya.example.com")]),
        ("*.example.com/*", [Route("*.example.com")]),
        ("*.Example.com./*", [Route("*.example.com")]),
        ("*example.com/*", [Route("example.com"), Route("*.example.com")]),
        ("*example.com/a", [Route("example.com", "=/a"), Route("*.example.com", "=/a")]),
        (f"{'a.' * 9}dev/*", [Route(f"{'a.' * 9}dev")]),
        (f"*.{'a.' * 8}dev/*", [Route(f"*.{'a.' * 8}dev")]),
        ("a.dev/", [Route("a.dev", "=/")]),
        ("a.dev/blog", [Route("a.dev", "=/blog")]),
        ("a.dev/Blog", [Route("a.dev", "=/Blog")]),
        ("a.dev/blog*", [Route("a.dev", "/blog*")]),
        ("a.dev/blog/*", [Route("a.dev", "/blog/*")]),
        ("a.dev/a b", [Route("a.dev", "=/a%20b")]),
        ("a.dev/a%20b", [Route("a.dev", "=/a%20b")]),
        ("a.dev/ü*", [Route("a.dev", "/%C3%BC*")]),
        ("a.dev//*", [Route("a.dev")]),
        ("a.dev/%c3%bcber/*", [Route("a.dev", "/%C3%BCber/*")]),
        ("a.dev/%62log/*", [Route("a.dev", "/blog/*")]),
        ("a.dev/%2f%3F*", [Route("a.dev", "/%2F%3F*")]),
        ("a.dev/100%*", [Route("a.dev", "/100%*")]),
        ("a.dev/a/../b/*", [Route("a.dev", "/b/*")]),
        ("a.dev/a/%2E%2e/b/*", [Route("a.dev", "/b/*")]),
        ("a.dev/../../b", [Route("a.dev", "=/b")]),
        ("a.dev/a/./b", [Route("a.dev", "=/a/b")]),
        ("a.dev/a/.", [Route("a.dev", "=/a/")]),
        ("a.dev/a/b/..", [Route("a.dev", "=/a/")]),
        ("a.dev/..", [Route("a.dev", "=/")]),
        ("a.dev/a/..*", [Route("a.dev", "/a/..*")]),
        ("a.dev/a/../*", [Route("a.dev")]),
        ("a.dev/.well-known/*", [Route("a.dev", "/.well-known/*")]),
        ("a.dev/files[1]/*", [Route("a.dev", "/files[1]/*")]),
        ("a.dev/a//b/*", [Route("a.dev", "/a/b/*")]),
        ("a.dev/a\\b", [Route("a.dev", "=/a/b")]),
        ("a.dev/=/a", [Route("a.dev", "=/=/a")]),
    ],
)
def test_what_a_pattern_means(pattern: str, routes: list[Route]) -> None:
    assert list(parse_pattern(pattern)) == routes


@pytest.mark.parametrize(
    "pattern",
    [
        "", "/", "a.dev", "*", "*/*", "*./*", "/a", ".dev/*", "localhost/*", "a..dev/*", "a.dev/*/b", "a.dev/**",
        "**.a.dev/*", "a.*.dev/*", "a*.dev/*", "a.dev:80/*", "u@a.dev/*", "https://a.dev/*", "a.dev/a?b", "a.dev/#",
        "a b.dev/*", "a/b", "a%b.dev/*", "ü b.dev/*", "\u0301a.dev/*", "a\u200db.dev/*",
        f"{'a' * 64}.dev/*", f"{'a.' * 126}dev/*", f"{'a.' * 10}dev/*", f"*.{'a.' * 9}dev/*", "\ud800.dev/*",
        "a.dev/\ud800", "xn--\u00fc.dev/*", "xn--a.dev/*",
    ],
)  # fmt: skip
def test_what_can_not_be_served_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(PatternRefused) as caught:
        parse_pattern(pattern)
    assert caught.value.reason == "InvalidRoute"
    assert repr(pattern[:200]) in caught.value.message


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("a.dev/*", ("a.dev", "/health")),
        ("a.dev/a/*", ("a.dev", "/a/health")),
        ("a.dev/a*", ("a.dev", "/a/health")),
        ("a.dev/a", ("a.dev", "/a")),
        ("a.dev/", ("a.dev", "/")),
        ("*.a.dev/a/*", ("health.a.dev", "/a/health")),
    ],
)
def test_a_request_to_a_route(pattern: str, asked: tuple[str, str]) -> None:
    (route,) = parse_pattern(pattern)
    assert route.request_to("/health") == asked


@given(anything | patterns)
@example("xn--0.xn--0/")
@example("a\u3002.dev/*")
def test_any_text_is_routes_or_refused(text: str) -> None:
    try:
        routes = parse_pattern(text)
    except PatternRefused:
        return
    assert 1 <= len(routes) <= 2
    for route in routes:
        assert route.host.isascii()
        assert route.host == route.host.lower()
        assert not route.host.endswith(".")
        assert route.path.isascii()
        assert route.path == "" or route.path.removeprefix("=").startswith("/")


@given(patterns | anything)
def test_a_zone_route_is_a_pattern_of_the_same_route(text: str) -> None:
    try:
        routes = parse_pattern(text)
    except PatternRefused:
        return
    for route in routes:
        assert parse_pattern(route.zone_pattern) == (route,)


@given(patterns)
def test_what_people_write_is_mostly_understood(text: str) -> None:
    """Else the two properties above would say little."""
    assert parse_pattern(text)


@given(names, paths)
def test_case_and_trailing_dot_of_a_host_make_no_difference(name: str, path: str) -> None:
    wanted = parse_pattern(name + path)
    assert parse_pattern(name.upper() + path) == wanted
    assert parse_pattern(f"{name}.{path}") == wanted


@given(hosts, hosts)
def test_overlapping_is_mutual(first: str, second: str) -> None:
    assert overlaps(first, second) == overlaps(second, first)
    assert overlaps(first, first)


@given(st.lists(hosts, min_size=2, max_size=2), labels)
def test_hosts_overlap_where_one_request_may_mean_both(pair: list[str], label: str) -> None:
    def matches(pattern: str, host: str) -> bool:
        return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern

    first, second = pair
    # If any host is meant by both, one of these is.
    requests = [p.replace("*", label) for p in pair]
    assert overlaps(first, second) == any(matches(first, r) and matches(second, r) for r in requests)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("a.dev", "a.dev", True),
        ("a.dev", "b.dev", False),
        ("*.a.dev", "x.a.dev", True),
        ("*.a.dev", "x.y.a.dev", True),
        ("*.a.dev", "a.dev", False),
        ("*.a.dev", "xa.dev", False),
        ("*.a.dev", "*.b.a.dev", True),
        ("*.a.dev", "*.b.dev", False),
        ("*.a.dev", "*.aa.dev", False),
    ],
)
def test_overlaps(first: str, second: str, overlap: bool) -> None:
    assert overlaps(first, second) is overlaps(second, first) is overlap


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("a.dev", "a.dev"),
        ("x.y.a.dev", "a.dev"),
        ("x.b.a.dev", "b.a.dev"),
        ("b.a.dev", "b.a.dev"),
        ("*.b.a.dev", "b.a.dev"),
        ("*.a.dev", "a.dev"),
        ("ba.dev", None),
        ("a.dev.com", None),
        ("dev", None),
    ],
)
def test_the_zone_of_a_host_is_the_closest(host: str, zone: str | None) -> None:
    assert zone_of(host, ["a.dev", "b.a.dev", "c.dev"]) == zone
