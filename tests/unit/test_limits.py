"""The table of limits in docs/workers.md says what the code says."""

from pathlib import Path

import pytest

from workers_operator.account.observer import MAX_LISTED
from workers_operator.domain.text.lines import MAX_MESSAGE
from workers_operator.resources.source import MAX_MODULES
from workers_operator.resources.worker import MAX_PARAMETER_BYTES, MAX_PARAMETER_DEPTH
from workers_operator.sources import loading, manifest, metadata, multipart, resolve
from workers_operator.sources.parameters import patterns, schemas, validation

KIB, MIB = 1024, 1024 * 1024
DOCS = Path(__file__).resolve().parents[2] / "docs" / "workers.md"
ROWS = [
    (
        "script, all modules together",
        f"{resolve.MAX_BYTES // MIB} MiB; {resolve.MAX_COMPRESSED_BYTES // MIB} MiB with gzip",
    ),
    ("modules of a script", f"{resolve.MAX_MODULES:,}; {MAX_MODULES} in `inline`"),
    ("objects of an R2 folder", f"{loading.MAX_FILES}, since"),
    ("name of a module", f"{resolve.MAX_NAME:,} characters"),
    ("a bundle's metadata", f"{metadata.MAX_BYTES // MIB} MiB"),
    ("headers of a part of a bundle", f"{multipart.MAX_HEAD // KIB} KiB"),
    ("`Json` modules", f"up to {resolve.MAX_CHECKED_JSON // MIB} MiB"),
    ("objects of a bucket that are listed", f"{MAX_LISTED:,} below"),
    (
        "`template.yaml`",
        f"{manifest.MAX_BYTES // KIB} KiB, {manifest.MAX_VALUES:,} keys and values, {manifest.MAX_DEPTH} levels",
    ),
    ("a template's schemas", f"{schemas.MAX_DEPTH} levels"),
    (
        "patterns of a template",
        f"{patterns.MAX_LENGTH:,} characters each, {patterns.MAX_PATTERNS} different ones",
    ),
    (
        "`spec.parameters`",
        f"{MAX_PARAMETER_BYTES // KIB} KiB as JSON, {MAX_PARAMETER_DEPTH} levels",
    ),
    ("a check of `spec.parameters`", f"{validation.MAX_STEPS:,} steps"),
    ("message of a condition", f"one line of {MAX_MESSAGE} characters"),
]


@pytest.mark.parametrize(("what", "limit"), ROWS, ids=[what for what, _ in ROWS])
def test_the_documented_limits_are_those_of_the_code(what: str, limit: str) -> None:
    lines = DOCS.read_text().splitlines()
    [row] = [line for line in lines if line.startswith(f"| {what} |")]
    assert limit in row
