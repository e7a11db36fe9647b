"""What commands connect to, with the rights of whoever runs them: the cluster, and the accounts of platforms."""

import argparse
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from workers_operator.account.connection import opened
from workers_operator.account.credentials import TokenReader
from workers_operator.cloudflare.api import Api, Unobserved
from workers_operator.cloudflare.connector import Connector
from workers_operator.desired.platform import PlatformConfig
from workers_operator.engine.clock import SystemClock
from workers_operator.engine.gate import ChangeGate
from workers_operator.kube import auth
from workers_operator.kube.client import KubeClient
from workers_operator.kube.rest import Rest
from workers_operator.settings import Settings

_REQUEST_SECONDS: Final = 30.0


def add_cluster_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the cluster."""
    parser.add_argument(
        "--kubeconfig", help="kubeconfig file (default: KUBECONFIG, then ~/.kube/config)"
    )
    parser.add_argument("--context", help="kubeconfig context (default: WORKERS_OPERATOR_CONTEXT)")


@asynccontextmanager
async def cluster(
    options: argparse.Namespace, settings: Settings
) -> AsyncGenerator[KubeClient, None]:
    """Connect to the cluster that the options or the environment name; nothing can be changed in it.

    Raises AccessError.
    """
    access = await auth.load(
        options.kubeconfig or settings.kubeconfig, options.context or settings.context
    )
    kube = KubeClient(access, ChangeGate(SystemClock()))
    try:
        yield kube
    finally:
        await kube.close()


@asynccontextmanager
async def changeable(options: argparse.Namespace, settings: Settings) -> AsyncGenerator[Rest, None]:
    """Connect to the same cluster in order to change something. Raises AccessError."""
    gate = ChangeGate(SystemClock())
    gate.open_until(math.inf)
    access = await auth.load(
        options.kubeconfig or settings.kubeconfig, options.context or settings.context
    )
    rest = Rest(access, gate, _REQUEST_SECONDS)
    try:
        yield rest
    finally:
        await rest.close()


def token_reader(kube: KubeClient, settings: Settings) -> TokenReader:
    """Return what reads the tokens of platforms."""
    return TokenReader(kube, settings.credentials.api_token, settings.credentials.policy)


@asynccontextmanager
async def account(config: PlatformConfig, token: str) -> AsyncGenerator[Api, None]:
    """Connect to the account of a platform. Raises CloudflareError."""
    async with opened(Connector(SystemClock(), Unobserved()), config, token) as api:
        yield api
