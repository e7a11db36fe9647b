"""The small formats: audit log, kubeconfig, signing key, ports."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_cluster.access import kubeconfig, signing_key
from local_cluster.audit import AuditedRequest, AuditReader, Key, count, parse
from local_cluster.run import ports

PRIVATE_BODY = [
    "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49",
    "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8",
    "maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==",
]
PUBLIC_BODY = [
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7",
    "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==",
]


def event(verb: str = "create", **target: str) -> str:
    document: Mapping[str, Any] = {
        "kind": "Event",
        "verb": verb,
        "user": {"username": "alice"},
        "userAgent": "operator/1",
        "objectRef": target,
        "responseStatus": {"code": 201},
    }
    return json.dumps(document) + "\n"


def test_a_line_of_the_audit_log_is_a_request() -> None:
    line = event(
        resource="workers", apiGroup="example.dev", subresource="status", namespace="a", name="b"
    )
    assert parse(line) == AuditedRequest(
        user="alice",
        user_agent="operator/1",
        verb="create",
        group="example.dev",
        resource="workers",
        subresource="status",
        namespace="a",
        name="b",
        code=201,
    )


def test_requests_are_counted_by_user_verb_and_resource() -> None:
    lines = [event(resource="a"), event(resource="a"), event("list", resource="a")]
    assert count(map(parse, lines)) == {
        Key("alice", "create", "a", ""): 2,
        Key("alice", "list", "a", ""): 1,
    }
    assert [parse(line).writes for line in lines] == [True, True, False]


def test_the_reader_starts_now_and_waits_for_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text(event(name="old"))
    reader = AuditReader(log)
    new = event(name="new")

    with log.open("a") as stream:
        stream.write(new[:10])
        stream.flush()
        assert reader.read() == []
        stream.write(new[10:])

    assert [request.name for request in reader.read()] == ["new"]
    assert reader.read() == []
    assert [request.name for request in AuditReader(log, 0).read()] == ["old", "new"]


def test_the_reader_goes_on_in_a_rotated_log(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    reader = AuditReader(log)
    assert reader.read() == []
    log.write_text(event(name="a long name before the rotation"))
    reader.read()
    log.write_text(event(name="after"))

    assert [request.name for request in reader.read()] == ["after"]


def test_a_merged_kubeconfig_keeps_other_contexts_and_the_current_one() -> None:
    def made(context: str, url: str, token: str) -> kubeconfig.Document:
        return kubeconfig.single(url=url, authority="PEM", context=context, token=token)

    base = kubeconfig.merged(made("local", "https://a", "1"), made("operator", "https://a", "2"))
    result = kubeconfig.merged(base, made("local", "https://b", "3"))

    assert result["current-context"] == "local"
    assert [cluster["cluster"]["server"] for cluster in result["clusters"]] == ["https://b"]
    assert {user["name"]: user["user"]["token"] for user in result["users"]} == {
        "local": "3",
        "operator": "2",
    }


def test_the_signing_key_is_the_published_example() -> None:
    """RFC 6979, A.2.5; the encoded forms were made by OpenSSL from the same number."""
    scalar = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    private, public = signing_key.pem_pair(scalar)
    assert private.splitlines()[1:-1] == PRIVATE_BODY
    assert public.splitlines()[1:-1] == PUBLIC_BODY


def test_ports_stay_unless_one_is_taken() -> None:
    first = ports.choose(None)
    assert ports.choose(first) == first
    with socket.create_server(("127.0.0.1", first.etcd_peer)):
        second = ports.choose(first)

    assert second != first
    assert len({second.etcd, second.etcd_peer, second.apiserver}) == 3
