"""Hosts that overlap are found as if all were compared."""

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.hosts import HostIndex
from workers_operator.domain.routes import overlaps

labels = st.sampled_from(["a", "b", "ab"])
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
hosts = st.builds(lambda wild, name: f"*.{name}" if wild else name, st.booleans(), names)


@given(st.lists(st.tuples(st.booleans(), hosts), max_size=20), hosts)
def test_what_overlaps_is_found(history: list[tuple[bool, str]], host: str) -> None:
    index, known = HostIndex(), set[str]()
    for is_there, one in history:
        (index.add if is_there else index.discard)(one)
        (known.add if is_there else known.discard)(one)
    assert sorted(index.overlapping(host)) == sorted(h for h in known if overlaps(h, host))
    assert all((one in index) == (one in known) for _, one in history)
