"""Start the local cluster and the local edge side by side.

The first time, the cluster's programs have to be built, which takes minutes. Meanwhile everything else is installed,
and the edge is there to be looked at: a script is uploaded to it, called, and removed when the cluster is up.
"""

import argparse
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from local_cluster.binaries import assets


def main() -> None:
    """Start both; exit with the code of the one that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder for cluster/ and edge/")
    parser.add_argument(
        "--install", default="true", help="command that installs what else is needed"
    )
    arguments, edge_arguments = parser.parse_known_args()
    folder: Path = arguments.dir
    log = folder / "start.log"
    has_programs = assets.are_there(os.environ)
    with log.open("w") as output:
        cluster = subprocess.Popen(
            [program("local-cluster"), "up", "--dir", str(folder / "cluster")],
            stdout=output,
            stderr=output,
        )
    try:
        subprocess.run(shlex.split(arguments.install), check=True)
        edge = [program("local-edge"), "up", "--dir", str(folder / "edge"), *edge_arguments]
        subprocess.run(edge, check=True)
        if has_programs or cluster.poll() is not None:
            cluster.wait()
            print(log.read_text(), end="", flush=True)
        else:
            try:
                look(folder, "show")
                follow(cluster, log)
            finally:
                look(folder, "remove")
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    finally:
        if cluster.poll() is None:
            cluster.terminate()
    sys.exit(cluster.wait())


def program(name: str) -> str:
    """Return the path of a program of the virtual environment."""
    return str(Path(sys.executable).parent / name)


def look(folder: Path, command: str) -> None:
    """Show the edge, or remove what was shown. Whatever fails there, the cluster goes on being prepared."""
    script = str(Path(__file__).parent / "first_look.py")
    edge = str(folder / "edge" / "edge.env")
    done = subprocess.run([sys.executable, script, command, "--edge", edge], check=False)
    if done.returncode != 0:
        print("  Something is wrong with the local edge; the cluster is still being prepared.")


def follow(cluster: subprocess.Popen[bytes], log: Path) -> None:
    """Print the log of the cluster's start until that has ended."""
    print("\n● The cluster  is being prepared; the next start takes seconds", flush=True)
    with log.open() as lines:
        ended = False
        while not ended:
            ended = cluster.poll() is not None
            print(lines.read(), end="", flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    main()
