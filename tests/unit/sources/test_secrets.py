"""Secrets of workers: read by name, told apart by a keyed fingerprint, and never said."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.bounds import MIB, peak
from support.clock import ManualClock
from workers_operator.domain.content import Sealed
from workers_operator.domain.errors import ReconcileError, Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeForbidden, KubeNotFound, KubeUnavailable
from workers_operator.resources import SecretBinding
from workers_operator.sources import secrets
from workers_operator.sources.secrets import (
    WATCHED_LABEL,
    SecretName,
    SecretReader,
    fingerprint,
)

CANARY = "canary-value-7d1e"
LABELS = {WATCHED_LABEL: "true"}


class Cluster:
    """Secrets by name; ``trouble`` is what the API server says instead."""

    def __init__(self) -> None:
        self.secrets: dict[str, Secret] = {}
        self.trouble: Exception | None = None
        self.reads: list[str] = []
        self.looks: list[str] = []

    def hold(self, name: str, data: Mapping[str, bytes], version: str = "1", **labels: str) -> None:
        self.secrets[name] = Secret(data, labels, version)

    async def get_secret(self, namespace: str, name: str) -> Secret:
        self.reads.append(f"{namespace}/{name}")
        return self._found(name)

    async def get_secret_metadata(self, namespace: str, name: str) -> Mapping[str, Any]:
        self.looks.append(f"{namespace}/{name}")
        found = self._found(name)
        return {"resourceVersion": found.resource_version, "labels": dict(found.labels)}

    def _found(self, name: str) -> Secret:
        if self.trouble is not None:
            raise self.trouble
        if name not in self.secrets:
            raise KubeNotFound(Reason.NOT_FOUND, f"secrets {name!r} not found")
        return self.secrets[name]


def wanted(*triples: tuple[str, str, str]) -> tuple[SecretBinding, ...]:
    return tuple(
        SecretBinding.model_validate({"name": n, "secretKeyRef": {"name": s, "key": k}})
        for n, s, k in triples
    )


TOKEN = wanted(("TOKEN", "shop", "token"))


async def refusal(cluster: Cluster) -> ReconcileError:
    with pytest.raises(ReconcileError) as caught:
        await SecretReader(cluster).read("shop-ns", TOKEN)
    return caught.value


async def test_values_by_variable_name_each_secret_read_once() -> None:
    cluster = Cluster()
    cluster.hold("shop", {"token": b"1", "other": "zwölf".encode()})
    cluster.hold("blog", {"token": b""})
    found = await SecretReader(cluster).read(
        "ns", wanted(("A", "shop", "token"), ("B", "shop", "other"), ("C", "blog", "token"))
    )
    assert {n: v.reveal() for n, v in found.values.items()} == {"A": "1", "B": "zwölf", "C": ""}
    assert sorted(cluster.reads) == ["ns/blog", "ns/shop"]


async def test_no_secrets_need_no_look() -> None:
    cluster = Cluster()
    found = await SecretReader(cluster).read("ns", ())
    assert (found.values, found.watched, found.fingerprints(b"k")) == ({}, True, ())
    assert cluster.reads == []


async def test_what_is_absent_and_what_is_forbidden_is_said_in_the_same_words() -> None:
    """Whether a Secret exists is nobody's business who may not read it."""
    absent, forbidden = Cluster(), Cluster()
    forbidden.trouble = KubeForbidden(Reason.FORBIDDEN, "secrets is forbidden")
    one, other = await refusal(absent), await refusal(forbidden)
    assert isinstance(one, Waiting)
    assert isinstance(other, Waiting)
    assert (one.reason, one.message, one.after) == (other.reason, other.message, other.after)
    assert one.reason == "SecretNotFound"
    assert "'shop'" in one.message


async def test_an_api_server_that_is_away_is_something_else() -> None:
    cluster = Cluster()
    cluster.trouble = KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "no answer")
    assert (await refusal(cluster)).reason == "KubernetesUnavailable"


