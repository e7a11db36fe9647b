"""How a cluster starts and ends, also when it is killed, and what is left then: nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cluster.conftest import Await, Run
from local_cluster import LocalCluster, LocalClusterError
from local_cluster.binaries import assets
from local_cluster.progress import Progress

COMPONENTS = {"supervisor", "etcd", "kube-apiserver", "kube-controller-manager"}


def alive(pid: int) -> bool:
    """Whether a process runs: zombies, which wait for a parent to notice them, do not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def status(local_cluster: Run, folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        local_cluster("status", "--dir", folder, "--json", ok=False).stdout
    )
    return document


def test_up_is_idempotent_and_down_is_clean(folder: Path, local_cluster: Run) -> None:
    assert local_cluster("status", "--dir", folder, ok=False).returncode == 1
    assert local_cluster("down", "--dir", folder).returncode == 0

    up = local_cluster("up", "--dir", folder)
    first = status(local_cluster, folder)
    local_cluster("up", "--dir", folder)
    again = status(local_cluster, folder)

    assert first["url"] in up.stdout
    assert "kube-apiserver on" in up.stderr  # each step is shown
    assert local_cluster("status", "--dir", folder).returncode == 0
    assert set(first["pids"]) == COMPONENTS
    assert again["pids"] == first["pids"]

    local_cluster("down", "--dir", folder)

    assert not [pid for pid in first["pids"].values() if alive(pid)]
    after = local_cluster("status", "--dir", folder, "--json", ok=False)
    assert after.returncode == 1
    assert json.loads(after.stdout)["pids"] == {}
    assert {path.name for path in folder.iterdir()} == {"kubeconfig", "cluster"}


def test_data_and_kubeconfig_outlast_a_restart_and_a_killed_supervisor(
    folder: Path, eventually: Await
) -> None:
    cluster = LocalCluster(folder)
    cluster.start(die_with_parent=True)
    kubectl = [str(cluster.kubectl), f"--kubeconfig={cluster.kubeconfig}"]
    subprocess.run([*kubectl, "create", "namespace", "kept"], check=True, capture_output=True)
    pids = cluster.status().pids

    os.kill(pids["supervisor"], signal.SIGKILL)

    eventually(lambda: not any(map(alive, pids.values())), "children outlive their supervisor")
    assert not cluster.status().up
    with pytest.raises(LocalClusterError, match="no cluster runs"):
        _ = cluster.url

    with cluster:
        assert cluster.url in cluster.kubeconfig.read_text()
        subprocess.run([*kubectl, "get", "namespace", "kept"], check=True, capture_output=True)


def test_in_the_foreground_it_ends_with_its_parent(
    folder: Path, local_cluster: Run, eventually: Await
) -> None:
    command = [
        sys.executable,
        "-m",
        "local_cluster.cli",
        "up",
        "--foreground",
        "--dir",
        str(folder),
    ]
    parent_program = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", parent_program, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as parent:
        eventually(lambda: LocalCluster(folder).status().up, "the cluster is not up")
        pids = status(local_cluster, folder)["pids"]
        parent.kill()

    eventually(lambda: not any(map(alive, pids.values())), "the cluster outlives the parent")
    assert LocalCluster(folder).status().failure is None


def test_in_the_foreground_it_ends_on_sigterm(folder: Path, eventually: Await) -> None:
    command = [
        sys.executable,
        "-m",
        "local_cluster.cli",
        "up",
        "--foreground",
        "--dir",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        eventually(lambda: LocalCluster(folder).status().up, "the cluster is not up")
        pids = LocalCluster(folder).status().pids
        process.terminate()
        output, _ = process.communicate()

    assert process.returncode == 0
    assert b"The cluster is up: https://127.0.0.1:" in output
    assert not any(map(alive, pids.values()))


def test_a_component_that_dies_ends_the_cluster_and_is_named(
    folder: Path, local_cluster: Run, eventually: Await
) -> None:
    with LocalCluster(folder) as cluster:
        pids = cluster.status().pids
        os.kill(pids["kube-controller-manager"], signal.SIGKILL)

        eventually(lambda: not any(map(alive, pids.values())), "the others stay")

        answer = local_cluster("status", "--dir", folder, ok=False)
        assert answer.returncode == 1
        assert "kube-controller-manager ended with exit code -9" in answer.stdout


def test_a_failing_start_shows_the_end_of_the_log(
    folder: Path, local_cluster: Run, tmp_path: Path
) -> None:
    for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl"):
        program = tmp_path / "assets" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\necho {name} has no idea what to do\nexit 3\n")
        program.chmod(0o755)

    environment = {**os.environ, "KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    done = local_cluster("up", "--dir", folder, ok=False, env=environment)

    assert done.returncode == 1
    assert "ended with exit code 3" in done.stderr
    assert "has no idea what to do" in done.stderr
    assert str(folder / "cluster" / "logs") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_meanwhile_is_replaced(folder: Path, tmp_path: Path) -> None:
    """etcd finds its port taken once, as if another program had been faster."""
    binaries = assets.ensure(Progress())
    etcd = tmp_path / "etcd"
    etcd.write_text(
        "#!/bin/sh\n"
        f"if mkdir {tmp_path}/tried 2>/dev/null; then\n"
        '  echo "listen: address already in use"; exit 1\n'
        "fi\n"
        f'exec {binaries.etcd} "$@"\n'
    )
    etcd.chmod(0o755)
    cluster = LocalCluster(folder)

    cluster.start(
        die_with_parent=True,
        binaries=assets.Binaries(etcd, *binaries.paths()[1:]),
    )

    assert cluster.status().up
    cluster.stop()
