"""Orders about orphans: what an administrator asks of a platform by annotation, once per value. Pure.

``remove-orphans``: names, separated by commas. ``adopt-orphans``: ``<name>=<kind>/<namespace>/<object>``, likewise.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from workers_operator.domain.plan.actions import Plan, Publish
from workers_operator.domain.serving import Mark
from workers_operator.domain.text.lines import short
from workers_operator.domain.worker import ObjectKey

REMOVE: Final = "workers.code24.dev/remove-orphans"
ADOPT: Final = "workers.code24.dev/adopt-orphans"
MOST: Final = 50  # names in one order, as many as status lists
_KINDS: Final = ("EliteWorker", "CustomerWorker")
_SCRIPT: Final = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)
_OWNER: Final = re.compile(
    r"(?P<kind>[A-Za-z]+)/(?P<namespace>[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)"
    r"/(?P<name>[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)",
    re.ASCII,
)


class BadOrder(ValueError):
    """An annotation is not an order; the message says why."""


@dataclass(frozen=True, slots=True)
class OrphanOrders:
    """Script names of orphans to be removed, and those that an object may take over, by script name."""

    remove: tuple[str, ...] = ()
    adopt: Mapping[str, ObjectKey] = field(default_factory=dict)

    def annotations(self) -> Mapping[str, str]:
        """Return the annotations from which ``parse`` reads these orders."""
        adopt = [f"{n}={k.kind}/{k.namespace}/{k.name}" for n, k in self.adopt.items()]
        found = {REMOVE: ",".join(self.remove), ADOPT: ",".join(adopt)}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of an order about one orphan."""

    script_name: str
    done: bool
    message: str


def identity(annotations: Mapping[str, str]) -> str:
    """Return what tells the orders in annotations from all others; "" if there are none."""
    given = [f"{name}={annotations[name]}" for name in (REMOVE, ADOPT) if name in annotations]
    if not given:
        return ""
    return hashlib.sha256("\n".join(given).encode(errors="replace")).hexdigest()[:32]


def parse(annotations: Mapping[str, str]) -> OrphanOrders:
    """Return the orders in annotations. Raises BadOrder: one mistake, and none of them is carried out."""
    remove = tuple(_listed(annotations, REMOVE))
    for name in remove:
        _check_script(REMOVE, name)
    adopt: dict[str, ObjectKey] = {}
    for entry in _listed(annotations, ADOPT):
        name, _, owner = entry.partition("=")
        _check_script(ADOPT, name)
        if name in adopt:
            raise BadOrder(f"annotation {ADOPT}: {name!r} stands there twice")
        adopt[name] = parse_owner(owner, f"annotation {ADOPT}: ")
    both = sorted(adopt.keys() & set(remove))
    if both:
        raise BadOrder(f"{both[0]!r} cannot be both removed and adopted")
    if len(remove) + len(adopt) > MOST:
        raise BadOrder(
            f"{len(remove) + len(adopt)} orphans are too many for one order; at most {MOST}"
        )
    return OrphanOrders(remove, adopt)


def parse_owner(text: str, where: str = "") -> ObjectKey:
    """Return the object in ``<kind>/<namespace>/<name>``. Raises BadOrder; ``where`` begins its message."""
    match = _OWNER.fullmatch(text)
    if match is None or match["kind"] not in _KINDS:
        wanted = f"{' or '.join(_KINDS)}, a namespace and a name, such as CustomerWorker/shop/blog"
        raise BadOrder(f"{where}{short(text)!r} is not {wanted}")
    return ObjectKey(match["kind"], match["namespace"], match["name"])


def plan_adoption(script_name: str, mark: Mark, owner: ObjectKey, value: str) -> Plan:
    """Return what lets an object take a worker over. ``value``: of the worker's key, which stays as it is."""
    new, reason = replace(mark, owner=str(owner)), f"{owner} may take {script_name} over"
    return Plan((Publish(script_name, {}, frozenset(), new, reason, value=value),))


def _listed(annotations: Mapping[str, str], name: str) -> Iterator[str]:
    seen: set[str] = set()
    for entry in _entries(annotations.get(name, "").split(",")):
        if entry in seen:
            raise BadOrder(f"annotation {name}: {short(entry)!r} stands there twice")
        seen.add(entry)
        yield entry
    if name in annotations and not seen:
        raise BadOrder(f"annotation {name} names nothing")


def _entries(parts: Iterable[str]) -> Iterator[str]:
    return (part.strip() for part in parts if part.strip())


def _check_script(annotation: str, name: str) -> None:
    if not _SCRIPT.fullmatch(name):
        raise BadOrder(f"annotation {annotation}: {short(name)!r} is not the name of a script")
