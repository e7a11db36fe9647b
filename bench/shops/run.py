"""Runs the comparison with nginx; see bench.shops.cli. Its own program, so that the quick suite knows nothing of it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "operator"), str(ROOT / "tests")]

from bench.shops.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
