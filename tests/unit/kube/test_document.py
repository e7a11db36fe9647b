"""A document for server-side apply is JSON, and YAML that means the same."""

import json
import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from workers_operator.kube.document import document

ANY = st.text(st.characters(exclude_categories=()), max_size=30)


@given(ANY)
@example("\U0001f600")  # four bytes in UTF-8, a pair of surrogates in escaped JSON
@example("\\ud83d\\ude00")
@example('a\x00\x7f\x85\u2028\u202e\ufeff\uffff\n\t"b')
@example("gro\u0308ße größe")
def test_any_text_means_the_same_to_both(text: str) -> None:
    body = {"status": {"conditions": [{"message": text}], "instances": 1}}
    found = document(body)
    found.encode()
    meant = {"status": {"conditions": [{"message": _characters(text)}], "instances": 1}}
    assert json.loads(found) == meant
    assert yaml.safe_load(found) == meant


@pytest.mark.parametrize("lone", ["\ud83d", "a\ude00b", "\ude00\ud83d"])
def test_no_surrogate_is_written(lone: str) -> None:
    found = document({"message": lone + "\U0001f600"})
    assert not re.search(r"\\ud[89a-f]", found)
    assert json.loads(found)["message"].replace("\ufffd", "") in ("\U0001f600", "ab\U0001f600")


def _characters(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
