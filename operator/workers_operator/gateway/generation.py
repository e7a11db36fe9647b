"""Write docs/openapi.json from the endpoints.

``python -m workers_operator.gateway.generation --output docs`` writes it; ``--check`` exits with 1 if it differs.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from workers_operator.gateway.application import application


def text() -> str:
    """Return the document as it is checked in."""
    return json.dumps(application().openapi(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="generation", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the document")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    target = options.output / "openapi.json"
    if not options.check:
        target.write_text(text())
        return 0
    if target.exists() and target.read_text() == text():
        return 0
    sys.stderr.write(f"{target} differs from the endpoints in the code; run `make manifests`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
