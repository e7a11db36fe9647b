"""``make bench-truth``: sends a known mix, and compares what is told of it with what was sent."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "operator")]

from bench.truth import cli  # noqa: E402 - found by the line above

if __name__ == "__main__":
    sys.exit(cli.main())
