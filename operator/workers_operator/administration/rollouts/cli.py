"""The command ``workers-operator rollout`` with its subcommands."""

import argparse
import asyncio
import io
import json
import math
import os
import re
import sys
from collections.abc import Sequence
from typing import Final, cast

from workers_operator.administration import terminal
from workers_operator.administration.connecting import add_cluster_options, changeable
from workers_operator.administration.errors import CommandError
from workers_operator.administration.naming import WORKER_KINDS, add_object_argument, object_of
from workers_operator.administration.patience import Patience
from workers_operator.administration.rollouts.objects import (
    Rolled,
    RolledTemplate,
    RolledWorker,
    WorkersClient,
)
from workers_operator.administration.rollouts.ordering import OrderGiver
from workers_operator.administration.rollouts.picture import age
from workers_operator.administration.rollouts.watching import Lines, Picture, watch
from workers_operator.administration.rollouts.wording import sentence
from workers_operator.desired.fleet.templates import TEMPLATE_KINDS
from workers_operator.domain.rollout.orders import Verb
from workers_operator.domain.text.lines import columns, one_line
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock, SystemClock
from workers_operator.kube import auth
from workers_operator.resources import VersionStatus
from workers_operator.settings import SettingsError, from_environment

_PROG: Final = "workers-operator rollout"
_ORDERS: Final = {
    "promote": "go on with the next step, or end a pause",
    "pause": "stay at the step until resume",
    "resume": "go on from where it was paused; the pause of the step begins anew",
    "abort": "send all requests to the version that served before",
    "retry": "roll a version out again that was aborted or rolled back",
    "undo": "return to the former version, which is still at the edge",
}


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Returns the exit code: 0; 1 after an error, whose message is printed to standard error, and for a rollout that was
    watched and has failed; 130 after Ctrl-C; 141 if nobody reads the output any more.
    """
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may lack characters
    try:
        return asyncio.run(_run(options, SystemClock()))
    except KeyboardInterrupt:
        if options.action in _ORDERS:
            _say("interrupted; an order that was given stays")
        return terminal.INTERRUPTED
    except BrokenPipeError:
        return terminal.pipe_closed()
    except (CommandError, SettingsError, auth.AccessError) as error:
        _say(str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROG,
        description="Show the rollout of a worker or of a template, and decide how it goes on. Orders are an "
        "annotation of the object, which you need the right to patch.",
    )
    commands = parser.add_subparsers(required=True, metavar="command", dest="action")
    status = commands.add_parser("status", help="show how far the rollout has come")
    status.add_argument(
        "-w",
        "--watch",
        action="store_true",
        help="until it ends; the exit code is 0 if the version serves, 1 if not",
    )
    history = commands.add_parser("history", help="list the versions and what became of them")
    history.add_argument(
        "-o", "--output", choices=("table", "json"), default="table", help="default: table"
    )
    orders = {name: commands.add_parser(name, help=text) for name, text in _ORDERS.items()}
    orders["promote"].add_argument(
        "--full", action="store_true", help="skip all further steps: send it all requests"
    )
    orders["undo"].add_argument(
        "--to", type=_version, metavar="VERSION", help="default: the former version"
    )
    for command in orders.values():
        command.add_argument(
            "--timeout",
            type=_seconds,
            default=60.0,
            metavar="SECONDS",
            help="how long to wait for the operator (default: 60)",
        )
    for command in (status, history, *orders.values()):
        add_object_argument(
            command, "the worker or the template, e.g. cw/hello, ew/customer-123-brand or wt/shop"
        )
        add_cluster_options(command)
    return parser


def _version(text: str) -> str:
    if re.fullmatch("[0-9a-f]{8}", text) is None:
        raise argparse.ArgumentTypeError("must be eight hex digits, as history lists them")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return seconds


async def _run(options: argparse.Namespace, clock: Clock) -> int:
    settings = from_environment()
    key = object_of(options, settings, (*WORKER_KINDS, *TEMPLATE_KINDS))
    async with changeable(options, settings) as requests:
        workers = WorkersClient(requests)
        if options.action == "status":
            return await _status(options, workers, key, clock)
        if options.action == "history":
            rolled = await workers.get(key)
            if isinstance(rolled, RolledTemplate):
                raise CommandError(f"{key} has no history; its followers have")
            print(_history(rolled, options.output, int(clock.now().timestamp())))
            return 0
        print(sentence(await _order(options, workers, key, clock)))
        return 0


async def _status(
    options: argparse.Namespace, workers: WorkersClient, key: ObjectKey, clock: Clock
) -> int:
    if not options.watch:
        Picture(sys.stdout, clock).show(await workers.get(key))
        return 0
    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    display = Picture(sys.stdout, clock, in_place=True) if is_terminal else Lines(sys.stdout, clock)
    return 0 if await watch(workers, key, display, clock) else 1


async def _order(
    options: argparse.Namespace, workers: WorkersClient, key: ObjectKey, clock: Clock
) -> Rolled:
    full = options.action == "promote" and options.full
    verb = cast("Verb", "promote-full" if full else options.action)
    to = (options.to if verb == "undo" else None) or ""
    patience = Patience(options.timeout, clock.sleep, clock.monotonic)
    # To the millisecond: two orders of a second are two.
    moment = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return await OrderGiver(workers, patience, moment, _say).give(key, verb, to)


def _history(worker: RolledWorker, output: str, now: int) -> str:
    entries = worker.status.history
    if output == "json":
        return json.dumps([entry.dump() for entry in entries], indent=2)
    if not entries:
        return f"{worker.key} has no history"
    head = ("VERSION", "RESULT", "AGE", "BY", "SOURCE", "MESSAGE")
    return "\n".join(columns([head, *(_row(entry, now) for entry in entries)]))


def _row(entry: VersionStatus, now: int) -> tuple[str, ...]:
    created = parse_timestamp(entry.created_at)
    found = (
        entry.version,
        entry.result,
        "" if created is None else age(now - created),
        entry.by or "",
        entry.source or "",
        entry.message or "",
    )
    return tuple(one_line(text) or "-" for text in found)


def _say(text: str) -> None:
    print(f"{_PROG}: {one_line(text)}", file=sys.stderr)
