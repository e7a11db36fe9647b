"""Keys and tokens, created once per cluster directory so that tokens stay valid across restarts."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import yaml

from local_cluster.access import kubeconfig, signing_key
from local_cluster.access.apiclient import ApiClient
from local_cluster.errors import LocalClusterError
from local_cluster.files import write_private
from local_cluster.layout import Layout

TOKEN_SECONDS = 24 * 60 * 60
"""Lifetime of a service account token; longer than a working day."""


@dataclass(frozen=True)
class CredentialFiles:
    """The credential files that the components read."""

    signing_key: Path
    verification_key: Path
    tokens: Path
    controllers_kubeconfig: Path


def prepare(layout: Layout) -> CredentialFiles:
    """Create missing credentials and return the paths of all of them."""
    folder = layout.credentials
    paths = CredentialFiles(
        signing_key=folder / "sa.key",
        verification_key=folder / "sa.pub",
        tokens=folder / "tokens.csv",
        controllers_kubeconfig=folder / "controllers.kubeconfig",
    )
    if not paths.verification_key.exists():
        private, public = signing_key.generate()
        write_private(paths.signing_key, private)
        write_private(paths.verification_key, public)
    if not paths.tokens.exists():
        # Both users are in system:masters; RBAC and the audit log distinguish them by name.
        users = ("admin", "system:kube-controller-manager")
        lines = [f'{secrets.token_hex(16)},{user},{user},"system:masters"\n' for user in users]
        write_private(paths.tokens, "".join(lines))
    return paths


def write_kubeconfigs(layout: Layout, credentials: CredentialFiles, url: str) -> None:
    """Write the controllers' kubeconfig and update the admin's, keeping contexts added earlier."""
    authority = layout.serving_certificate.read_text()
    admin_token, controllers_token = tokens(credentials)
    admin = kubeconfig.single(
        url=url, authority=authority, context=kubeconfig.ADMIN_CONTEXT, token=admin_token
    )
    add_context(layout, admin)
    controllers = kubeconfig.single(
        url=url, authority=authority, context="controllers", token=controllers_token
    )
    write_private(credentials.controllers_kubeconfig, yaml.safe_dump(controllers, sort_keys=False))


def add_context(layout: Layout, document: kubeconfig.Document) -> None:
    """Merge a document into the cluster's kubeconfig."""
    base = None
    if layout.kubeconfig.exists():
        base = yaml.safe_load(layout.kubeconfig.read_text())
    text = yaml.safe_dump(kubeconfig.merged(base, document), sort_keys=False)
    write_private(layout.kubeconfig, text)


def tokens(credentials: CredentialFiles) -> tuple[str, str]:
    """Return the bearer tokens of the admin and of the controllers."""
    admin, controllers = credentials.tokens.read_text().splitlines()
    return admin.partition(",")[0], controllers.partition(",")[0]


def admin_client(layout: Layout, credentials: CredentialFiles, url: str) -> ApiClient:
    """Return a client that uses the admin's token."""
    token, _ = tokens(credentials)
    return ApiClient(url, authority=layout.serving_certificate, token=token)


def service_account_token(client: ApiClient, *, namespace: str, name: str) -> str:
    """Request a token for the service account (TokenRequest), valid for `TOKEN_SECONDS`.

    Raises LocalClusterError if the API server refuses, for example because the account does not
    exist.
    """
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": TOKEN_SECONDS},
    }
    status, answer = client.post(path, request)
    if status != 201:
        reason = answer.get("message", f"status {status}")
        raise LocalClusterError(f"no token for service account {namespace}/{name}: {reason}")
    return str(answer["status"]["token"])
