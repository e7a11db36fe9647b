"""The reference page: generated, complete, with an example of every field."""

from pathlib import Path

import pytest

from workers_operator.resources import KINDS, Resource
from workers_operator.resources.generation.crdgen import schema
from workers_operator.resources.generation.reference import fields, main, render

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(ROOT / "docs"), "--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("resource", KINDS.values(), ids=KINDS)
def test_every_field_that_is_written_is_shown_with_an_example(resource: type[Resource]) -> None:
    page = render()
    without = []
    for path, field, _ in fields(schema(resource)["properties"]["spec"], "spec"):
        assert f"| `{path}` |" in page
        speaks_for_itself = (
            "properties" in field
            or "enum" in field
            or "default" in field
            or field.get("type") == "boolean"
        )
        if not speaks_for_itself and "e.g." not in field["description"]:
            without.append(path)
    assert not without


def test_a_page_that_differs_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "reference.md").write_text("old\n")
    assert main(["--output", str(tmp_path), "--check"]) == 1
    assert "-old" in capsys.readouterr().out
