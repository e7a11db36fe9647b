"""``make bench``: runs the benchmarks."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "operator")]

from bench import cli  # noqa: E402 - found by the line above

if __name__ == "__main__":
    sys.exit(cli.main())