@pytest.mark.parametrize(
    ("data", "reason", "kind"),
    [
        ({"other": CANARY.encode()}, "SecretNotFound", Waiting),
        ({"token": CANARY.encode() + b"\xff"}, "SecretInvalid", Stalled),
        ({"token": CANARY.encode() * 400}, "VariableTooLarge", Stalled),
    ],
)
async def test_what_is_wrong_is_said_without_the_value(
    data: Mapping[str, bytes], reason: str, kind: type[ReconcileError]
) -> None:
    cluster = Cluster()
    cluster.hold("shop", data)
    error = await refusal(cluster)
    assert (error.reason, type(error)) == (reason, kind)
    assert "TOKEN" in error.message or "'token'" in error.message
    assert error.__suppress_context__ or error.__context__ is None
    shown = f"{error} {error!r} {error.args} {error.message}"
    assert CANARY not in shown


async def test_a_value_of_just_the_size_that_cloudflare_takes_is_taken() -> None:
    cluster = Cluster()
    cluster.hold("shop", {"token": b"x" * 5120})
    found = await SecretReader(cluster).read("ns", TOKEN)
    assert len(found.values["TOKEN"].reveal()) == 5120


async def test_values_do_not_show_where_they_are_held() -> None:
    cluster = Cluster()
    cluster.hold("shop", {"token": CANARY.encode()})
    found = await SecretReader(cluster).read("ns", TOKEN)
    assert CANARY not in f"{found} {found!r} {found.fingerprints(b'k')} {cluster.secrets}"


@given(st.text(max_size=20), st.binary(max_size=40), st.binary(max_size=40))
def test_a_fingerprint_tells_nothing_without_the_key(value: str, key: bytes, other: bytes) -> None:
    mine = fingerprint(key, Sealed(value))
    assert mine == fingerprint(key, Sealed(value))
    assert mine != hashlib.sha256(value.encode()).hexdigest()
    # HMAC fills a key up with zeros.
    same_key = key.ljust(64, b"\0") == other.ljust(64, b"\0")
    assert (mine == fingerprint(other, Sealed(value))) == same_key


@given(st.text(max_size=8), st.text(max_size=8))
def test_equal_fingerprints_are_equal_values(one: str, other: str) -> None:
    assert (fingerprint(b"k", Sealed(one)) == fingerprint(b"k", Sealed(other))) == (one == other)


async def test_fingerprints_are_sorted_by_name() -> None:
    cluster = Cluster()
    cluster.hold("shop", {"token": b"1", "other": b"2"})
    found = await SecretReader(cluster).read(
        "ns", wanted(("B", "shop", "other"), ("A", "shop", "token"))
    )
    assert found.fingerprints(b"k") == (
        ("A", fingerprint(b"k", Sealed("1"))),
        ("B", fingerprint(b"k", Sealed("2"))),
    )


@pytest.mark.parametrize(
    ("shop", "blog", "watched"), [(True, True, True), (True, False, False), (False, False, False)]
)
async def test_all_have_to_be_labelled_to_be_watched(shop: bool, blog: bool, watched: bool) -> None:
    cluster = Cluster()
    cluster.hold("shop", {"a": b""}, **(LABELS if shop else {}))
    cluster.hold("blog", {"a": b""}, **(LABELS if blog else {}))
    found = await SecretReader(cluster).read("ns", wanted(("A", "shop", "a"), ("B", "blog", "a")))
    assert found.watched is watched


class Watching:
    """A reader whose watch goes on by the clock."""

    def __init__(self, cluster: Cluster) -> None:
        self.reader, self.clock, self.used = SecretReader(cluster), ManualClock(), True
        self.told: list[SecretName] = []

    def changed(self, namespace: str, name: str) -> bool:
        self.told.append((namespace, name))
        return self.used

    async def look(self) -> list[SecretName]:
        """One round; what it told of."""
        self.told.clear()
        await self.clock.advance(secrets.POLL_SECONDS)
        return self.told


