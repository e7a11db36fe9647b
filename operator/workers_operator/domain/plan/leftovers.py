"""Leftovers: what the operator deployed on an account and no object answers for, and plans that remove it. Pure.

A script that nothing leads to serves nobody, and is removed. A worker that serves without an object (it was released by
``policies.deletion: Orphan``, or its finalizer was taken away) is an orphan: somebody may rely on it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from workers_operator.domain import names
from workers_operator.domain.plan.actions import DeleteAccountScript, Plan, Remove, ScriptId
from workers_operator.domain.plan.worker import ObservedWorker, plan_removal
from workers_operator.domain.serving import Mark
from workers_operator.domain.worker import ObjectKey, Worker


@dataclass(frozen=True, slots=True)
class Owners:
    """The objects that something on an account may belong to.

    ``script_names``: object's key → the script name that it claims, on any platform. ``malformed``: the keys of objects
    whose claims cannot be read.
    """

    uids: frozenset[str] = frozenset()
    script_names: Mapping[str, str] = field(default_factory=dict)
    malformed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a dispatch namespace and its routing table hold.

    ``scripts``: by base name. ``marks``: by script name. ``hosts``: script name → the hosts that lead to it.
    """

    scripts: Mapping[str, Collection[ScriptId]]
    marks: Mapping[str, Mark]
    hosts: Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True, order=True)
class StrayScript:
    """A script of the dispatch namespace that nothing leads to."""

    name: str


@dataclass(frozen=True, slots=True, order=True)
class Orphan:
    """A worker that serves without an object. ``owner``: the object that deployed it, "" if that is not known."""

    script_name: str
    owner: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class IdleRouter:
    """The service router, when no worker calls another one any more."""

    name: str


Leftover = StrayScript | Orphan | IdleRouter


def orphans(inventory: Inventory, owners: Owners) -> tuple[Orphan, ...]:
    """Return the workers that serve without an object, by script name."""
    claimed = frozenset(owners.script_names.values())
    return tuple(
        Orphan(name, mark.owner if mark else "", tuple(sorted(inventory.hosts.get(name, ()))))
        for name in sorted(inventory.marks.keys() | inventory.hosts.keys())
        if not _is_owned(name, mark := inventory.marks.get(name), owners, claimed)
    )


def is_left(mark: Mark, owners: Owners) -> bool:
    """Whether the object that a mark names is gone, so that another one may be named."""
    return mark.uid not in owners.uids and mark.owner not in owners.malformed


def stray_scripts(inventory: Inventory, owners: Owners) -> Iterator[StrayScript]:
    """Yield the scripts of names that no object claims and nothing leads to."""
    used = {*owners.script_names.values(), *inventory.marks, *inventory.hosts}
    bases = {names.base_name(name) for name in used}
    for base in inventory.scripts.keys() - bases:
        for version_hash, instance in inventory.scripts[base]:
            yield StrayScript(names.versioned_name(base, version_hash, instance))


def _is_owned(
    script_name: str, mark: Mark | None, owners: Owners, claimed: Collection[str]
) -> bool:
    """Whether an object answers for a worker: the one that its mark names, or its successor; without a mark, any.

    ``claimed``: the script names that objects claim. Claiming the name of a marked worker gives no part in it.
    """
    if mark is None:
        return script_name in claimed
    succeeds = owners.script_names.get(mark.owner) == script_name
    return mark.uid in owners.uids or succeeds or mark.owner in owners.malformed


# --- plans ------------------------------------------------------------------------------------------------------------


def plan_leftover(leftover: Leftover, observed: ObservedWorker, domain: str) -> Plan:
    """Return the plan that removes a leftover completely. ``observed``: the orphan's parts at the edge."""
    match leftover:
        case StrayScript(name):
            return Plan((Remove(name, "no object claims it, and nothing leads to it"),))
        case IdleRouter(name):
            return Plan((DeleteAccountScript(name, "no worker calls another one"),))
        case Orphan(script_name, owner):
            key = ObjectKey("", "", owner)
            return plan_removal(Worker(key, "", "", script_name, (), 0, domain), observed)
