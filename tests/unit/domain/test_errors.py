"""Errors never hold a secret, in whatever form somebody else's words repeat it."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import MAX_MESSAGE, listed

CANARY = "s3cr3t-canary"


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (CANARY, f"bad token {CANARY}"),
        (
            f"{CANARY}\n",
            f"bad token {CANARY}",
        ),  # kubectl create secret --from-file keeps the newline
        (f" {CANARY}\n", json.dumps({"TOKEN": f" {CANARY}\n"})),
        (f'{CANARY}"ü', json.dumps(f'{CANARY}"ü', ensure_ascii=False)),
        (f"{CANARY} &?", f"https://x.example/?key={quote(f'{CANARY} &?', safe='')}"),
        (f"-----BEGIN KEY-----\n{CANARY}\n-----END KEY-----\n", f"cannot decode {CANARY}"),
    ],
)
def test_a_secret_is_hidden_as_it_is_and_as_others_write_it(secret: str, said: str) -> None:
    error = Stalled(Reason.SCRIPT_REJECTED, said)
    error.hide(["", secret, "other"])
    assert CANARY not in error.message
    assert CANARY not in str(error)
    assert "[secret]" in error.message


@pytest.mark.parametrize("prefix", ["", "u:", "us:", "user:"])
def test_a_secret_in_base64_is_hidden(prefix: str) -> None:
    basic = base64.b64encode(f"{prefix}{CANARY}".encode()).decode()
    error = Stalled(Reason.REQUEST_REJECTED, f"bad header 'Basic {basic}'")
    error.hide([CANARY])
    assert basic not in error.message
    assert "[secret]" in error.message


def test_an_error_is_logged_as_one_line() -> None:
    error = Stalled(Reason.SCRIPT_REJECTED, "a\n2026-01-01 INFO all is well\u202e")
    assert str(error) == "ScriptRejected: a 2026-01-01 INFO all is well\\u202e"


@given(st.text(min_size=4), st.text(), st.text())
def test_what_is_hidden_is_gone(secret: str, before: str, after: str) -> None:
    error = Stalled(Reason.SCRIPT_REJECTED, before + secret + after)
    error.hide([secret])
    assert secret not in error.message.replace("[secret]", "")


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("secret", [f"{CANARY}\n", "s3cr3t?>~canary", "größe-canary"])
def test_a_secret_is_hidden_in_base64(secret: str, encode: Callable[[bytes], bytes]) -> None:
    said = encode(secret.encode()).decode()
    error = Stalled(Reason.SCRIPT_REJECTED, f"cannot decode {said} or {said.rstrip('=')}")
    error.hide([secret])
    assert said.rstrip("=") not in error.message


def test_control_characters_of_an_error_are_shown() -> None:
    error = Stalled(Reason.SCRIPT_REJECTED, "x\n\x1b[2J" + "y" * 5000)
    assert str(error).startswith(r"ScriptRejected: x \x1b[2Jyyy")
    assert len(str(error)) == MAX_MESSAGE


def test_a_list_of_names_is_short() -> None:
    assert listed([]) == ""
    assert listed(["a", "b" * 100]) == f"a, {'b' * 63}…"
    assert listed((str(n) for n in range(1000)), 3) == "0, 1, 2 and 997 more"
