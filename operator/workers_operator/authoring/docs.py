"""Generates docs/templates/: a page for each built-in template, and the index in README.md.

``python -m workers_operator.authoring.docs --output docs/templates`` writes the pages; ``--check`` prints the
differences instead, and exits with 1 if there are any. In README.md, only the table between the two index marks is
generated.
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
_INDEX_TABLE: Final = re.compile(
    r"(?<=<!-- index -->\n).*?(?=<!-- end of the index -->)", re.DOTALL
)


def render(index: str) -> Mapping[str, str]:
    """Return the generated files by name: a page for each built-in template, and ``index`` with a new table."""
    listed = [t for kind in packages.KINDS for t in templates.built_in(kind).values()]
    files = {_file(t): page(t, packages.readme(t)) for t in listed}
    rows = [(f"[{t.name}]({_file(t)})", t.kind, t.version, t.description) for t in listed]
    table = "\n".join(_table(("template", "kind", "version", "description"), rows))
    files[INDEX] = _INDEX_TABLE.sub(lambda _: f"\n{table}\n\n", index)
    return files


def page(template: Template, readme: str) -> str:
    """Return a template's page: its README.md, followed by the content of its manifest."""
    return "\n".join(_page(template, readme))


def _file(template: Template) -> str:
    return f"{template.kind}-{template.name}.md"


def _page(template: Template, readme: str) -> Iterator[str]:
    source = f"operator/workers_operator/workers/templates/{template.kind}/{template.name}/"
    yield f"<!-- Generated from {source} by `make manifests`. Do not edit. -->\n"
    yield readme.rstrip() + "\n"
    yield "## Parameters\n"
    yield from _parameters(describing.parameters(template.rules.parameters))
    yield from _bindings(template.rules.bindings)
    if template.rules.features:
        yield "\n## Features\n"
        yield "The parameters of a feature are accepted only if the feature is enabled."
    for feature in template.rules.features.values():
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
    # Compressed sizes differ by a few bytes between versions of zlib, so the size is rounded up.
    script = template.code.modules[0].data
    packed = math.ceil(bundling.packed_size(script) / 1024)
    plan = (
        f" The template needs the plan {template.rules.minimum_plan} or higher."
        if template.rules.minimum_plan
        else ""
    )
    yield (
        f"Version {template.version}, compatibility date {template.code.compatibility_date}."
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
        yield from _table(("required binding", "type", "description"), rows)


def _code(text: str) -> str:
    return text if text.startswith("(") else f"`{text}`"


def _table(heading: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = (heading, tuple("---" for _ in heading), *rows)
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def differences(files: Mapping[str, str], folder: Path) -> str:
    """Return a unified diff from the pages in ``folder`` to ``files``; it is empty if they are equal."""
    diff: list[str] = []
    existing = {path.name: path.read_text() for path in folder.glob("*.md")}
    for name in sorted({*existing, *files}):
        old, new = existing.get(name, ""), files.get(name, "")
        lines = (old.splitlines(keepends=True), new.splitlines(keepends=True))
        diff += difflib.unified_diff(*lines, str(folder / name), f"{name} (generated)")
    return "".join(diff)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages.

    Returns the exit code: 1 if ``--check`` finds a difference, otherwise 0.
    """
    parser = argparse.ArgumentParser(prog="docs", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="the folder for the pages")
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
