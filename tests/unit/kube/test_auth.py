"""Kubeconfigs: the namespace that commands take for granted, and what cannot be used."""

from pathlib import Path

import pytest

from workers_operator.kube.auth import AccessError, default_namespace, load

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: "https://kube"}}]
users: [{name: u, user: {}}]
contexts:
- {name: here, context: {cluster: c, user: u, namespace: shops}}
- {name: there, context: {cluster: c, user: u}}
"""


@pytest.mark.parametrize(
    ("context", "namespace"), [(None, "shops"), ("here", "shops"), ("there", "default")]
)
def test_the_namespace_is_the_contexts(tmp_path: Path, context: str | None, namespace: str) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(KUBECONFIG)
    assert default_namespace(str(kubeconfig), context) == namespace


@pytest.mark.parametrize("text", [None, "", "{", "contexts: 7", "[]", "\0", "contexts: [7]"])
async def test_a_kubeconfig_that_cannot_be_used_is_an_error(
    tmp_path: Path, text: str | None
) -> None:
    kubeconfig = tmp_path / "config"
    if text is not None:
        kubeconfig.write_text(text)
    with pytest.raises(AccessError, match="no access to a cluster by kubeconfig"):
        default_namespace(str(kubeconfig), None)
    with pytest.raises(AccessError, match="no access to a cluster by kubeconfig"):
        await load(str(kubeconfig), None)


async def test_a_context_that_there_is_not_is_an_error(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(KUBECONFIG)
    with pytest.raises(AccessError):
        await load(str(kubeconfig), "elsewhere")
