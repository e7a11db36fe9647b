"""Names: which script name, tag and key stands for which worker, version and hostname.

A version's script name is a function of its content, ``<base>--<hash8>--<instance>``. So an upload is an
idempotent PUT of immutable content, and a crash between any two calls leaves nothing ambiguous.
"""

import hashlib
import re
from typing import Final, NamedTuple

MAX_SCRIPT_NAME: Final = 63  # Cloudflare: ^[a-z][a-z0-9-]{0,62}$
HASH_LENGTH: Final = 8
_SUFFIX_LENGTH: Final = len("--") + HASH_LENGTH + len("--") + 2  # instances have two digits at most
MAX_BASE: Final = MAX_SCRIPT_NAME - _SUFFIX_LENGTH
_VERSIONED = re.compile(
    rf"(?P<base>.+)--(?P<hash>[0-9a-f]{{{HASH_LENGTH}}})--(?P<instance>0|[1-9][0-9]?)"
)

# A script name that reads like a cut one gets a hash, too: nobody may choose a name that another's is cut to.
_LOOKS_CUT = re.compile(rf".{{{MAX_BASE - HASH_LENGTH - 1}}}-[0-9a-f]{{{HASH_LENGTH}}}")

MANAGED_BY_TAG: Final = "managed-by-code24-workers-operator"
METADATA_TAG: Final = "metadata-"
WORKER_KEY_PREFIX: Final = "worker:"
HOST_KEY_PREFIX: Final = "host:"
PLATFORM_KEY: Final = "platform"
TEMPLATES_PREFIX: Final = "templates/"


class VersionedName(NamedTuple):
    """The parts of an uploaded script's name."""

    base: str
    hash: str
    instance: int


def digest(data: bytes) -> str:
    """``sha256:<64 hex digits>`` of ``data``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def metadata_tag(title: str) -> str:
    """The tag of a dispatcher that reads its routes from the KV namespace with this title."""
    return METADATA_TAG + short_hash(title.encode())


def short_hash(data: bytes) -> str:
    """The eight hex digits that stand for a version's content."""
    return hashlib.sha256(data).hexdigest()[:HASH_LENGTH]


def base_name(script_name: str) -> str:
    """The first part of a versioned name; a long script name is cut and carries a hash of itself."""
    if len(script_name) <= MAX_BASE and not _LOOKS_CUT.fullmatch(script_name):
        return script_name
    return f"{script_name[: MAX_BASE - HASH_LENGTH - 1]}-{short_hash(script_name.encode())}"


def versioned_name(base: str, version_hash: str, instance: int) -> str:
    """The script name under which one instance of one version is uploaded."""
    return f"{base}--{version_hash}--{instance}"


def parse_versioned_name(name: str) -> VersionedName | None:
    """The parts of ``name``, or None where it is not one that we would have given."""
    match = _VERSIONED.fullmatch(name)
    if match is None:
        return None
    return VersionedName(match["base"], match["hash"], int(match["instance"]))


def elite_script_name(worker_type: str, customer_id: str) -> str:
    """Default script name of an EliteWorker: ``brand-worker-customer-123``."""
    return f"{worker_type}-worker-{customer_id}"


def customer_script_name(customer_id: str, object_name: str) -> str:
    """Default script name of a CustomerWorker.

    The object's name is left out where it repeats the customer's, so that a customer with one worker gets the
    plain ``customer-worker-<customerId>``.
    """
    if object_name == customer_id:
        return f"customer-worker-{customer_id}"
    return f"customer-worker-{customer_id}-{object_name}"


def worker_key(script_name: str) -> str:
    """The metadata key of a worker in WORKER_METADATA."""
    return WORKER_KEY_PREFIX + script_name


def host_key(hostname: str) -> str:
    """The routing key of a hostname in WORKER_METADATA."""
    return HOST_KEY_PREFIX + hostname


def dispatcher_pattern(domain: str) -> str:
    """The zone route that leads every subdomain to the platform dispatcher."""
    return f"*.{domain}/*"


def template_keys(kind: str, name: str) -> tuple[str, str]:
    """The R2 keys of a template's script and of its manifest."""
    return (
        f"{TEMPLATES_PREFIX}{kind}/{name}.js",
        f"{TEMPLATES_PREFIX}{kind}/{name}.yaml",
    )
