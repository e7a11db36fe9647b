"""Whatever a text holds, it is shown on one line, and everything in it is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.text.lines import MAX_MESSAGE, one_line

ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größe, 中文, \U0001f600", "plain, größe, 中文, \U0001f600"),
        ("  spaces  stay  ", "  spaces  stay  "),
        ("one\ntwo", "one two"),
        ("one\r\n    at two\n\n\tat three\n", "one at two at three"),
        ("one\x0btwo\x0cthree\x85four\u2028five\u2029six", "one two three four five six"),
        ("a\tb", "a b"),
        ("a\x00b\x07c\x7fd", "a\\x00b\\x07c\\x7fd"),
        ("\x1b[2K\x1b[1Ffake", "\\x1b[2K\\x1b[1Ffake"),
        ("abc\u202edcba\u202c", "abc\\u202edcba\\u202c"),
        ("a\u2066b\u2069\u200fc\u061cd", "a\\u2066b\\u2069\\u200fc\\u061cd"),
        ("\ufeffa\u200bb\u00adc", "\\ufeffa\\u200bb\\xadc"),
        ("\ud83d alone", "\\ud83d alone"),
        ("\U000e0041 tag", "\\U000e0041 tag"),
        ("", ""),
        ("\n\r\n", ""),
    ],
)
def test_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(ANY, st.integers(2, 50))
def test_always_one_printable_line_within_the_limit(text: str, limit: int) -> None:
    shown = one_line(text, limit)
    assert shown.isprintable()
    assert len(shown) <= limit
    assert one_line(shown, limit) == shown


@pytest.mark.parametrize("text", ["x" * 2000, "\x00" * 2000, "x\n" * 2000])
def test_what_is_too_long_is_cut(text: str) -> None:
    assert len(one_line(text)) == MAX_MESSAGE
    assert one_line(text).endswith("…")
