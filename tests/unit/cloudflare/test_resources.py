"""The typed calls: which requests they make, and what they make of the answers."""

import json
from collections.abc import Awaitable, Callable, Mapping
from email import message_from_bytes
from typing import Any

import httpx
import pytest

from support.calls import ACCOUNT, Wire, api, ok, refusal
from workers_operator.cloudflare import kv, scripts, writes, zones
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import (
    CloudflareError,
    Rejected,
    ScriptRejected,
    ServerError,
)
from workers_operator.domain.content import Code, Content, Module, Sealed
from workers_operator.domain.serving import KeyValue
from workers_operator.domain.tampering import Fingerprint
from workers_operator.engine.priority import Priority
from workers_operator.sources import resolve
from workers_operator.sources.resolve import Blob

NOW = Priority.EDIT
CODE = Code(
    origin="inline",
    main="index.js",
    modules=(
        Module("index.js", "application/javascript+module", b"export default {}"),
        Module("lib/note.txt", "text/plain", "zwölf".encode()),
    ),
    compatibility_date="2026-10-01",
    compatibility_flags=("nodejs_compat",),
)
BINDING = {"type": "plain_text", "name": "A", "text": "1"}


def multipart(request: httpx.Request) -> dict[str, tuple[str | None, str, bytes]]:
    """part name -> (file name, content type, content)"""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = {}
    for part in message_from_bytes(head + request.content).get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        parts[str(name)] = (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))  # type: ignore[union-attr]  # fmt: skip
    return parts  # type: ignore[return-value]


def pages(*results: list[Mapping[str, Any]]) -> Wire:
    """Answers page after page; the cursor of each is its number."""

    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("cursor", "0"))
        return ok(results[page], cursor=str(page + 1) if page + 1 < len(results) else "")

    return Wire(handler)


async def test_an_upload_on_the_wire() -> None:
    wire = Wire(lambda _: ok())
    await writes.upload_script(
        api(wire), "ns", "shop--0", Content(CODE, (BINDING,)), ["t1", "t2"], NOW
    )
    assert wire.lines == ["PUT /workers/dispatch/namespaces/ns/scripts/shop--0"]
    parts = multipart(wire.requests[0])
    assert list(parts) == ["metadata", "index.js", "lib/note.txt"]
    filename, content_type, metadata = parts["metadata"]
    assert (filename, content_type) == (None, "application/json")
    assert json.loads(metadata) == {
        "main_module": "index.js",
        "bindings": [BINDING],
        "tags": ["t1", "t2"],
        "compatibility_date": "2026-10-01",
        "compatibility_flags": ["nodejs_compat"],
    }
    assert parts["index.js"] == ("index.js", "application/javascript+module", b"export default {}")
    assert parts["lib/note.txt"] == ("lib/note.txt", "text/plain", "zwölf".encode())


def test_metadata_leaves_out_what_is_not_said() -> None:
    code = Code("inline", "a.js", (Module("a.js", "application/javascript+module", b""),))
    metadata = json.loads(writes.upload_parts(Content(code, ()), ())[0][1][1])
    assert metadata == {"main_module": "a.js", "bindings": [], "tags": []}


async def test_scripts_are_listed_page_by_page() -> None:
    left = {"etag": "e1", "modified_on": "2026-01-31T08:00:00Z"}
    wire = pages(
        [{"script": {"id": "a", **left}}, {"id": "b", **left}],
        [{"script": {"id": "c", "etag": "e1"}, "id": "no", **left, "etag": "no"}],
        [{"script": {"id": "d", "etag": None}}],
    )
    found = [script async for script in scripts.list_scripts(api(wire), "ns", NOW)]
    same = Fingerprint("e1", "2026-01-31T08:00:00Z")
    assert found == [*(scripts.DispatchScript(n, same) for n in "abc"), scripts.DispatchScript("d")]
    assert [dict(r.url.params) for r in wire.requests] == [
        {"limit": "1000"},
        {"limit": "1000", "cursor": "1"},
        {"limit": "1000", "cursor": "2"},
    ]


