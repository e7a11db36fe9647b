"""``make bench``: puts the tests' folder on the path, and runs the benchmarks."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench import cli  # noqa: E402 - found by the line above

if __name__ == "__main__":
    sys.exit(cli.main())
