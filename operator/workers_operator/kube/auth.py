"""Credentials for the API server: a kubeconfig context, or the pod's service account."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import yaml
from kubernetes.aio import config
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject

_IN_CLUSTER_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
_DEFAULT_KUBECONFIG = str(Path.home() / ".kube" / "config")
# asyncio buffers 256 KiB per TLS connection; four connections carry several hundred writes per second.
_MALFORMED = (AttributeError, LookupError, TypeError, ValueError)
CONNECTIONS: Final = 5
"""How many connections a client has."""
_SESSION_CONNECTIONS = 4  # one of them holds a watch stream


class AccessError(Exception):
    """There is no configuration for a cluster, or it cannot be used; the message says why."""


@dataclass(frozen=True)
class Access:
    """A loaded configuration, for this package's client and for code that brings its own HTTP client.

    ``in_cluster``: it is the pod's service account.
    """

    configuration: Any
    in_cluster: bool = False

    @property
    def server(self) -> str:
        """The API server's URL."""
        return str(self.configuration.host)

    async def headers(self) -> dict[str, str]:
        """Return the current authorization header; the configuration's hook refreshes service account tokens."""
        setting = (await self.configuration.auth_settings()).get("BearerToken")
        return {"authorization": str(setting["value"])} if setting and setting["value"] else {}

    def rest_client(self) -> Any:
        """Return kubernetes.aio's HTTP client for this configuration."""
        return RESTClientObject(self.configuration)

    async def session(
        self,
        *traces: aiohttp.TraceConfig,
        response_class: type[aiohttp.ClientResponse] = aiohttp.ClientResponse,
    ) -> aiohttp.ClientSession:
        """Return an aiohttp session with a bounded pool. ``traces`` are told of its requests."""
        connector = aiohttp.TCPConnector(
            limit=_SESSION_CONNECTIONS, ssl=self.rest_client().ssl_context
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=await self.headers(),
            trace_configs=list(traces),
            response_class=response_class,
        )


def default_namespace(kubeconfig: str | None, context: str | None) -> str:
    """Return the namespace of the context, or the pod's, as kubectl does; ``default`` if there is none.

    Raises AccessError.
    """
    path = kubeconfig or _DEFAULT_KUBECONFIG
    with _reading(path):
        if _in_cluster(path):
            return _IN_CLUSTER_TOKEN.with_name("namespace").read_text().strip() or "default"
        contexts, current = config.list_kube_config_contexts(path)  # type: ignore[no-untyped-call]
        wanted = current["name"] if context is None else context
        chosen = next((c["context"] for c in contexts if c["name"] == wanted), None) or {}
        return str(chosen.get("namespace") or "default")


@contextmanager
def _reading(path: str) -> Iterator[None]:
    """Raise AccessError for whatever is wrong with a kubeconfig: its reader takes the form of it for granted."""
    try:
        yield
    except (config.ConfigException, OSError, yaml.YAMLError, *_MALFORMED) as error:
        raise AccessError(f"no access to a cluster by kubeconfig {path}: {error}") from error


def _in_cluster(kubeconfig: str) -> bool:
    return not Path(kubeconfig.split(os.pathsep)[0]).exists() and _IN_CLUSTER_TOKEN.exists()


async def load(kubeconfig: str | None, context: str | None) -> Access:
    """Load ``kubeconfig`` (default: ~/.kube/config), else the pod's service account.

    Raises AccessError if neither can be used.
    """
    configuration = Configuration()
    path = kubeconfig or _DEFAULT_KUBECONFIG
    in_cluster = _in_cluster(path)
    with _reading(path):
        if in_cluster:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        else:
            await config.load_kube_config(  # type: ignore[no-untyped-call]
                config_file=path, context=context, client_configuration=configuration
            )
    configuration.connection_pool_maxsize = CONNECTIONS
    # Otherwise every request reads ~/.netrc in a thread. A kubeconfig's proxy-url still applies.
    configuration.client_session_kwargs = {"trust_env": False}
    return Access(configuration, in_cluster)
