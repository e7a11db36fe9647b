"""Keys and tokens: made once per cluster folder, so that tokens stay valid over a restart."""

import secrets

import yaml

from local_cluster import kubeconfig, signing_key
from local_cluster.apiclient import ApiClient
from local_cluster.components import Credentials
from local_cluster.errors import LocalClusterError
from local_cluster.layout import Layout, write_private

TOKEN_SECONDS = 24 * 60 * 60
"""How long a service account's token is valid: longer than a day's work."""


def prepare(layout: Layout) -> Credentials:
    """Makes what is missing and says where everything is."""
    folder = layout.credentials
    paths = Credentials(
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
        # Both are in system:masters: the names are what RBAC and the audit log tell them apart by.
        users = ("admin", "system:kube-controller-manager")
        lines = [f'{secrets.token_hex(16)},{user},{user},"system:masters"\n' for user in users]
        write_private(paths.tokens, "".join(lines))
    return paths


def write_kubeconfigs(layout: Layout, credentials: Credentials, url: str) -> None:
    """The admin's kubeconfig, which keeps contexts added before, and the controllers' own."""
    authority = layout.serving_certificate.read_text()
    admin, controllers = tokens(credentials)
    mine = kubeconfig.single(
        url=url, authority=authority, context=kubeconfig.ADMIN_CONTEXT, token=admin
    )
    add_context(layout, mine)
    theirs = kubeconfig.single(
        url=url, authority=authority, context="controllers", token=controllers
    )
    write_private(credentials.controllers_kubeconfig, yaml.safe_dump(theirs, sort_keys=False))


def add_context(layout: Layout, document: kubeconfig.Document) -> None:
    """Merges a document into the cluster's kubeconfig."""
    base = None
    if layout.kubeconfig.exists():
        base = yaml.safe_load(layout.kubeconfig.read_text())
    text = yaml.safe_dump(kubeconfig.merged(base, document), sort_keys=False)
    write_private(layout.kubeconfig, text)


def tokens(credentials: Credentials) -> tuple[str, str]:
    """The bearer tokens of the admin and of the controllers."""
    admin, controllers = credentials.tokens.read_text().splitlines()
    return admin.partition(",")[0], controllers.partition(",")[0]


def admin_client(layout: Layout, credentials: Credentials, url: str) -> ApiClient:
    """A client with the admin's token."""
    token, _ = tokens(credentials)
    return ApiClient(url, authority=layout.serving_certificate, token=token)


def service_account_token(client: ApiClient, *, namespace: str, name: str) -> str:
    """A token of the service account (TokenRequest), valid for `TOKEN_SECONDS`.

    Raises LocalClusterError if the API server refuses, for example because there is no such
    account.
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
