"""Files in the repository that are generated: written, or compared with what is there."""

import argparse
import sys
from pathlib import Path


def main(about: str | None, file: Path, text: str) -> None:
    """Write a generated file, or compare it with what is there (``--check``). ``about``: what the command does."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="fail if the file is not current")
    if not parser.parse_args().check:
        file.write_text(text)
    elif file.read_text() != text:
        sys.exit(f"{file.name} is out of date; run make manifests")
