"""Names of scripts, tags, KV keys and buckets.

The script name of a version is a function of its content, ``<base>--<hash8>--<instance>``. An upload is therefore an
idempotent PUT of immutable content, and a crash between two calls leaves no ambiguous state.
"""

import hashlib
import re
from typing import Final, NamedTuple

MAX_SCRIPT_NAME: Final = 63  # Cloudflare: ^[a-z][a-z0-9-]{0,62}$
HASH_LENGTH: Final = 8  # of a version, among the versions of one worker
_LONG_HASH: Final = 32  # 128 bits, where nobody must find a second name with the same hash
_SUFFIX_LENGTH: Final = (
    len("--") + HASH_LENGTH + len("--") + 2
)  # an instance number has at most two digits
MAX_BASE: Final = MAX_SCRIPT_NAME - _SUFFIX_LENGTH
_VERSIONED = re.compile(
    rf"(?P<base>.+)--(?P<hash>[0-9a-f]{{{HASH_LENGTH}}})--(?P<instance>0|[1-9][0-9]?)"
)

# A script name that looks truncated gets a hash, too, so that it cannot collide with a truncated name.
_LOOKS_CUT = re.compile(rf".{{{MAX_BASE - _LONG_HASH - 1}}}-[0-9a-f]{{{_LONG_HASH}}}")

_MAX_BUCKET: Final = 63
_CREATED_BUCKET = re.compile(rf".*-[0-9a-f]{{{_LONG_HASH}}}")

MANAGED_BY_TAG: Final = "managed-by-code24-workers-operator"
METADATA_TAG: Final = "metadata-"
WORKER_KEY_PREFIX: Final = "worker:"
HOST_KEY_PREFIX: Final = "host:"
REST_KEY_PREFIX: Final = "rest:"
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


def worker_tag(base: str) -> str:
    """Return the tag that all scripts of a worker bear."""
    return f"worker-{base}"


def metadata_tag(title: str) -> str:
    """Return the tag of a dispatcher that reads its routes from the KV namespace with this title."""
    return METADATA_TAG + short_hash(title.encode())


def short_hash(data: bytes) -> str:
    """Return the first eight hex digits of the SHA-256 of ``data``; they identify a version."""
    return hashlib.sha256(data).hexdigest()[:HASH_LENGTH]


def _long_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_LONG_HASH]


def base_name(script_name: str) -> str:
    """Return the first part of a versioned name. A long script name is truncated and ends with its hash."""
    if len(script_name) <= MAX_BASE and not _LOOKS_CUT.fullmatch(script_name):
        return script_name
    return f"{script_name[: MAX_BASE - _LONG_HASH - 1]}-{_long_hash(script_name)}"


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
    """Return the default script name of a CustomerWorker: ``customer-worker-<customerId>--<name>``.

    An object with the same name as its customer gets the short name ``customer-worker-<customerId>``. No two pairs have
    one name: in the customer's ID two dashes become three, three become four, and so on.
    """
    customer = re.sub("-{2,}", lambda dashes: f"{dashes[0]}-", customer_id)
    if object_name == customer_id:
        return f"customer-worker-{customer}"
    return f"customer-worker-{customer}--{object_name}"


def worker_key(script_name: str) -> str:
    """Return the key of a worker's metadata in WORKER_METADATA."""
    return WORKER_KEY_PREFIX + script_name


def host_key(hostname: str) -> str:
    """Return the key of a hostname's routes in WORKER_METADATA."""
    return HOST_KEY_PREFIX + hostname


def rest_key(hostname: str) -> str:
    """Return the key of the rest of a hostname that was given up in WORKER_METADATA."""
    return REST_KEY_PREFIX + hostname


def dispatcher_pattern(domain: str) -> str:
    """Return the pattern of the zone route that sends all subdomains to the platform dispatcher."""
    return f"*.{domain}/*"


def template_keys(kind: str, name: str) -> tuple[str, str]:
    """Return the R2 keys of a template's script and manifest."""
    return (
        f"{TEMPLATES_PREFIX}{kind}/{name}.js",
        f"{TEMPLATES_PREFIX}{kind}/{name}.yaml",
    )


class Creator(NamedTuple):
    """The worker for which ``create: true`` creates storage; its uid keeps a successor of its name from it."""

    dispatch_namespace: str
    namespace: str
    script_name: str
    uid: str


def created_kv_title(creator: Creator, binding: str) -> str:
    """Return the title of the KV namespace that a binding with ``create: true`` creates; unique per object."""
    space, namespace, script_name, uid = creator
    return f"{space}/{namespace}/{script_name}/{binding}/{uid}"


def created_bucket_name(creator: Creator, binding: str) -> str:
    """Return the name of the R2 bucket that a binding with ``create: true`` creates; unique per object."""
    full = f"{creator.script_name}-{binding}".lower().replace("_", "-")
    cut = full[: _MAX_BUCKET - _LONG_HASH - 1].strip("-")
    return f"{cut}-{_long_hash(created_kv_title(creator, binding))}"


def is_created_bucket(name: str) -> bool:
    """Whether a bucket has a name such as the operator gives to one that it creates for a binding."""
    return _CREATED_BUCKET.fullmatch(name) is not None


def events_dataset(dataset: str, customer_id: str) -> str:
    """Return the Analytics Engine dataset to which templates write a customer's events."""
    return f"{dataset}_events_{customer_id.replace('-', '_')}"