async def test_keys_are_listed_with_their_metadata_page_by_page() -> None:
    wire = pages([{"name": "host:a", "metadata": {"x": 1}}], [], [{"name": "worker:b"}])
    found = [pair async for pair in kv.list_keys(api(wire), "id", NOW)]
    assert found == [("host:a", {"x": 1}), ("worker:b", None)]
    assert len(wire.requests) == 3


async def test_an_error_on_a_later_page_ends_the_listing() -> None:
    wire = Wire(lambda r: refusal(500, 1) if "cursor" in r.url.params else ok([{"id": "a"}], cursor="1"))  # fmt: skip
    with pytest.raises(ServerError):
        async for _ in scripts.list_scripts(api(wire), "ns", NOW):
            pass


async def test_a_bulk_write_on_the_wire() -> None:
    wire = Wire(lambda _: ok({"successful_key_count": 1, "unsuccessful_keys": []}))
    await writes.write_pairs(api(wire), "id", [KeyValue("host:a", "{}", {"x": 1})], NOW)
    assert wire.lines == ["PUT /storage/kv/namespaces/id/bulk"]
    assert wire.body() == [{"key": "host:a", "value": "{}", "metadata": {"x": 1}}]


async def test_keys_that_were_not_written_are_an_error() -> None:
    wire = Wire(lambda _: ok({"successful_key_count": 1, "unsuccessful_keys": ["host:b"]}))
    with pytest.raises(ServerError, match="1 of 2"):
        await writes.write_pairs(api(wire), "id", [KeyValue(k, "", {}) for k in ("a", "b")], NOW)


async def test_a_bulk_deletion_on_the_wire() -> None:
    wire = Wire(lambda _: ok({"successful_key_count": 2, "unsuccessful_keys": []}))
    await writes.delete_keys(api(wire), "id", ["host:a", "worker:b"], NOW)
    assert wire.lines == ["POST /storage/kv/namespaces/id/bulk/delete"]
    assert wire.body() == ["host:a", "worker:b"]


async def test_keys_that_were_not_deleted_are_an_error() -> None:
    wire = Wire(lambda _: ok({"successful_key_count": 1, "unsuccessful_keys": ["host:a"]}))
    with pytest.raises(ServerError, match="1 of 2"):
        await writes.delete_keys(api(wire), "id", ["host:a", "worker:b"], NOW)


@pytest.mark.parametrize("result", [None, {}])
async def test_a_bulk_answer_that_says_nothing_is_a_success(result: object) -> None:
    wire = Wire(lambda _: ok(result))
    await writes.write_pairs(api(wire), "id", [KeyValue("a", "", {})], NOW)
    await writes.delete_keys(api(wire), "id", ["a"], NOW)


async def test_a_namespace_is_found_on_a_later_page() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        count = 100 if page < 3 else 2
        return ok([{"id": f"{page}-{n}", "title": f"t{page}-{n}"} for n in range(count)])

    wire = Wire(handler)
    found = {title: id_ async for title, id_ in kv.list_namespaces(api(wire), NOW)}
    assert found["t3-1"] == "3-1"
    assert (len(found), "none" in found) == (202, False)
    assert len(wire.requests) == 3


Deletion = Callable[[Api], Awaitable[object]]
# Kind → its deletion, where it goes, and the code of a 404. Elsewhere some of the codes mean something transient.
DELETIONS: Mapping[str, tuple[Deletion, str, int]] = {
    "script": (
        lambda client: writes.delete_script(client, "ns", "a", NOW),
        "DELETE /workers/dispatch/namespaces/ns/scripts/a",
        10007,
    ),
    "script of a namespace that is gone": (
        lambda client: writes.delete_script(client, "ns", "a", NOW),
        "DELETE /workers/dispatch/namespaces/ns/scripts/a",
        100119,
    ),
    "Worker of the account": (
        lambda client: writes.delete_account_script(client, "a", NOW),
        "DELETE /workers/scripts/a",
        10007,
    ),
    "zone route": (lambda client: writes.delete_route(client, "z", "r", NOW), "DELETE ", 10009),
    "KV namespace": (
        lambda client: writes.delete_kv_namespace(client, "n", NOW),
        "DELETE /storage/kv/namespaces/n",
        10013,
    ),
    "bucket": (
        lambda client: writes.delete_bucket(client, "b", NOW),
        "DELETE /r2/buckets/b",
        10006,
    ),
}


