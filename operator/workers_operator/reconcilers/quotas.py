"""Quotas of namespaces: what each has on a platform, from the routing table and the objects, and what is left."""

from collections.abc import Iterator
from dataclasses import replace

from workers_operator.account.platforms import Platform
from workers_operator.domain import names
from workers_operator.domain.tenancy import quotas
from workers_operator.domain.tenancy.quotas import Holding, Share
from workers_operator.domain.worker import Worker
from workers_operator.index.index import Index

_At = tuple[str, str]  # platform and namespace


class Quotas:
    """Asked by the passes over workers. Remembers what it has given: scripts take a while to be uploaded."""

    def __init__(self, index: Index) -> None:
        self._claims = index.claims
        self._labels_of = index.namespaces.labels
        self._admitted: dict[_At, dict[str, int]] = {}  # script name -> scripts

    def share(self, platform: Platform, worker: Worker, version: str) -> Share:
        """Return what the quota of a worker's namespace leaves for it. ``version``: "" if it is not known yet."""
        namespace, table = worker.key.namespace, platform.snapshot.routing.content
        quota = platform.config.tenancy.quota(namespace, self._labels_of(namespace))
        if not quota:
            return Share(namespace, quota)
        holdings = self._with_admitted(platform, namespace)
        mine = holdings.pop(worker.script_name, Holding(worker.script_name))
        scripts = table.scripts.get(worker.base, ())
        return quotas.share(namespace, quota, mine, holdings.values(), scripts, version)

    def admit(self, platform: Platform, worker: Worker, share: Share) -> None:
        """Note that a worker gets what it asks for."""
        if share.quota:
            at = (platform.config.name, share.namespace)
            self._admitted.setdefault(at, {})[worker.script_name] = worker.instances

    def _with_admitted(self, platform: Platform, namespace: str) -> dict[str, Holding]:
        """Return the holdings of a namespace by script name, what was given and is not there yet included."""
        found = {holding.script_name: holding for holding in self._holdings(platform, namespace)}
        at = (platform.config.name, namespace)
        given = {n: count for n, count in self._admitted.pop(at, {}).items() if n in found}
        if given:
            self._admitted[at] = given
        return found | {
            name: replace(found[name], held=max(found[name].has, count))
            for name, count in given.items()
            if found[name].has_object
        }

    def _holdings(self, platform: Platform, namespace: str) -> Iterator[Holding]:
        """Yield what a namespace has on a platform: what serves, and the objects."""
        table = platform.snapshot.routing.content
        marks = table.marks.of_namespace(namespace)
        claims = self._claims.of_namespace(platform.config.name, namespace)
        asking = {claim.script_name: claim for claim in claims}
        for script_name in marks.keys() | asking.keys():
            mark, claim = marks.get(script_name), asking.get(script_name)
            scripts = table.scripts.get(names.base_name(script_name), ())
            held = None if mark is None else quotas.counted(scripts, mark.serving.hash)
            if mark is not None and held is not None:
                held = max(held, mark.serving.instances)  # one that has vanished is uploaded again
            if claim is None:
                yield Holding(script_name, held=held)
            else:
                yield Holding(script_name, claim.age(), held, claim.instances)
