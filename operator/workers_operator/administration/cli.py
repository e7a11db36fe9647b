"""The command ``workers-operator orphans`` with its subcommands list, remove and adopt."""

import argparse
import asyncio
import json
import math
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Final

from workers_operator.administration import terminal
from workers_operator.administration.errors import CommandError
from workers_operator.administration.orphans import ListedOrphan, OrphansCommand
from workers_operator.administration.patience import Patience
from workers_operator.administration.platforms import PlatformsClient
from workers_operator.domain.plan.orders import BadOrder, OrphanOrders, parse, parse_owner
from workers_operator.domain.text.lines import columns
from workers_operator.engine.clock import SystemClock
from workers_operator.engine.gate import ChangeGate
from workers_operator.kube import auth
from workers_operator.kube.rest import Rest
from workers_operator.resources import OrdersStatus

_PROG: Final = "workers-operator orphans"
_REQUEST_SECONDS: Final = 30.0
Work = Callable[[OrphansCommand], Awaitable[int]]


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Returns the exit code: 0; 1 after an error, whose message is printed to standard error; 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options, _work(options)))
    except KeyboardInterrupt:
        print(
            f"{_PROG}: interrupted; the order is taken back unless it was carried out",
            file=sys.stderr,
        )
        return terminal.INTERRUPTED
    except (CommandError, BadOrder, auth.AccessError) as error:
        print(f"{_PROG}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROG,
        description="List the workers that serve without an object, remove them, or let objects take them over. "
        "Works through annotations on the WorkersPlatform, with your own rights in the cluster.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("list", help="list the orphans of all platforms")
    listing.set_defaults(action="list")
    remove = commands.add_parser("remove", help="remove orphans: their routes, scripts and marks")
    remove.add_argument("names", metavar="NAME", nargs="+", help="name from the list")
    remove.set_defaults(action="remove")
    adopt = commands.add_parser(
        "adopt",
        help="let another object take an orphan over",
        description="Has the orphan belong to an object that may not exist yet. The object takes it over once it is "
        "there with the orphan's name as its spec.scriptName; visitors notice nothing.",
    )
    adopt.add_argument("name", metavar="NAME", help="name from the list")
    adopt.add_argument(
        "--as",
        dest="owner",
        required=True,
        metavar="KIND/NAMESPACE/NAME",
        help="the object, e.g. CustomerWorker/shop/blog",
    )
    adopt.set_defaults(action="adopt")
    for command in (listing, remove, adopt):
        _add_common(command)
    for command in (remove, adopt):
        command.add_argument(
            "--timeout",
            type=_seconds,
            default=120.0,
            metavar="SECONDS",
            help="how long to wait for the operator (default: 120)",
        )
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--kubeconfig",
        default=os.environ.get("KUBECONFIG"),
        help="kubeconfig file (default: KUBECONFIG, then ~/.kube/config, then in-cluster)",
    )
    command.add_argument(
        "--context",
        default=os.environ.get("WORKERS_OPERATOR_CONTEXT"),
        help="kubeconfig context (default: WORKERS_OPERATOR_CONTEXT, then the current context)",
    )
    command.add_argument("--platform", metavar="NAME", help="WorkersPlatform (default: all)")
    command.add_argument(
        "-o", "--output", choices=("table", "json"), default="table", help="default: table"
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return seconds


def _work(options: argparse.Namespace) -> Work:
    """Return what the options ask for. Raises BadOrder."""
    if options.action == "list":
        return lambda command: _list(command, options)
    if options.action == "remove":
        orders = OrphanOrders(remove=tuple(dict.fromkeys(options.names)))
    else:
        orders = OrphanOrders(adopt={options.name: parse_owner(options.owner, "--as: ")})
    parse(orders.annotations())  # the operator reads the same
    return lambda command: _order(command, options, orders)


async def _run(options: argparse.Namespace, work: Work) -> int:
    gate = ChangeGate(SystemClock())
    gate.open_until(math.inf)
    access = await auth.load(options.kubeconfig, options.context)
    rest = Rest(access, gate, _REQUEST_SECONDS)
    patience = Patience(getattr(options, "timeout", 0.0))
    try:
        return await work(OrphansCommand(PlatformsClient(rest), patience, _say))
    finally:
        await rest.close()


async def _list(command: OrphansCommand, options: argparse.Namespace) -> int:
    found = await command.list(options.platform)
    if options.output == "json":
        print(json.dumps([asdict(orphan) for orphan in found], indent=2))
    elif found:
        print("\n".join(columns([("PLATFORM", "NAME", "OWNER", "HOSTS"), *map(_row, found)])))
    else:
        _say("no worker serves without an object")
    return 0


async def _order(command: OrphansCommand, options: argparse.Namespace, orders: OrphanOrders) -> int:
    found = await command.order(options.platform, orders)
    if options.output == "json":
        print(json.dumps(found.dump(), indent=2))
    else:
        _show(found)
    return 0 if found.problem is None and all(result.done for result in found.results) else 1


def _show(found: OrdersStatus) -> None:
    if found.problem is not None:
        raise CommandError(found.problem)
    for result in found.results:
        state = "done" if result.done else "failed"
        print(f"{result.name}: {state}: {result.message}")


def _row(orphan: ListedOrphan) -> tuple[str, ...]:
    return (orphan.platform, orphan.name, orphan.owner or "-", ", ".join(orphan.hosts) or "-")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
