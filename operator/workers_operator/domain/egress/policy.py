"""Lists of hosts that workers may send requests to, and how they name a host. Pure.

The outbound Worker (``workers/src/egress.js``) holds them: a worker's own list reaches it with every call of the
worker, the platform's is part of its bindings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workers_operator.domain import names

PARAMETER: Final = "allow"
"""The parameter of a dispatch namespace's binding by which a worker's list reaches the outbound Worker."""


@dataclass(frozen=True, slots=True)
class Egress:
    """The list of one worker. The metadata of a host's key has the digest only; ``hosts`` is None then."""

    digest: str
    hosts: tuple[str, ...] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, hosts: Iterable[str]) -> "Egress":
        """Return the list with these hosts; their order means nothing."""
        listed = tuple(sorted(set(hosts)))
        return cls(names.short_hash(" ".join(listed).encode()), listed)


NOTHING: Final = Egress.of(())


def settings(allow: Iterable[str] | None, allow_private: Iterable[str]) -> Mapping[str, object]:
    """Return the platform's part of the rules, as the outbound Worker reads it."""
    listed = None if allow is None else sorted(set(allow))
    return {"allow": listed, "allowPrivate": sorted(set(allow_private))}


def outbound_name(dispatcher: str) -> str:
    """Return the script name of a dispatcher's outbound Worker."""
    return names.companion(dispatcher, "egress")
