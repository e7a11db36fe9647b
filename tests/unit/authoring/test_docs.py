"""The templates' pages: generated, complete, and examples that an API server would take."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from unit.sources.packages import changed, parsed
from workers_operator.authoring import describing, docs, packages
from workers_operator.desired import worker
from workers_operator.resources import KINDS, CustomerWorker, EliteWorker
from workers_operator.sources import templates
from workers_operator.sources.templates import Template

FOLDER = Path(__file__).parents[3] / "docs" / "templates"
TEMPLATES = [t for kind in packages.KINDS for t in templates.built_in(kind).values()]


@pytest.mark.parametrize("template", [*TEMPLATES, parsed()], ids=lambda t: t.name)
def test_the_example_object_is_taken(template: Template) -> None:
    body = yaml.safe_load(describing.example_yaml(template))
    obj = KINDS[body["kind"]].model_validate(body)
    assert isinstance(obj, EliteWorker | CustomerWorker)
    assert worker.package_kind(obj) == template.kind
    assert worker.source(obj).template == template.name
    templates.check(template, parameters=obj.spec.parameters, features=worker.features(obj))
    given = {(binding.name, binding.type) for binding in obj.spec.bindings}
    on = [template.rules.features[name] for name in worker.features(obj)]
    needed = [
        *template.rules.bindings,
        *(binding for feature in on for binding in feature.bindings),
    ]
    assert given == {(binding.name, binding.type) for binding in needed}


def test_an_elite_template_of_another_name() -> None:
    template = templates.parse(
        "elite", "audit", manifest=yaml.safe_dump(changed("name", "audit") | {"kind": "elite"}).encode(),
        script=b"x", origin="x",
    )  # fmt: skip
    spec = describing.example_object(template)["spec"]
    assert spec["source"] == {"template": "audit"}


def test_a_page_holds_all_that_the_package_says() -> None:
    template = parsed()
    page = docs.page(template, "# shop\n\nSells **things**.\n")
    assert "# shop\n\nSells **things**.\n" in page
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert "| `origin` | `string; matches ^https://` | (required) |  |" in rows
    assert "| `ttl` | `integer; 0 to 60` |  |  |" in rows
    assert "| `paths` | `array; items: string` |  |  |" in rows
    assert "| `search.index` | `string` | (required) |  |" in rows
    assert "| `SESSIONS` | `kvNamespace` | Who is there. |" in rows
    assert "| `INDEX` | `r2Bucket` |  |" in rows
    for text in ("### search\n\nFinds things.", "needs the plan premium", "Version 1.2.3"):
        assert text in page


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "default": "a|b"}, ("string", "a|b")),
        ({"type": ["integer", "null"], "minimum": 1}, ("integer or null; 1 to …", "")),
        ({"enum": ["a", 1], "default": 1}, ("one of a, 1", "1")),
        ({"type": "array", "items": {"enum": ["x"]}, "default": []}, ("array; items: one of x", "[]")),
        ({"default": {"a": False}}, ("any", "{a: false}")),
    ],
)  # fmt: skip
def test_types_and_defaults_in_words(schema: dict[str, Any], expected: tuple[str, str]) -> None:
    [parameter] = describing.parameters({"properties": {"x": schema}}, "f.")
    assert parameter.name == "f.x"
    assert (parameter.type, parameter.default) == expected


def test_a_bar_does_not_break_the_table() -> None:
    template = parsed(changed("parameters.properties.ttl.description", "a | b"))
    assert "| a \\| b |" in docs.page(template, "")


def test_the_index_is_written_between_its_marks() -> None:
    files = docs.render("before\n<!-- index -->\nold\n<!-- end of the index -->\nafter\n")
    index = files["README.md"]
    assert index.startswith("before\n<!-- index -->\n\n| template |")
    assert index.endswith(" |\n\n<!-- end of the index -->\nafter\n")
    assert "old" not in index
    for template in TEMPLATES:
        assert f"[{template.name}]({template.kind}-{template.name}.md)" in index
        assert f"{template.kind}-{template.name}.md" in files


def test_a_page_that_differs_is_shown(tmp_path: Path) -> None:
    (tmp_path / "changed.md").write_text("old\n")
    (tmp_path / "gone.md").write_text("gone\n")
    diff = docs.differences({"changed.md": "new\n", "added.md": "added\n"}, tmp_path)
    for line in ("-old", "+new", "-gone", "+added"):
        assert f"\n{line}\n" in diff


def test_the_check_fails_for_a_page_that_is_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in FOLDER.glob("*.md"):
        (tmp_path / path.name).write_text(path.read_text())
    arguments = ["--output", str(tmp_path)]
    assert docs.main([*arguments, "--check"]) == 0
    page = tmp_path / "elite-brand.md"
    page.write_text(page.read_text().replace("brandName", "brand"))
    assert docs.main([*arguments, "--check"]) == 1
    assert "+| `brandName`" in capsys.readouterr().out
    assert docs.main(arguments) == 0
    assert docs.main([*arguments, "--check"]) == 0
