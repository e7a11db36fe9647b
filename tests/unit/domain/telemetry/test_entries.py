"""Which scripts are a worker's, and what is hidden in its entries."""

import re

import pytest

from support.telemetry import invoked, line
from workers_operator.domain import names
from workers_operator.domain.telemetry.entries import EntryKind, LogScope, hidden

LONG = names.base_name("customer-worker-" + "x" * 60)


@pytest.mark.parametrize(
    ("base", "script", "is_its_own"),
    [
        ("shop", "shop--11111111--0", True),
        ("shop", "shop--0a1b2c3d--49", True),
        ("shop", "shop--blog--11111111--0", False),
        ("shop--blog", "shop--blog--11111111--0", True),
        ("shop--blog", "shop--11111111--0", False),
        ("shop", "shop--11111111--0--22222222--0", False),
        ("shop--11111111--0", "shop--11111111--0--22222222--0", True),
        ("shop", "shop-11111111-0", False),
        ("shop", "a-shop--11111111--0", False),
        ("shop", "shop--1111111--0", False),
        ("shop", "shop--11111111--007", False),
        ("shop", "shop", False),
        ("s.op", "shop--11111111--0", False),
        (LONG, f"{LONG}--11111111--0", True),
    ],
)
def test_workers_whose_names_begin_alike_do_not_mix(
    base: str, script: str, is_its_own: bool
) -> None:
    scope = LogScope("ns", base)
    assert (scope.script(script) is not None) is is_its_own
    assert (re.search(scope.pattern, script) is not None) is is_its_own


def test_secrets_are_hidden_in_every_text() -> None:
    entry = line("is hunter2", stack="at hunter2\n  at x", kind=EntryKind.EXCEPTION)
    shown = hidden(entry, ["hunter2"])
    assert (shown.text, shown.stack) == ("is [secret]", "at [secret]\n  at x")
    about = hidden(invoked(), ["/cart"]).invocation
    assert about is not None
    assert about.trigger == "GET [secret]"


def test_a_secret_of_several_lines_is_hidden_before_lines_are_cut() -> None:
    key = "-----BEGIN KEY-----\nabcdefghij\n-----END KEY-----"
    assert hidden(line(f"key:\n{key}\nand aHVudGVyMg=="), [key, "hunter2"]).text == (
        "key:\n[secret]\nand [secret]=="
    )
