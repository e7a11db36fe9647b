"""The command line of ``orphans``: what it takes, and what it prints."""

from pathlib import Path

import pytest

from workers_operator.administration.cli import main

NOWHERE = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(NOWHERE)
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["remove", "Bad_Name"], "'Bad_Name' is not the name of a script"),
        (["adopt", "blog", "--as", "Worker/a/b"], "--as: 'Worker/a/b' is not EliteWorker or"),
        (["remove", *(f"a{n}" for n in range(51))], "at most 50"),
    ],
)
def test_a_mistake_is_told_before_anything_is_asked(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--kubeconfig", "/nowhere"]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [[], ["adopt", "blog"], ["remove"], ["remove", "a", "--timeout", "0"], ["list", "-o", "yaml"]],
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: workers-operator orphans" in capsys.readouterr().err


def test_without_a_cluster(kubeconfig: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--kubeconfig", kubeconfig]) == 1
    assert "the API server did not respond" in capsys.readouterr().err
    assert main(["list", "--kubeconfig", f"{kubeconfig}-missing"]) == 1
    assert "no access to a cluster" in capsys.readouterr().err
    assert main(["list", "--kubeconfig", kubeconfig, "--context", "other"]) == 1
    assert "no access to a cluster" in capsys.readouterr().err
