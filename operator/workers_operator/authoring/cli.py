"""The command ``workers-operator template`` with its subcommands list, show, test and new."""

import argparse
import signal
import sys
from pathlib import Path

from workers_operator.authoring import AuthoringError, bundling, describing, packages, running
from workers_operator.authoring.running import CaseResult
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.text.lines import columns
from workers_operator.sources import templates
from workers_operator.sources.templates import RequiredBinding, Template


def main(arguments: list[str]) -> int:
    """Run the command.

    Returns the exit code: 0, or 1 after an error, whose message is printed to standard error.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (AuthoringError, ReconcileError) as error:
        print(f"workers-operator template: {error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workers-operator template",
        description="Inspect the built-in templates, and write and test your own.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("list", help="list the built-in templates")
    listing.set_defaults(run=_list)
    show = commands.add_parser(
        "show", help="show a template's parameters, features and bindings, and an example"
    )
    show.add_argument("name", metavar="NAME", help="name of a built-in template, e.g. ecommerce")
    show.set_defaults(run=_show)
    test = commands.add_parser(
        "test",
        help="run the tests of a package on a local edge",
        description="Validate a package, start a local edge and run the cases of tests.yaml on it. "
        "The exit code is 1 if a case fails.",
    )
    test.add_argument(
        "target", metavar="DIR|NAME", help="folder of a package, or name of a built-in template"
    )
    test.set_defaults(run=_test)
    new = commands.add_parser("new", help="create a working package as a starting point")
    new.add_argument("folder", metavar="DIR", type=Path, help="folder to create")
    new.add_argument("--kind", choices=packages.KINDS, required=True, help="kind of the workers")
    new.add_argument("--name", help="name of the template (default: the name of the folder)")
    new.set_defaults(run=_new)
    return parser


def _list(options: argparse.Namespace) -> int:
    rows: list[tuple[str, ...]] = [("NAME", "KIND", "VERSION", "GZIP", "DESCRIPTION")]
    for kind in packages.KINDS:
        for template in templates.built_in(kind).values():
            size = f"{_packed(template) / 1024:.1f} KiB"
            rows.append((template.name, kind, template.version, size, template.description))
    print("\n".join(columns(rows)))
    return 0


def _show(options: argparse.Namespace) -> int:
    template = packages.built_in(options.name)
    print(f"{template.name} {template.version} ({template.kind})\n\n{template.description}")
    if template.rules.minimum_plan is not None:
        print(f"\nrequires plan {template.rules.minimum_plan} or higher")
    _show_parameters("PARAMETER", describing.parameters(template.rules.parameters))
    _show_bindings("", template.rules.bindings)
    for feature in template.rules.features.values():
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
    print("\n" + "\n".join(columns(rows)))


def _show_bindings(indent: str, listed: tuple[RequiredBinding, ...]) -> None:
    for binding in listed:
        print(
            f"{indent}needs binding {binding.name} ({binding.type}) {binding.description}".rstrip()
        )


def _test(options: argparse.Namespace) -> int:
    # Exit through an exception, so that context managers stop the local edge and remove its files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    package = packages.load(options.target, _say)
    template = package.template
    size = f"{len(package.script)} bytes, {_packed(template)} gzip"
    print(f"{template.name} {template.version} ({template.kind}): {size}", flush=True)
    failed = 0

    def report(result: CaseResult) -> None:
        nonlocal failed
        failed += bool(result.problems)
        print(f"{'FAIL' if result.problems else 'ok  '}  {result.case.name}", flush=True)
        for problem in result.problems:
            print(f"        {problem}", flush=True)

    passed = running.run(package, report)
    total = len(package.tests.cases)
    print(f"{total - failed} of {total} cases went as expected")
    return 0 if passed else 1


def _new(options: argparse.Namespace) -> int:
    name = options.name or options.folder.absolute().name
    packages.scaffold(options.folder, options.kind, name)
    print(
        f"created {options.folder}; run its tests: workers-operator template test {options.folder}"
    )
    return 0


def _packed(template: Template) -> int:
    return bundling.packed_size(template.code.modules[0].data)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
