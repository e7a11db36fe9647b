"""How entries look, to people and to programs; and that no entry can look like something else."""

import json
import re

import pytest

from support.telemetry import SECOND, invoked, line
from workers_operator.domain.telemetry.entries import EntryKind, LogEntry
from workers_operator.domain.telemetry.rendering import as_json, as_text

INDENT = " " * 46
THROWN = line(
    "TypeError: boom",
    level="error",
    kind=EntryKind.EXCEPTION,
    stack="TypeError: boom\n    at fetch (worker.js:7:3)\n    at <anonymous>",
)


def test_entries_are_columns() -> None:
    shown = [
        as_text(entry)
        for entry in (
            invoked(at=1_769_850_000_123),
            line("cart opened", at=1_769_850_000_125, script=SECOND),
            line("slow", at=1_769_850_000_125, level="warn"),
        )
    ]
    assert shown == [
        "2026-01-31T09:00:00.123Z  11111111/0   200    GET /cart  ok, cpu 7ms, wall 42ms",
        "2026-01-31T09:00:00.125Z  11111111/1   log    cart opened",
        "2026-01-31T09:00:00.125Z  11111111/0   warn   slow",
    ]


def test_an_exception_has_its_stack_below_it() -> None:
    assert as_text(THROWN).splitlines() == [
        "1970-01-01T00:00:01.000Z  11111111/0   error  TypeError: boom",
        f"{INDENT}    at fetch (worker.js:7:3)",
        f"{INDENT}    at <anonymous>",
    ]


def test_an_invocation_without_a_response_says_how_it_ended() -> None:
    assert as_text(invoked("exceededCpu", None)).endswith(
        "  -      GET /cart  exceededCpu, cpu 7ms, wall 42ms"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("\x9b31m red", r"\x9b31m red"),
        ("over\rwritten\b\b", r"over\rwritten\x08\x08"),
        ("abc\u202egnp.exe", r"abc\u202egnp.exe"),
        ("zero\u200bwidth \u2066x\u2069", r"zero\u200bwidth \u2066x\u2069"),
        ("a\x0bb\x0cc\x85d\u2028e", r"a\x0bb\x0cc\x85d\u2028e"),
        ("lone \ud800", r"lone \ud800"),
        ("\0", r"\x00"),
        ("tab\tstop", "tab stop"),
        ("Grüße 日本 😀", "Grüße 日本 😀"),
        ("", ""),
        ("line\r\n", "line"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    for entry in (line(text), invoked(text)):
        for colours in (False, True):
            said = as_text(entry, colours=colours)
            assert shown in said
            without = re.sub(r"\x1b\[\d{1,2}m", "", said)
            assert without.isprintable()
        assert as_json(entry).isascii()
        assert as_json(entry).isprintable()
    assert json.loads(as_json(line(text)))["message"] == text


def test_no_line_of_an_entry_can_pass_for_another_entry() -> None:
    forged = "ok\n2026-01-31T09:00:00.123Z  11111111/1   log    forged\r\n\nend"
    first, *others = as_text(line(forged)).split("\n")
    assert first.endswith("log    ok")
    assert len(others) == 3
    assert all(not other or other.startswith(INDENT) for other in others)


def test_colours_only_where_they_are_wanted() -> None:
    assert "\x1b" not in as_text(THROWN)
    assert "\x1b[31mTypeError: boom\x1b[0m" in as_text(THROWN, colours=True)
    assert "\x1b[33m404  \x1b[0m" in as_text(invoked(status=404), colours=True)
    assert "\x1b[31m200  \x1b[0m" in as_text(invoked("exceededCpu"), colours=True)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            line("hello", request="r1"),
            {"type": "console", "level": "log", "message": "hello", "requestId": "r1"},
        ),
        (
            invoked(status=500),
            {
                "type": "invocation",
                "level": "log",
                "message": "GET /cart",
                "trigger": "GET /cart",
                "outcome": "ok",
                "status": 500,
                "cpuMs": 7,
                "wallMs": 41.5,
            },
        ),
    ],
)
def test_json_has_what_programs_need(entry: LogEntry, expected: dict[str, object]) -> None:
    common = {"time": "1970-01-01T00:00:01.000Z", "version": "11111111", "instance": 0}
    assert json.loads(as_json(entry)) == common | expected
    assert "\n" not in as_json(entry)
    assert json.loads(as_json(THROWN))["stack"].startswith("TypeError: boom\n")
