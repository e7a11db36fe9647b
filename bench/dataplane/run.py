"""Runs ``make bench-edge`` and ``make profile-edge``; see bench.dataplane.cli."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "operator"), str(ROOT / "tests")]

from bench.dataplane.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
