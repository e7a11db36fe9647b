"""The command ``workers-operator usage``."""

import argparse
import asyncio
import csv
import io
import json
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Final

from pydantic import ValidationError

from workers_operator.administration import terminal
from workers_operator.administration.connecting import (
    account,
    add_cluster_options,
    cluster,
    token_reader,
)
from workers_operator.administration.errors import CommandError
from workers_operator.administration.since import since
from workers_operator.administration.usage.counting import Usage, of_customers, usage_on
from workers_operator.desired.platform import PlatformConfig, config_of
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.text.lines import columns
from workers_operator.kube import auth
from workers_operator.kube.errors import KubeError
from workers_operator.resources import WorkersPlatform
from workers_operator.settings import Settings, SettingsError, from_environment

_PROG: Final = "workers-operator usage"
_LONGEST: Final = 31 * 24 * 3600  # seconds that one query of the analytics may cover


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code: 0, 1 after an error, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        print(asyncio.run(_run(options)))
    except KeyboardInterrupt:
        return terminal.INTERRUPTED
    except (CommandError, SettingsError, ReconcileError, KubeError, auth.AccessError) as error:
        message = error.message if isinstance(error, ReconcileError) else str(error)
        print(f"{_PROG}: {message}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROG,
        description="Show what customers' workers have used, from Cloudflare's analytics: requests, errors, CPU time "
        "and bytes of responses. Reads WorkersPlatforms and their tokens with your own rights in the cluster, and the "
        "platform that CLOUDFLARE_* variables describe.",
    )
    add = parser.add_argument
    add("--customer", action="append", default=[], metavar="ID", help="repeatable (default: all)")
    add("--platform", metavar="NAME", help="WorkersPlatform (default: all)")
    add(
        "--since",
        default="24h",
        metavar="TIME",
        help="how long ago, such as 90m or 24h, or a time such as 2026-01-31T08:00:00Z; at most 31 days (default: 24h)",
    )
    add_cluster_options(parser)
    add("-o", "--output", choices=("table", "json", "csv"), default="table", help="default: table")
    return parser


async def _run(options: argparse.Namespace) -> str:
    settings = from_environment()
    until = int(datetime.now(UTC).timestamp())
    begin = since(options.since, until, _LONGEST)
    found: list[Usage] = []
    async for config, token in _platforms(options, settings):
        async with account(config, token) as api:
            found += await usage_on(api, config, begin, until)
    return _shown(of_customers(found, options.customer), options.output)


async def _platforms(
    options: argparse.Namespace, settings: Settings
) -> AsyncGenerator[tuple[PlatformConfig, str], None]:
    """Yield the platforms that are asked for, each with its token."""
    implied, token = settings.implied_platform, settings.credentials.api_token
    if implied is not None and token and options.platform in (None, implied.name):
        yield implied, token
        if options.platform is not None:
            return
    async with cluster(options, settings) as kube:
        tokens = token_reader(kube, settings)
        async for body in kube.list_objects("WorkersPlatform"):
            try:
                platform = WorkersPlatform.model_validate(body)
            except ValidationError:
                continue  # its own status says what is wrong
            name = platform.metadata.name
            if options.platform in (None, name):
                yield config_of(platform), await tokens.token(name, platform.spec)


def _shown(usages: Sequence[Usage], output: str) -> str:
    if output == "json":
        return json.dumps([asdict(usage) for usage in usages], indent=2)
    if output == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(field.name for field in fields(Usage))
        writer.writerows(asdict(usage).values() for usage in usages)
        return text.getvalue().rstrip("\n")
    head = ("PLATFORM", "CUSTOMER", "WORKERS", "REQUESTS", "ERRORS", "CPU", "EGRESS")
    return "\n".join(columns([head, *map(_row, usages)]))


def _row(usage: Usage) -> tuple[str, ...]:
    return (
        usage.platform,
        usage.customer,
        str(usage.workers),
        str(usage.requests),
        str(usage.errors),
        f"{usage.cpu_seconds:.1f}s",
        _size(usage.egress_bytes),
    )


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f}{unit}" if unit == "B" else f"{count:.1f}{unit}"
        count /= 1000
    return f"{count:.1f}TB"
