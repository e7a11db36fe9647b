"""A secret is found in what others say, as it is and as programs write it down."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers_operator.domain.text.hiding import HIDDEN, hide

CANARY = "s3cr3t-c@nary/+ü 中~\U0001f511!"
BYTES = CANARY.encode()


def std(data: bytes) -> str:
    return base64.b64encode(data).decode()


def url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON, not ASCII": lambda s: json.dumps(s, ensure_ascii=False),
    "JavaScript": lambda s: "".join(f"\\u{{{ord(c):x}}}" for c in s),
    "Python": lambda s: s.encode("unicode_escape").decode(),
    "bytes in hexadecimal": lambda s: "".join(f"\\x{ord(c):02x}" if ord(c) < 128 else c for c in s),
    "URL": lambda s: quote(s, safe=""),
    "path of a URL": quote,
    "encodeURIComponent": lambda s: quote(s, safe="!'()*~"),
    "URL in lower case": lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    "form": quote_plus,
    "base64": lambda s: std(s.encode()),
    "base64 without padding": lambda s: std(s.encode()).rstrip("="),
    "base64url": lambda s: url_safe(s.encode()),
    "base64url without padding": lambda s: url_safe(s.encode()).rstrip("="),
    "base64 in a URL": lambda s: quote(std(s.encode()), safe=""),
    "base64 in JSON": lambda s: json.dumps(std(s.encode())).replace("/", "\\/"),
}
NAMES = st.sampled_from(sorted(ENCODINGS))


def readable(text: str) -> str:
    """What somebody finds who decodes all that could be base64, from every place on."""
    found = [text]
    for start in range(len(text)):
        piece = text[start:].split(" ")[0].translate(str.maketrans("-_", "+/"))
        kept = "".join(c for c in piece if c.isascii() and (c.isalnum() or c in "+/"))
        data = base64.b64decode(kept[: len(kept) // 4 * 4])
        found.append(data.decode(errors="replace"))
    return "\n".join(found)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("frame", ["{}", "bad token {} in it", "x={}&y", '"{}"', "({})\n"])
def test_whole(encoding: str, frame: str) -> None:
    text = frame.format(ENCODINGS[encoding](CANARY))
    hidden = hide(text, [CANARY])
    assert ENCODINGS[encoding](CANARY) not in hidden
    assert "s3cr3t" not in readable(hidden)
    assert HIDDEN in hidden


@pytest.mark.parametrize("encode", [std, url_safe])
@pytest.mark.parametrize("before", [b"", b"u", b"u:", b"us:", b"user:"])
@pytest.mark.parametrize("after", [b"", b"\n", b"==", b" and more"])
@pytest.mark.parametrize("padded", [True, False])
def test_inside_of_something_else_in_base64(
    encode: Callable[[bytes], str], before: bytes, after: bytes, padded: bool
) -> None:
    encoded = encode(before + BYTES + after)
    text = f"Authorization: Basic {encoded if padded else encoded.rstrip('=')} is refused"
    hidden = hide(text, [CANARY])
    assert hidden.startswith("Authorization: Basic ")
    assert hidden.endswith(" is refused")
    assert "3cr3" not in readable(hidden)
    assert HIDDEN in hidden


@pytest.mark.parametrize("glue", ["", "/", "-", "_", "x", "path/to-", "abcde"])
def test_base64_that_begins_in_the_middle_of_a_word(glue: str) -> None:
    hidden = hide(f"GET {glue}{std(BYTES)}{glue}", [CANARY])
    assert "3cr3" not in readable(hidden)


@given(st.text(min_size=4), NAMES, st.text(), st.text())
@example("0000", "base64", "", "")
@example("\\n\n\\", "JSON", "\\", "\\")
@example("%41%", "URL", "%", "%2")
@example("+ + ", "form", "+", "%2B")
@example("\x00\x00\x00\x00", "base64", "AAAA", "AAAA")
def test_any_text_in_any_encoding(secret: str, encoding: str, before: str, after: str) -> None:
    encoded = ENCODINGS[encoding](secret)
    hidden = hide(f"{before} {encoded} {after}", [secret])
    assert not any(encoded in part for part in hidden.split(HIDDEN))


@given(st.text(st.characters(exclude_categories=())), st.lists(st.text(min_size=1), max_size=3))
def test_whatever_a_text_holds_it_is_only_shortened(text: str, secrets: list[str]) -> None:
    hidden = hide(text, secrets)
    assert hidden == text or HIDDEN in hidden
    for part in hidden.split(HIDDEN):
        assert part in text


@pytest.mark.parametrize(
    "text",
    [
        "Uncaught SyntaxError: Unexpected token 'export' at index.js:1",
        "PUT /accounts/{account}/workers/dispatch/namespaces/{namespace}/scripts/{script}: 10001 no",
        "a/long/path/of-words_in/URLs and%20escapes\\n and more",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert hide(text, [CANARY, "", "change-me"]) == text


def test_short_secrets_are_hidden_only_as_they_are() -> None:
    assert hide("a=b, YWJj, %61", ["a"]) == f"{HIDDEN}=b, YWJj, %61"


def test_lines_of_a_secret_and_values_within_values() -> None:
    key = f"-----BEGIN KEY-----\n{CANARY}\n-----END KEY-----\n"
    assert hide(f"cannot decode {CANARY}", [key]) == f"cannot decode {HIDDEN}"
    assert hide("s3cret and s3cret-long", ["s3cret", "s3cret-long"]) == f"{HIDDEN} and {HIDDEN}"
    assert hide(f"x {std(CANARY.encode())}", [key]) == f"x {HIDDEN}"


def test_every_character_that_holds_a_bit_of_a_secret_is_hidden() -> None:
    assert std(b"abcd") == "YWJjZA=="
    assert hide("YWJjZA==", ["abcd"]) == f"{HIDDEN}=="
    assert std(b"xabcdx") == "eGFiY2R4"
    assert hide("eGFiY2R4", ["abcd"]) == f"e{HIDDEN}4"


def test_two_words_are_not_one() -> None:
    text = f"{std(b's3cr3t')} {std(b'canary')}"
    assert hide(text, ["s3cr3tcanary"]) == text
    # NUL bytes are between what words say: a secret of them is found too often, and nothing breaks.
    assert HIDDEN in hide("AAAAAAAA%41", ["\0" * 7])
