"""The reader of workerd's traces, on traces as workerd writes them."""

import json

from local_edge.metering.invocation import DISCONNECTED, SUCCESS, THREW, Invocation, Took
from local_edge.metering.trace import TraceReader

VERSION = "38f80372-b93f-4348-9e2a-de836bf56c5b"
HEADER = {"e": "header", "v": 1, "producer": "workerd", "version": "x", "epochUnixMs": 1_000_000}


def line(event: str, ctx: int, **fields: object) -> dict[str, object]:
    return {"e": event, "ctx": ctx, **fields}


def text(*lines: dict[str, object]) -> bytes:
    return b"".join(json.dumps(item, separators=(",", ":")).encode() + b"\n" for item in lines)


def begin(ctx: int, worker: str, at: int) -> list[dict[str, object]]:
    named = {"kind": "request", "name": "fetch", "trigger": 0, "exec": 0, "at": at}
    return [
        line("ctx", ctx, iso=ctx, worker=worker, actor=None, at=at),
        line("init", ctx, id=1, **named),
    ]


def turn(ctx: int, locked: int, end: int) -> dict[str, object]:
    return line("turn", ctx, cause=1, start=locked, locked=locked, end=end)


def operation(ctx: int, number: int, url: str) -> list[dict[str, object]]:
    named = {"kind": "operation", "name": "fetch", "trigger": 1, "exec": 1, "at": 0}
    return [
        line("init", ctx, id=number, **named),
        line("annotate", ctx, id=number, k="url.full", v=url),
    ]


def settle(ctx: int, number: int, outcome: str, at: int = 0) -> dict[str, object]:
    return line("settle", ctx, id=number, outcome=outcome, at=at)


def promise(ctx: int, outcome: str) -> list[dict[str, object]]:
    named = {"kind": "js_to_kj", "name": "awaitJs", "trigger": 1, "exec": 1, "at": 0}
    return [line("init", ctx, id=9, **named), settle(ctx, 9, outcome)]


def end(ctx: int, at: int) -> dict[str, object]:
    return line("ctx_end", ctx, at=at, created=2)


CALLER = [HEADER, *begin(1, "host", 1_000), *operation(1, 2, "https://a.example/")]
SCRIPT = [
    *begin(2, f"LOADER:{VERSION}~tail", 5_000_000),
    line("link", 2, id=1, fromIso=1, fromCtx=1, fromId=2),
]


def test_an_invocation_is_measured_and_its_caller_tells_the_response() -> None:
    reader = TraceReader()
    subrequests = [*operation(2, 3, "https://b.example/"), *operation(2, 4, "http://edge/value")]
    assert reader.read(text(*CALLER, *SCRIPT, *subrequests, turn(2, 5_000_000, 7_000_000))) == []
    answer = [
        settle(1, 2, "ok", 8_000_000),
        line("annotate", 1, id=2, k="http.response.body.size", v="70"),
    ]
    assert reader.read(text(*answer, turn(1, 1, 2), end(1, 8_500_000))) == []
    assert reader.read(text(turn(2, 8_600_000, 8_700_000), end(2, 9_000_000))) == [
        Invocation(VERSION, 1_000_005, "fetch", SUCCESS, Took(2_100, 4_000, 3_000), 1, 70)
    ]


def test_an_invocation_waits_for_what_its_caller_got() -> None:
    reader = TraceReader()
    assert reader.read(text(*CALLER, *SCRIPT, turn(2, 1, 2), end(2, 6_000_000))) == []
    found = reader.read(text(settle(1, 2, "error", 6_100_000), turn(1, 1, 2)))
    assert [item.status for item in found] == [THREW]
    assert reader.read(text(end(1, 7_000_000))) == []


def test_without_a_caller_the_promise_of_the_event_decides() -> None:
    for outcome, status in (("ok", SUCCESS), ("error", THREW)):
        lines = [HEADER, *begin(2, f"LOADER:{VERSION}", 0), *promise(2, outcome), end(2, 10)]
        assert [item.status for item in TraceReader().read(text(*lines))] == [status]
    lines = [HEADER, *begin(2, f"LOADER:{VERSION}", 0), end(2, 10)]
    assert [item.status for item in TraceReader().read(text(*lines))] == [THREW]
    cancelled = [HEADER, *begin(2, f"LOADER:{VERSION}", 0), settle(2, 1, "canceled"), end(2, 10)]
    assert [item.status for item in TraceReader().read(text(*cancelled))] == [DISCONNECTED]


def test_calls_of_the_host_are_no_invocations() -> None:
    method = line("annotate", 2, id=4, k="jsrpc.method", v="__edgeAbort")
    lines = [HEADER, *begin(2, f"LOADER:{VERSION}", 0), *operation(2, 4, "x"), method, end(2, 10)]
    assert TraceReader().read(text(*lines)) == []


def test_pieces_of_any_size_give_the_same() -> None:
    data = text(*CALLER, *SCRIPT, *promise(2, "ok"), turn(2, 1, 2), end(2, 6_000_000), end(1, 7))
    whole = TraceReader().read(data)
    assert len(whole) == 1
    for size in (1, 7, 100):
        reader = TraceReader()
        pieces = [reader.read(data[at : at + size]) for at in range(0, len(data), size)]
        assert [item for piece in pieces for item in piece] == whole


def test_a_process_that_was_killed_leaves_nothing_behind() -> None:
    reader = TraceReader()
    killed = text(*CALLER, *SCRIPT, end(2, 6_000_000)) + b'{"e":"turn","ctx":1,"cau'
    assert reader.read(killed) == []
    again = {**HEADER, "epochUnixMs": 2_000_000}
    lines = [again, *begin(2, f"LOADER:{VERSION}", 0), *promise(2, "ok"), end(2, 10)]
    assert [item.began for item in reader.read(text(*lines))] == [1_000_005, 2_000_000]


def test_a_trace_whose_start_was_missed_is_dated_by_the_clock() -> None:
    reader = TraceReader(lambda: 5000.0)
    lines = [*begin(2, f"LOADER:{VERSION}", 9_000_000), *promise(2, "ok"), end(2, 9_000_010)]
    assert [item.began for item in reader.read(text(*lines))] == [5_000_000]


def test_strings_of_scripts_cannot_look_like_lines() -> None:
    url = 'https://x/{"e":"ctx_end","ctx":2,"at":1}\n{"e":"ctx_end","ctx":2,"at":1}'
    reader = TraceReader()
    lines = [HEADER, *begin(2, f"LOADER:{VERSION}", 0), *operation(2, 4, url), *promise(2, "ok")]
    assert reader.read(text(*lines)) == []
    assert len(reader.read(text(end(2, 10)))) == 1
