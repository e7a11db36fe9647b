"""Writes docs/templates/: a page for each built-in template, and the index in README.md.

``python -m workers_operator.authoring.docs --output docs/templates`` writes, with ``--check`` it compares: a difference
is shown and ends the program with 1. Of README.md, the table between the two index marks is written; the rest is prose.
"""

import argparse
import difflib
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from workers_operator.authoring import bundling, describing, packages
from workers_operator.authoring.describing import Parameter
from workers_operator.sources import templates
from workers_operator.sources.templates import RequiredBinding, Template

INDEX: Final = "README.md"
_MARKED: Final = re.compile(r"(?<=<!-- index -->\n).*?(?=<!-- end of the index -->)", re.DOTALL)


def render(index: str) -> Mapping[str, str]:
    """File name → content, for every built-in template, and for ``index``, the README.md that is there."""
    listed = [t for kind in packages.KINDS for t in templates.built_in(kind).values()]
    files = {_file(t): page(t, packages.readme(t)) for t in listed}
    rows = [(f"[{t.name}]({_file(t)})", t.kind, t.version, t.description) for t in listed]
    table = "\n".join(_table(("template", "kind", "version", "what it does"), rows))
    files[INDEX] = _MARKED.sub(lambda _: f"\n{table}\n\n", index)
    return files


def page(template: Template, readme: str) -> str:
    """A template's page: its README.md, then what its manifest says."""
    return "\n".join(_page(template, readme))


def _file(template: Template) -> str:
    return f"{template.kind}-{template.name}.md"


def _page(template: Template, readme: str) -> Iterator[str]:
    source = f"operator/workers_operator/workers/templates/{template.kind}/{template.name}/"
    yield f"<!-- Generated from {source} by `make manifests`. -->\n"
    yield readme.rstrip() + "\n"
    yield "## Parameters\n"
    yield from _parameters(describing.parameters(template.parameters))
    yield from _bindings(template.bindings)
    if template.features:
        yield "\n## Features\n"
        yield "Parameters of a feature are allowed only while it is on."
    for feature in template.features.values():
        yield f"\n### {feature.name}\n"
        yield feature.description
        if feature.parameters is not None:
            yield ""
            prefix = f"{feature.name}."
            yield from _parameters(describing.parameters(feature.parameters, prefix))
        yield from _bindings(feature.bindings)
    yield "\n## Example\n"
    yield f"```yaml\n{describing.example_yaml(template)}```"
    yield "\n## Version and size\n"
    # Compressors differ by a few bytes from machine to machine, so that only the order of magnitude is told.
    script = template.code.modules[0].data
    packed = math.ceil(bundling.packed_size(script) / 1024)
    plan = f" It needs the plan {template.minimum_plan}." if template.minimum_plan else ""
    yield (
        f"Version {template.version}, written for the runtime of {template.code.compatibility_date}."
        f"{plan} The script has {len(script)} bytes, under {packed} KiB after compression.\n"
    )


def _parameters(listed: Sequence[Parameter]) -> list[str]:
    rows = [
        (f"`{p.name}`", _code(p.type), p.default and _code(p.default), p.description)
        for p in listed
    ]
    return _table(("parameter", "type", "default", "description"), rows)


def _bindings(listed: Sequence[RequiredBinding]) -> Iterator[str]:
    if listed:
        yield ""
        rows = [(f"`{b.name}`", f"`{b.type}`", b.description) for b in listed]
        yield from _table(("needs binding", "type", "description"), rows)


def _code(text: str) -> str:
    return text if text.startswith("(") else f"`{text}`"


def _table(heading: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = (heading, tuple("---" for _ in heading), *rows)
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def differences(files: Mapping[str, str], folder: Path) -> str:
    """A unified diff from the files in ``folder`` to ``files``; empty where they agree."""
    diff: list[str] = []
    there = {path.name: path.read_text() for path in folder.glob("*.md")}
    for name in sorted({*there, *files}):
        found, wanted = there.get(name, ""), files.get(name, "")
        lines = (found.splitlines(keepends=True), wanted.splitlines(keepends=True))
        diff += difflib.unified_diff(*lines, str(folder / name), f"{name} (generated)")
    return "".join(diff)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0, or 1 where ``--check`` found a difference."""
    parser = argparse.ArgumentParser(prog="docs", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the pages")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    files = render((options.output / INDEX).read_text())
    if options.check:
        diff = differences(files, options.output)
        sys.stdout.write(diff)
        return 1 if diff else 0
    for name, text in files.items():
        (options.output / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
