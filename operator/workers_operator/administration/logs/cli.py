"""The command ``workers-operator logs``."""

import argparse
import asyncio
import io
import sys
from collections.abc import Sequence
from functools import partial

from workers_operator.account.telemetry.following import Follower, Notice, Shown
from workers_operator.account.telemetry.history import (
    MAX_ENTRIES,
    RETENTION_SECONDS,
    LogHistory,
    history,
    horizon,
    kept_shares,
)
from workers_operator.account.telemetry.tailing import TailSource
from workers_operator.account.telemetry.target import LoggedWorker, TargetError, find_worker
from workers_operator.administration import terminal
from workers_operator.administration.connecting import (
    account,
    add_cluster_options,
    cluster,
    token_reader,
)
from workers_operator.administration.errors import CommandError
from workers_operator.administration.logs.printing import PROG, Printer, say
from workers_operator.administration.naming import add_object_argument, object_of
from workers_operator.administration.since import since
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.telemetry.live import connect
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.telemetry.sampling import sampling_notices
from workers_operator.domain.timestamps import stamp_unix
from workers_operator.engine.clock import Clock, SystemClock
from workers_operator.engine.priority import Priority
from workers_operator.kube import auth
from workers_operator.settings import Settings, SettingsError, from_environment


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Returns the exit code: 0; 1 after an error, whose message is printed to standard error; 130 after Ctrl-C; 141 if
    nobody reads the output any more.
    """
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may lack characters
    try:
        asyncio.run(_run(options, SystemClock()))
    except KeyboardInterrupt:
        return terminal.INTERRUPTED
    except BrokenPipeError:
        return terminal.pipe_closed()
    except (CommandError, TargetError, SettingsError, ReconcileError, auth.AccessError) as error:
        say(error.message if isinstance(error, ReconcileError) else str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Show what a worker has logged: console lines, exceptions with their stacks, and invocations with "
        "outcome and CPU time, of all its versions and instances. Reads the worker, its Secrets, its WorkersPlatform "
        "and the platform's token with your own rights in the cluster.",
    )
    add = parser.add_argument
    add_object_argument(parser)
    add(
        "--since",
        default="10m",
        metavar="TIME",
        help="how long ago, such as 90s or 24h, or a time such as 2026-01-31T08:00:00Z; at most 7 days (default: 10m)",
    )
    add(
        "--limit",
        type=_limit,
        default=100,
        metavar="NUMBER",
        help=f"the number of entries to begin with, the newest; at most {MAX_ENTRIES:,} (default: 100)",
    )
    add("-f", "--follow", action="store_true", help="go on with what is logged from now on")
    add("-o", "--output", choices=("text", "json"), default="text", help="default: text")
    add_cluster_options(parser)
    return parser


def _limit(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ENTRIES))
    if not is_number or not 1 <= int(text) <= MAX_ENTRIES:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MAX_ENTRIES:,}")
    return int(text)


async def _run(options: argparse.Namespace, clock: Clock) -> None:
    settings = from_environment()
    begin = since(options.since, int(clock.now().timestamp()), RETENTION_SECONDS)
    worker = await _find(options, settings)
    printer = Printer(options.output, worker.hidden)
    async with account(worker.platform, worker.token) as api:
        shown = await _show_stored(options, worker, printer, api, clock, max(begin, worker.since))
        if not options.follow:
            return
        plain = (worker.platform.access.base_url or "").startswith("http://")
        source = TailSource(api, worker.scope, partial(connect, plain=plain), clock, Priority.EDIT)
        await Follower(source, printer).follow(shown)


async def _find(options: argparse.Namespace, settings: Settings) -> LoggedWorker:
    key = object_of(options, settings)
    async with cluster(options, settings) as kube:
        return await find_worker(kube, token_reader(kube, settings), settings.implied_platform, key)


async def _show_stored(
    options: argparse.Namespace,
    worker: LoggedWorker,
    printer: Printer,
    api: Api,
    clock: Clock,
    begin: int,
) -> Shown:
    """Print what is stored since a Unix time."""
    now = clock.now().timestamp()
    said = sampling_notices(await kept_shares(api, worker.scope))
    found = await history(api, worker.scope, begin * 1000, horizon(now), options.limit)
    for text in [*worker.notices, *said, *_about(found, worker, begin, options)]:
        printer(Notice(text))
    for entry in found.entries:
        printer(entry)
    floor = found.entries[0].at if found.more else begin * 1000
    return Shown(found.entries, now, floor, said)


def _about(
    found: LogHistory, worker: LoggedWorker, begin: int, options: argparse.Namespace
) -> list[str]:
    if found.more:
        return [f"there are more than {options.limit:,} entries; these are the newest (--limit)"]
    if found.entries:
        return []
    if options.follow:
        return [f"nothing logged since {stamp_unix(begin)}; waiting"]
    return [
        f"{worker.key} has logged nothing since {stamp_unix(begin)}; --since 24h looks further back"
    ]