@pytest.mark.parametrize("kind", DELETIONS)
async def test_deleting_what_is_gone_is_a_success(kind: str) -> None:
    delete, line, code = DELETIONS[kind]
    wire = Wire(lambda _: refusal(404, code))
    assert await delete(api(wire)) in (None, True)
    assert wire.lines == [line]
    with pytest.raises(Rejected):
        await delete(api(Wire(lambda _: refusal(403, 10001))))


@pytest.mark.parametrize("kind", DELETIONS)
@pytest.mark.parametrize("code", [7003, 10002, 10013, 10035, None])
async def test_whatever_code_says_that_it_is_gone(kind: str, code: int | None) -> None:
    delete = DELETIONS[kind][0]
    assert await delete(api(Wire(lambda _: refusal(404, code)))) in (None, True)


BUNDLE = (
    b'--edge\r\nContent-Disposition: form-data; name="index.js"; filename="index.js"\r\n'
    b"Content-Type: application/javascript+module\r\n\r\nexport default {}\r\n"
    b'--edge\r\nContent-Disposition: form-data; name="lib/note.txt"; filename="lib/note.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nzw\xc3\xb6lf\r\n--edge--\r\n"
)
SETTINGS = {"compatibility_date": "2026-10-01", "compatibility_flags": ["nodejs_compat"]}