@pytest.fixture
async def watching(cluster: Cluster) -> AsyncIterator[Watching]:
    watching = Watching(cluster)
    task = asyncio.ensure_future(watching.reader.watch(watching.changed, watching.clock.sleep))
    yield watching
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


SHOP = ("ns", "shop")


async def test_each_version_of_a_labelled_secret_is_told_of_once(
    cluster: Cluster, watching: Watching
) -> None:
    """Also if nobody reads it, since the source of who uses it fails first."""
    cluster.hold("shop", {"token": b"1"}, **LABELS)
    cluster.hold("plain", {"token": b"1"})
    await watching.reader.read("ns", wanted(("A", "shop", "token"), ("B", "plain", "token")))
    assert await watching.look() == []
    assert cluster.looks == ["ns/shop"]
    for version in ("2", "3"):
        cluster.hold("shop", {"token": b"2"}, version, **LABELS)
        assert await watching.look() == [SHOP]
        assert await watching.look() == []
    await watching.reader.read("ns", wanted(("A", "shop", "token")))
    assert await watching.look() == []


async def test_a_version_that_one_worker_has_read_is_told_to_the_others(
    cluster: Cluster, watching: Watching
) -> None:
    cluster.hold("shop", {"token": b"1"}, **LABELS)
    await watching.reader.read("ns", TOKEN)
    cluster.hold("shop", {"token": b"2"}, "2", **LABELS)
    await watching.reader.read("ns", TOKEN)  # by another worker, before anybody was told
    assert await watching.look() == [SHOP]
    assert await watching.look() == []


async def test_a_secret_that_is_gone_is_told_of_once_and_watched_again_when_it_is_back(
    cluster: Cluster, watching: Watching
) -> None:
    cluster.hold("shop", {"token": b"1"}, **LABELS)
    await watching.reader.read("ns", TOKEN)
    del cluster.secrets["shop"]
    assert await watching.look() == [SHOP]
    assert await watching.look() == []  # who uses it asks for it now
    cluster.hold("shop", {"token": b"2"}, "2", **LABELS)
    await watching.reader.read("ns", TOKEN)
    cluster.hold("shop", {"token": b"3"}, "3", **LABELS)
    assert await watching.look() == [SHOP]


async def test_an_api_server_that_is_away_changes_nothing(
    cluster: Cluster, watching: Watching
) -> None:
    cluster.hold("shop", {"token": b"1"}, **LABELS)
    await watching.reader.read("ns", TOKEN)
    cluster.trouble = KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "no answer")
    assert await watching.look() == []


async def test_what_nobody_uses_any_more_is_not_looked_at(
    cluster: Cluster, watching: Watching
) -> None:
    cluster.hold("shop", {"token": b"1"}, **LABELS)
    await watching.reader.read("ns", TOKEN)
    cluster.hold("shop", {"token": b"2"}, "2", **LABELS)
    watching.used = False
    assert await watching.look() == [SHOP]
    cluster.looks.clear()
    assert await watching.look() == []
    assert cluster.looks == []


async def test_a_secret_that_lost_its_label_is_told_of_and_then_not_looked_at(
    cluster: Cluster, watching: Watching
) -> None:
    cluster.hold("shop", {"token": b"1"}, **LABELS)
    await watching.reader.read("ns", TOKEN)
    cluster.hold("shop", {"token": b"1"}, "2")
    assert not (await watching.reader.read("ns", TOKEN)).watched
    assert await watching.look() == [SHOP]  # others go on to trust in being told
    cluster.looks.clear()
    assert await watching.look() == []
    assert cluster.looks == []


async def test_of_large_secrets_only_what_is_wanted_is_held() -> None:
    class Large(Cluster):
        async def get_secret(self, namespace: str, name: str) -> Secret:
            return Secret({"token": b"1", "other": os.urandom(MIB)}, {}, "1")

    names = [f"s{number}" for number in range(20)]
    with peak() as cost:
        found = await SecretReader(Large()).read("ns", wanted(*((n, n, "token") for n in names)))
    assert len(found.values) == 20
    assert cost.memory < 4 * MIB
