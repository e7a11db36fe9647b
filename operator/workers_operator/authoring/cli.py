"""The command ``workers-operator template``: list, show, test, new."""

import argparse
import signal
import sys
from pathlib import Path

from workers_operator.authoring import bundling, describing, packages, running
from workers_operator.authoring.errors import AuthoringError
from workers_operator.authoring.running import Result
from workers_operator.domain.handling import Handled
from workers_operator.sources import templates
from workers_operator.sources.templates import RequiredBinding, Template


def main(arguments: list[str]) -> int:
    """Exit code: 0, or 1 for what went wrong; it is told in words on standard error."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (AuthoringError, Handled) as error:
        print(f"workers-operator template: {error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workers-operator template",
        description="Looks at templates, and helps to write some.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("list", help="the built-in templates")
    listing.set_defaults(run=_list)
    show = commands.add_parser("show", help="parameters, features, bindings and an example")
    show.add_argument("name", metavar="NAME", help="a built-in template, e.g. ecommerce")
    show.set_defaults(run=_show)
    test = commands.add_parser(
        "test",
        help="run a package's tests on a local edge",
        description="Validates a package, starts a local edge and runs the cases of its tests.yaml there. "
        "Exit code 1 if one fails.",
    )
    test.add_argument("target", metavar="DIR|NAME", help="a package's folder, or a built-in one")
    test.set_defaults(run=_test)
    new = commands.add_parser("new", help="write a package that works, to start from")
    new.add_argument("folder", metavar="DIR", type=Path)
    new.add_argument("--kind", choices=packages.KINDS, required=True)
    new.add_argument("--name", help="name of the template (default: that of the folder)")
    new.set_defaults(run=_new)
    return parser


def _list(options: argparse.Namespace) -> int:
    rows: list[tuple[str, ...]] = [("NAME", "KIND", "VERSION", "GZIP", "DESCRIPTION")]
    for kind in packages.KINDS:
        for template in templates.built_in(kind).values():
            size = f"{_packed(template) / 1024:.1f} KiB"
            rows.append((template.name, kind, template.version, size, template.description))
    print("\n".join(describing.columns(rows)))
    return 0


def _show(options: argparse.Namespace) -> int:
    template = packages.built_in(options.name)
    print(f"{template.name} {template.version} ({template.kind})\n\n{template.description}")
    if template.minimum_plan is not None:
        print(f"\nfrom plan {template.minimum_plan} on")
    _show_parameters("PARAMETER", describing.parameters(template.parameters))
    _show_bindings("", template.bindings)
    for feature in template.features.values():
        print(f"\nfeature {feature.name}: {feature.description}")
        if feature.parameters is not None:
            prefix = f"{feature.name}."
            _show_parameters("PARAMETER", describing.parameters(feature.parameters, prefix))
        _show_bindings("  ", feature.bindings)
    print(f"\nexample, for kubectl apply -f -\n\n{describing.example_yaml(template)}", end="")
    return 0


def _show_parameters(heading: str, listed: list[describing.Parameter]) -> None:
    if not listed:
        return
    rows: list[tuple[str, ...]] = [(heading, "TYPE", "DEFAULT", "DESCRIPTION")]
    rows += [(p.name, p.type, p.default, p.description) for p in listed]
    print("\n" + "\n".join(describing.columns(rows)))


def _show_bindings(indent: str, listed: tuple[RequiredBinding, ...]) -> None:
    for binding in listed:
        print(
            f"{indent}needs binding {binding.name} ({binding.type}) {binding.description}".rstrip()
        )


def _test(options: argparse.Namespace) -> int:
    # What was started ends in the blocks that have started it; the signal's default would skip them.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    package = packages.load(options.target, _say)
    template = package.template
    size = f"{len(package.script)} bytes, {_packed(template)} gzip"
    print(f"{template.name} {template.version} ({template.kind}): {size}", flush=True)
    failed = 0

    def report(result: Result) -> None:
        nonlocal failed
        failed += bool(result.problems)
        print(f"{'FAIL' if result.problems else 'ok  '}  {result.case.name}", flush=True)
        for problem in result.problems:
            print(f"        {problem}", flush=True)

    good = running.run(package, report)
    total = len(package.tests.cases)
    print(f"{total - failed} of {total} cases went as expected")
    return 0 if good else 1


def _new(options: argparse.Namespace) -> int:
    name = options.name or options.folder.absolute().name
    packages.scaffold(options.folder, options.kind, name)
    print(
        f"{options.folder} is a template; try it: workers-operator template test {options.folder}"
    )
    return 0


def _packed(template: Template) -> int:
    return bundling.packed_size(template.code.modules[0].data)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
