"""Whom a platform waits for before it goes: what is kept at every observation is what a look at everything finds."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index

PLATFORMS = ("default", "eu")
NAMES = st.sampled_from("abc")


def key(name: str) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", name)


@dataclass(frozen=True)
class Seen:
    """What is observed of a worker. ``there``: the platform that its status names; ``version``: of the resource."""

    name: str
    uid: str
    version: int
    names: str
    there: str
    is_malformed: bool

    def body(self) -> dict[str, Any]:
        """Return the object."""
        spec = {"customerId": "c1", "subdomain": self.name, "template": "ecommerce"}
        return {
            "metadata": {
                "name": self.name,
                "namespace": "shop",
                "uid": self.uid,
                "resourceVersion": str(self.version),
                "creationTimestamp": "2026",
            },
            "spec": {**spec, "platform": self.names, "instances": -1 if self.is_malformed else 1},
            "status": {"platform": self.there} if self.there else {},
        }


@dataclass(frozen=True)
class Gone:
    """A worker is deleted; it may be one that has been replaced by another of its name."""

    name: str
    uid: str


UIDS = st.sampled_from(["1", "2"])
STEPS = st.one_of(
    st.builds(
        Seen,
        name=NAMES,
        uid=UIDS,
        version=st.integers(1, 9),
        names=st.sampled_from(PLATFORMS),
        there=st.sampled_from(["", *PLATFORMS]),
        is_malformed=st.booleans(),
    ),
    st.builds(Gone, NAMES, UIDS),
)


@dataclass
class Naive:
    """Everything that was observed, and no index."""

    known: dict[str, Seen] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # uids, which never come back
    claims: dict[str, str] = field(default_factory=dict)

    def users(self, platform: str) -> set[ObjectKey]:
        """Return who names the platform, or has something there."""
        there = {name for name, seen in self.known.items() if seen.there == platform}
        return {key(n) for n in there | {n for n, p in self.claims.items() if p == platform}}


def follow(index: Index, naive: Naive, step: Seen | Gone) -> None:
    """Do as the controller does."""
    known = naive.known.get(step.name)
    if isinstance(step, Gone):
        if index.objects.remove(key(step.name), step.uid):
            index.forget(key(step.name))
        naive.gone.add(step.uid)
        if known is not None and known.uid == step.uid:
            naive.known.pop(step.name)
            naive.claims.pop(step.name, None)
        return
    index.objects.observe(key(step.name), step.body())
    if step.uid in naive.gone:
        return
    if known is not None and known.uid == step.uid and known.version >= step.version:
        return
    naive.known[step.name] = step
    index.put(key(step.name), step.body(), "2026")
    naive.claims.pop(step.name, None)
    if not step.is_malformed:
        naive.claims[step.name] = step.names


@given(st.lists(STEPS, max_size=20))
def test_they_are_those_that_name_it_or_are_there(steps: list[Seen | Gone]) -> None:
    index, naive = Index(), Naive()
    for step in steps:
        follow(index, naive, step)
        for platform in PLATFORMS:
            users = naive.users(platform)
            assert index.users(platform) == users
            assert index.has_users(platform) is bool(users)
            assert set(index.claims.on(platform)) == {
                key(n) for n, p in naive.claims.items() if p == platform
            }
