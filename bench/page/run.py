"""``make bench-page``: measures the fleet page with 5,000 workers in Chromium, and takes its screenshots."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "operator")]

from bench.page import cli  # noqa: E402 - found by the line above

if __name__ == "__main__":
    sys.exit(cli.main())
