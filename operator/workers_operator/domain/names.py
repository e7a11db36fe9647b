"""Names of scripts, tags, KV keys and buckets.

The script name of a version is a function of its content, ``<base>--<hash8>--<instance>``. An upload is therefore an
idempotent PUT of immutable content, and a crash between two calls leaves no ambiguous state.
"""

import hashlib
import re
from typing import Final, NamedTuple

MAX_SCRIPT_NAME: Final = 63  # Cloudflare: ^[a-z][a-z0-9-]{0,62}$
HASH_LENGTH: Final = 8
_SUFFIX_LENGTH: Final = (
    len("--") + HASH_LENGTH + len("--") + 2
)  # an instance number has at most two digits
MAX_BASE: Final = MAX_SCRIPT_NAME - _SUFFIX_LENGTH
_VERSIONED = re.compile(
    rf"(?P<base>.+)--(?P<hash>[0-9a-f]{{{HASH_LENGTH}}})--(?P<instance>0|[1-9][0-9]?)"
)

# A script name that looks truncated gets a hash, too, so that it cannot collide with a truncated name.
_LOOKS_CUT = re.compile(rf".{{{MAX_BASE - HASH_LENGTH - 1}}}-[0-9a-f]{{{HASH_LENGTH}}}")

_MAX_BUCKET: Final = 63

MANAGED_BY_TAG: Final = "managed-by-code24-workers-operator"
METADATA_TAG: Final = "metadata-"
WORKER_KEY_PREFIX: Final = "worker:"
HOST_KEY_PREFIX: Final = "host:"
PLATFORM_KEY: Final = "platform"
TEMPLATES_PREFIX: Final = "templates/"


class VersionedName(NamedTuple):
    """The parts of a versioned script name."""

    base: str
    hash: str
    instance: int


def digest(data: bytes) -> str:
    """Return the digest of ``data`` as ``sha256:<64 hex digits>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def metadata_tag(title: str) -> str:
    """Return the tag of a dispatcher that reads its routes from the KV namespace with this title."""
    return METADATA_TAG + short_hash(title.encode())


def short_hash(data: bytes) -> str:
    """Return the first eight hex digits of the SHA-256 of ``data``; they identify a version."""
    return hashlib.sha256(data).hexdigest()[:HASH_LENGTH]


def base_name(script_name: str) -> str:
    """Return the first part of a versioned name. A long script name is truncated and ends with its hash."""
    if len(script_name) <= MAX_BASE and not _LOOKS_CUT.fullmatch(script_name):
        return script_name
    return f"{script_name[: MAX_BASE - HASH_LENGTH - 1]}-{short_hash(script_name.encode())}"


def versioned_name(base: str, version_hash: str, instance: int) -> str:
    """Return the script name of one instance of a version."""
    return f"{base}--{version_hash}--{instance}"


def parse_versioned_name(name: str) -> VersionedName | None:
    """Return the parts of a versioned name, or None if ``name`` does not have its form."""
    match = _VERSIONED.fullmatch(name)
    if match is None:
        return None
    return VersionedName(match["base"], match["hash"], int(match["instance"]))


def companion(dispatcher: str, role: str) -> str:
    """Return the script name of a Worker that goes with a dispatcher: ``<dispatcher>-<role>``."""
    suffix = f"-{role}"
    return dispatcher[: MAX_SCRIPT_NAME - len(suffix)].rstrip("-") + suffix


def elite_script_name(worker_type: str, customer_id: str) -> str:
    """Return the default script name of an EliteWorker: ``brand-worker-customer-123``."""
    return f"{worker_type}-worker-{customer_id}"


def customer_script_name(customer_id: str, object_name: str) -> str:
    """Return the default script name of a CustomerWorker.

    An object with the same name as its customer gets the short name ``customer-worker-<customerId>``.
    """
    if object_name == customer_id:
        return f"customer-worker-{customer_id}"
    return f"customer-worker-{customer_id}-{object_name}"


def worker_key(script_name: str) -> str:
    """Return the key of a worker's metadata in WORKER_METADATA."""
    return WORKER_KEY_PREFIX + script_name


def host_key(hostname: str) -> str:
    """Return the key of a hostname's routes in WORKER_METADATA."""
    return HOST_KEY_PREFIX + hostname


def dispatcher_pattern(domain: str) -> str:
    """Return the pattern of the zone route that sends all subdomains to the platform dispatcher."""
    return f"*.{domain}/*"


def template_keys(kind: str, name: str) -> tuple[str, str]:
    """Return the R2 keys of a template's script and manifest."""
    return (
        f"{TEMPLATES_PREFIX}{kind}/{name}.js",
        f"{TEMPLATES_PREFIX}{kind}/{name}.yaml",
    )


def created_kv_title(dispatch_namespace: str, script_name: str, binding: str) -> str:
    """Return the title of the KV namespace that a binding with ``create: true`` creates; unique per worker."""
    return f"{dispatch_namespace}/{script_name}/{binding}"


def created_bucket_name(dispatch_namespace: str, script_name: str, binding: str) -> str:
    """Return the name of the R2 bucket that a binding with ``create: true`` creates; unique per worker."""
    full = f"{dispatch_namespace}-{script_name}-{binding}".lower().replace("_", "-")
    cut = full[: _MAX_BUCKET - HASH_LENGTH - 1].strip("-")
    return f"{cut}-{short_hash(f'{dispatch_namespace}/{script_name}/{binding}'.encode())}"