def serves(data: bytes, settings: Mapping[str, Any], **headers: str) -> Wire:
    """An edge that has one script."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/settings"):
            return ok(dict(settings))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(200, content=data, headers=named)

    return Wire(handler)


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (serves(BUNDLE, SETTINGS, content_type="multipart/form-data; boundary=edge",
                cf_entrypoint="index.js"), CODE),
        (serves(b"export default {}", {}, content_type="application/javascript+module",
                cf_entrypoint="a.js"),
         Code("inline", "a.js", (Module("a.js", "application/javascript+module", b"export default {}"),))),
        (serves(b"addEventListener()", {"compatibility_flags": None},
                content_type="application/javascript; charset=utf-8"),
         Code("inline", "worker.js", (Module("worker.js", "application/javascript", b"addEventListener()"),),
              service_worker=True)),
    ],
    ids=["bundle", "module", "service worker"],
)  # fmt: skip
async def test_a_downloaded_script_is_the_code_that_was_uploaded(wire: Wire, code: Code) -> None:
    found = await scripts.download_script(api(wire), "ns", "shop--0", NOW)
    script = "/workers/dispatch/namespaces/ns/scripts/shop--0"
    assert wire.lines == [f"GET {script}/content", f"GET {script}/settings"]
    assert "export" not in repr(found)
    back = resolve.from_deployed(
        Blob(found.data, found.content_type),
        found.entrypoint,
        "inline",
        date=found.compatibility_date,
        flags=found.compatibility_flags,
    )
    assert back == code
    assert back.revision == code.revision


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (ok({}), Fingerprint()),
        (ok({"script": {"etag": "e1"}, "modified_on": "then"}), Fingerprint("e1", "then")),
        (refusal(404, 10007), None),
    ],
)
async def test_looking_for_one_script(answer: httpx.Response, found: Fingerprint | None) -> None:
    assert await scripts.find_script(api(Wire(lambda _: answer)), "ns", "a", NOW) == found


async def test_looking_for_one_script_fails() -> None:
    with pytest.raises(CloudflareError):
        await scripts.find_script(api(Wire(lambda _: refusal(500, 1))), "ns", "a", NOW)


async def test_what_the_platform_reads() -> None:
    answers: dict[str, Any] = {
        "/zones/z1": {"id": "z1", "name": "code24.dev", "account": {"name": "Code24"}},
        "/zones/z2": {"id": "z2", "name": "x.dev", "account": None},
        "/zones/z1/workers/routes": [
            {"id": "r1", "pattern": "*.x/*", "script": "d"},
            {"id": "r2", "pattern": "y/*", "script": ""},
        ],
        f"/accounts/{ACCOUNT}/workers/scripts": [
            {"id": "d", "tags": ["t"]},
            {"id": "e", "tags": None},
        ],
        f"/accounts/{ACCOUNT}/workers/dispatch/namespaces": [{"namespace_name": "ns"}],
    }
    client = api(Wire(lambda r: ok(answers[r.url.path.removeprefix("/client/v4")])))
    zone = await zones.get_zone(client, "z1", NOW)
    assert (zone.name, zone.account_name) == ("code24.dev", "Code24")
    assert (await zones.get_zone(client, "z2", NOW)).account_name == ""
    assert [r.script for r in await zones.list_routes(client, "z1", NOW)] == ["d", None]
    listed = await scripts.list_account_scripts(client, NOW)
    assert [(s.name, s.tags) for s in listed] == [("d", {"t"}), ("e", frozenset())]
    assert await scripts.list_namespaces(client, NOW) == [("ns", False)]


async def test_what_the_platform_creates() -> None:
    wire = Wire(lambda _: ok({"id": "new"}))
    client = api(wire)
    assert await writes.create_kv_namespace(client, "T", NOW) == "new"
    await writes.create_dispatch_namespace(client, "ns", NOW)
    await writes.create_bucket(client, "b", NOW)
    await writes.create_route(client, "z", "*.x/*", "d", NOW)
    assert [wire.body(n) for n in range(4)] == [
        {"title": "T"}, {"name": "ns"}, {"name": "b"}, {"pattern": "*.x/*", "script": "d"},
    ]  # fmt: skip
    assert {r.method for r in wire.requests} == {"POST"}


async def test_what_a_script_threw_is_told_without_its_secrets() -> None:
    """Cloudflare repeats what the script threw at its start; a value may be a part of another."""
    words = "Uncaught Error: s3cret-long and s3cret at index.js"
    wire = Wire(lambda _: refusal(400, 10021, words))
    secrets = {"A": Sealed("s3cret"), "B": Sealed("s3cret-long"), "EMPTY": Sealed("")}
    with pytest.raises(ScriptRejected) as caught:
        await writes.upload_script(api(wire), "ns", "a", Content(CODE, (), secrets), [], NOW)
    assert caught.value.message == "Uncaught Error: [secret] and [secret] at index.js"
    assert "s3cret" not in f"{caught.value!r} {caught.value}"
    sent = json.loads(multipart(wire.requests[0])["metadata"][2])["bindings"]
    assert {b["name"]: b["text"] for b in sent} == {"A": "s3cret", "B": "s3cret-long", "EMPTY": ""}


async def test_a_service_workers_other_modules_are_its_variables() -> None:
    modules = (
        Module("worker.js", "application/javascript", b"addEventListener('fetch', () => {})"),
        Module("WASM", "application/wasm", b"\0asm"),
        Module("WORDS", "text/plain", b"words"),
        Module("BYTES", "application/octet-stream", b"\0"),
    )
    code = Code("inline", "worker.js", modules, service_worker=True)
    wire = Wire(lambda _: ok({}))
    await writes.upload_script(api(wire), "ns", "a", Content(code, ()), [], NOW)
    metadata = json.loads(multipart(wire.requests[0])["metadata"][2])
    assert metadata["body_part"] == "worker.js"
    assert "main_module" not in metadata
    assert [(b["type"], b["name"], b["part"]) for b in metadata["bindings"]] == [
        ("wasm_module", "WASM", "WASM"),
        ("text_blob", "WORDS", "WORDS"),
        ("data_blob", "BYTES", "BYTES"),
    ]
