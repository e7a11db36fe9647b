"""The command `local-edge`: serve, up, down, status, binaries."""

import argparse
import asyncio
import ctypes
import ipaddress
import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

from local_edge import background, binaries
from local_edge.api.ratelimit import NO_LIMIT
from local_edge.edge import Edge, origin_address
from local_edge.errors import EdgeError
from local_edge.runtime.process import ProcessFailed
from local_edge.settings import (
    DEFAULT_ZONE,
    IdentityOptions,
    MetricsOptions,
    Options,
    duration,
    identity_of,
    rate_limit,
)

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        result: int = arguments.run(arguments)
    except (EdgeError, ProcessFailed) as error:
        print(f"local-edge: {error}", file=sys.stderr)
        return 1
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local-edge",
        description="Run a local replacement for Cloudflare: its REST API, and Workers on workerd.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="run an edge in the foreground")
    up = commands.add_parser("up", help="run an edge in the background and wait until it is ready")
    for command in (serve, up):
        _add_options(command)
    serve.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)
    serve.set_defaults(run=_serve)
    up.set_defaults(run=_up)
    for name, run, text in (
        ("down", _down, "stop the edge of a directory"),
        ("status", _status, "show whether an edge is running, and its addresses"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--dir", type=Path, required=True, metavar="DIR")
        command.set_defaults(run=run)
        if name == "status":
            command.add_argument("--json", action="store_true")
    fetch = commands.add_parser("binaries", help="fetch workerd and print its path")
    fetch.set_defaults(run=_binaries)
    return parser


def _add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "--dir",
        type=Path,
        required=True,
        metavar="DIR",
        help="directory of all state",
    )
    add("--host", default="127.0.0.1", help="loopback address to listen on (default: %(default)s)")
    add(
        "--api-port",
        type=int,
        metavar="N",
        help="port of the REST API (default: a free port, stored in DIR)",
    )
    add(
        "--data-port",
        type=int,
        metavar="N",
        help="port of the data plane (default: a free port, stored in DIR)",
    )
    add("--account-id", metavar="ID", help="account id (default: a random id, stored in DIR)")
    add(
        "--zone",
        action="append",
        metavar="NAME",
        help=f"name of a zone; may be repeated (default: {DEFAULT_ZONE})",
    )
    add("--token", help="API token (default: a random token, stored in DIR)")
    add("--latency", default="0ms", metavar="TIME", help="delay of every REST response, e.g. 50ms")
    add(
        "--rate-limit",
        metavar="N/TIME",
        help="requests per token and time window, e.g. 1200/5m (default: no limit)",
    )
    add(
        "--analytics-delay",
        default="1s",
        metavar="TIME",
        help="time until GraphQL tells of an invocation; Cloudflare takes minutes (default: %(default)s)",
    )
    add(
        "--graphql-limit",
        metavar="N/TIME",
        help="GraphQL queries per token and time window; Cloudflare's is 300/5m (default: no limit)",
    )
    add("--origin", metavar="URL", help="origin of the zones, e.g. http://127.0.0.1:9000")


def _options(arguments: argparse.Namespace) -> Options:
    identity = IdentityOptions(
        api_port=arguments.api_port,
        data_port=arguments.data_port,
        account_id=arguments.account_id,
        zones=tuple(name.lower() for name in arguments.zone or ()),
        token=arguments.token,
    )
    return Options(
        directory=arguments.dir.absolute(),
        host=_loopback(arguments.host),
        latency=duration(arguments.latency),
        policy=rate_limit(arguments.rate_limit) if arguments.rate_limit else NO_LIMIT,
        metrics=MetricsOptions(
            delay=duration(arguments.analytics_delay),
            policy=rate_limit(arguments.graphql_limit) if arguments.graphql_limit else NO_LIMIT,
        ),
        origin=arguments.origin,
        identity=identity,
    )


def _loopback(host: str) -> str:
    try:
        if ipaddress.IPv4Address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise EdgeError(f"--host: '{host}' is not a loopback address such as 127.0.0.1")


def _say(text: str) -> None:
    print(f"local-edge: {text}", file=sys.stderr, flush=True)


def _serve(arguments: argparse.Namespace) -> int:
    if not arguments.detached:
        _exit_with_parent()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    for noisy in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    options = _options(arguments)
    lock = background.DirectoryLock(options.directory)
    (options.directory / "edge.env").unlink(missing_ok=True)
    try:
        return asyncio.run(_run(options))
    finally:
        (options.directory / "edge.env").unlink(missing_ok=True)
        lock.release()


def _exit_with_parent() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise EdgeError("the parent process has exited")


async def _run(options: Options) -> int:
    begun = time.monotonic()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    binary = await asyncio.to_thread(binaries.workerd, _say)
    edge = Edge(options, binary)
    _say(f"starting in {options.directory}")
    try:
        await edge.start()
        seconds = time.monotonic() - begun
        print(
            f"ready: API {edge.base_url}, data plane {edge.data_url} (after {seconds:.2f} s)",
            flush=True,
        )
        await ended.wait()
        _say("stopping")
    finally:
        await edge.stop()
    return 0


def _up(arguments: argparse.Namespace) -> int:
    # Invalid values are reported here instead of in the log. The identity is stored here, so that
    # the token does not appear on the command line of the child.
    options = _options(arguments)
    origin_address(options.origin)
    identity_of(options)
    binaries.workerd(_say)
    running = background.running_pid(arguments.dir.absolute())
    if running is not None:
        _say(f"already running (pid {running}) with its previous options; `down` stops it")
        return 0
    pid = background.up(arguments.dir.absolute(), _serve_arguments(arguments))
    _say(f"running (pid {pid}); environment in {arguments.dir.absolute() / 'edge.env'}")
    return 0


def _serve_arguments(arguments: argparse.Namespace) -> list[str]:
    result = ["--dir", str(arguments.dir.absolute())]
    for name in ("host", "latency", "rate_limit", "analytics_delay", "graphql_limit", "origin"):
        value = getattr(arguments, name)
        if value is not None:
            result += [f"--{name.replace('_', '-')}", str(value)]
    return result


def _down(arguments: argparse.Namespace) -> int:
    stopped = background.down(arguments.dir.absolute())
    _say("stopped" if stopped else "no edge is running there")
    return 0


def _status(arguments: argparse.Namespace) -> int:
    found = background.status(arguments.dir.absolute())
    if arguments.json:
        print(json.dumps({"running": found.running, "pid": found.pid, **found.environment}))
    elif found.running:
        print(f"running (pid {found.pid})")
        for name, value in found.environment.items():
            print(f"  {name}={value}")
    else:
        print("not running")
    return 0 if found.running else 3


def _binaries(arguments: argparse.Namespace) -> int:
    print(binaries.workerd(_say))
    return 0


if __name__ == "__main__":
    sys.exit(main())
