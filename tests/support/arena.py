"""Two teams on one account: one whose pages are visited all the time, and one that tries to get hold of them.

Team B serves what ``PAGES`` lists. Team A has rights of its own, for customer ``a``: whatever it tries is done with the
credentials of its own service account.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final

from support.bed import Bed, Place
from support.clusters import OPERATOR_NAMESPACE
from support.handles import Platform, Worker, now
from support.kube import Object
from support.operators import Operator
from support.scripts import says
from support.teams import Team
from support.tenancy import everything
from support.visitors import Visitors
from support.waiting import until
from workers_operator.domain.names import base_name

CUSTOMER: Final = "a"
FOREIGN: Final = "billing"  # a Worker of the account that no operator deployed
ATTACK: Final = "A was here"
BUCKET: Final = "team-b-workers"
STORE: Final = "B_STORE"
_BUDGET: Final = {"requestsPer5Minutes": 1_000_000}
_LEDGER: Final = """export default { async fetch(request, env) {
  if (new URL(request.url).pathname === "/fill") {
    await env.STORE.put("config", "kept")
    await env.FILES.put("invoice", "filed")
  }
  const invoice = await env.FILES.get("invoice")
  return new Response(`${await env.STORE.get("config")} ${await invoice?.text()}`)
} }
"""
_CALLER: Final = "export default { fetch(request, env) { return env.PAY.fetch(request) } }\n"
PAGES: Final[Mapping[str, str]] = {
    "bshop.code24.dev/": "200 shop",
    "bshop.code24.dev/login": "200 shop",
    "bshop.code24.dev/elite/brand/": "200 brand",
    "shop.example.net/": "200 shop",
    "bledger.code24.dev/": "200 kept filed",
    "bcheckout.code24.dev/": "200 paid",
    "bsite.code24.dev/": "200 site",
    "bstage.staging.code24.dev/": "200 stage",
    "billing.code24.dev/": "200 foreign",
    "code24.dev/": "200 foreign",
}
"""What team B and the account's owner serve, and what it answers."""
GRANTS: Final = [
    {
        "namespaces": ["team-a"],
        "customers": [CUSTOMER],
        "hosts": ["*.code24.dev"],
        "plans": ["basic"],
        "templates": ["customer/ecommerce"],
        "scriptNames": ["a-*"],
        "storage": {"kvNamespaces": ["A_*"], "buckets": ["team-a-*"], "queues": ["a-*"]},
    },
    {
        "namespaces": ["team-b"],
        "customers": ["b", "customer-123"],
        "hosts": ["*.code24.dev", "shop.example.net"],
        "plans": ["premium"],
        "storage": {"kvNamespaces": [STORE], "buckets": [BUCKET]},
    },
]


@dataclass(frozen=True)
class Attempt:
    """A worker of team A that must not get what it asks for. ``refused``: type and reason of the condition.

    ``$name`` in ``spec`` stands for one of the arena's ``names``; None removes a field. ``on``: the platform.
    """

    refused: str
    spec: Mapping[str, Any]
    kind: str = "CustomerWorker"
    on: str = "production"


class Arena:
    """``production`` grants each team its own, ``staging`` all to all, ``closed`` nothing to team A."""

    def __init__(self, bed: Bed, folder: Path) -> None:
        self.bed = bed
        self.edge = bed.edge
        self.admin = Place(bed)
        self.proxy = self.admin.proxy()
        self.a = Team("team-a", bed.access, folder)
        self.b = Team("team-b", bed.access, folder)
        self._kept: set[str] = set()
        self._prepare_account()
        self.platforms = self._platforms()
        self.names = self._serve()
        self.visitors = self._welcome()
        self.undisturbed = self.holdings()

    @property
    def operator(self) -> Operator:
        return self.bed.operators[-1]

    @property
    def production(self) -> Platform:
        return self.platforms["production"]

    def holdings(self) -> Mapping[str, object]:
        """What others than team A have had at the edge since the beginning, as it is now."""
        keys = {p.name: self.edge.keys(p.title) for p in self.platforms.values()}
        scripts = {p.name: self.edge.scripts(p.space) for p in self.platforms.values()}
        if not self._kept:
            self._kept |= {f"{name}/{key}" for name, found in keys.items() for key in found}
            self._kept |= {f"{name}/{script}" for name, found in scripts.items() for script in found}  # fmt: skip
            self._kept |= {f"/{pattern}" for pattern, _ in self.edge.routes()}
        return {
            "entries": {
                f"{name}/{key}": metadata
                for name, found in keys.items()
                for key, metadata in found.items()
                if f"{name}/{key}" in self._kept
            },
            "scripts": {
                f"{name}/{script}"
                for name, found in scripts.items()
                for script in found
                if f"{name}/{script}" in self._kept
            },
            "zone routes": {r for r in self.edge.routes() if f"/{r[0]}" in self._kept},
            "Workers": self.edge.account_scripts()[FOREIGN],
            "objects": self.edge.objects(BUCKET),
        }

    def restart(self) -> None:
        """Another operator in place of the one that runs."""
        self.operator.stop()
        self._start_operator()

    def _start_operator(self) -> None:
        self.bed.start_operator({"WORKERS_ALLOW_PRIVATE": ""})

    def close(self) -> None:
        """Ends what the arena has started itself."""
        self.visitors.leave()
        self.a.close()
        self.b.close()

    # --- team A ---------------------------------------------------------------------------------------------------

    def fill(self, spec: Any) -> Any:
        """``spec`` with the arena's names in place of ``$name``."""
        if isinstance(spec, str):
            return Template(spec).safe_substitute(self.names)
        if isinstance(spec, Mapping):
            return {self.fill(k): self.fill(v) for k, v in spec.items()}
        return [self.fill(item) for item in spec] if isinstance(spec, list) else spec

    def attack(self, on: str = "production", *, kind: str = "CustomerWorker", **spec: Any) -> Worker:  # fmt: skip
        """A worker of team A, for its own customer at a host of its own unless ``spec`` says otherwise."""
        number = len(self.a.workers)
        basics: Object = {
            "customerId": CUSTOMER,
            "subdomain": f"a-{now():.6f}-{number}".replace(".", "-"),
            "source": {"inline": {"script": says(ATTACK)}},
        }
        whole = {k: v for k, v in {**basics, **self.fill(spec)}.items() if v is not None}
        return self.a.create(whole, self.platforms[on], kind=kind)

    def try_in_vain(self, attempt: Attempt) -> Worker:
        """Makes an attempt, and asserts that it is refused, that it has changed nothing, and that it learns nothing."""
        began = now()
        worker = self.attack(attempt.on, kind=attempt.kind, **attempt.spec)
        condition, reason = attempt.refused.split()
        message = str(worker.wait_condition(condition, "False", reason)["message"])
        asked = json.dumps(worker.body["spec"], ensure_ascii=False)
        assert not [w for w in self._words() if w in message and w not in asked], message
        assert self.entries_of(worker) <= {worker.host}, "it has got another host"
        if condition != "Routed":
            assert self.uploads(worker, began) == []
            assert self.entries_of(worker) == set()
        return worker

    def uploads(self, worker: Worker, since: float) -> list[str]:
        """The uploads of a worker's scripts."""
        path = f"/{worker.space}/scripts/{base_name(worker.script_name)}--"
        return [call.path for call in self.proxy.calls("PUT", path, since=since)]

    def entries_of(self, worker: Worker) -> set[str]:
        """The hosts whose routing entries lead to scripts of a worker's name, on any platform."""
        if worker.script_name in {own.script_name for own in self.b.workers}:
            return set()  # the holdings tell
        found = set()
        for platform in self.platforms.values():
            for key, metadata in self.edge.keys(platform.title).items():
                if f'"{worker.script_name}"' in json.dumps(metadata) and key.startswith("host:"):
                    found.add(key.removeprefix("host:"))
        return found

    def _words(self) -> list[str]:
        """What no message to team A may hold."""
        names = [*self.names.values(), *(platform.name for platform in self.platforms.values())]
        return [*names, "team-b", "customer-worker-b", "ledger", "example.net"]

    # --- how it begins --------------------------------------------------------------------------------------------

    def _prepare_account(self) -> None:
        edge = self.edge
        edge.put_account_script(FOREIGN)
        for pattern in (f"billing.{edge.domain}/*", f"{edge.domain}/*"):
            edge.put_route(pattern, FOREIGN)
        edge.create_bucket(BUCKET)
        edge.put_object(BUCKET, "site.js", says("site"))
        edge.create_kv_namespace(STORE)

    def _platforms(self) -> Mapping[str, Platform]:
        place, edge = self.admin, self.edge
        token = place.new_token()
        common: Object = {"token": token, "budget": _BUDGET, "interval": "10s"}
        own = {"namespaces": ["team-b"], "customers": ["b"], "hosts": ["*"]}
        made = {
            "production": place.platform(
                self.proxy, domain=edge.domain, tenancy={"grants": GRANTS}, **common
            ),
            "staging": place.platform(
                self.proxy,
                domain=f"staging.{edge.domain}",
                tenancy=everything(*edge.zones),
                **common,
            ),
            "closed": place.platform(
                self.proxy, domain=f"closed.{edge.domain}", tenancy={"grants": [own]}, **common
            ),
        }
        self._start_operator()
        for platform in made.values():
            platform.wait_ready()
        return made

    def _serve(self) -> Mapping[str, str]:
        """Has team B serve its pages; the names of what it has."""
        production, staging = self.platforms["production"], self.platforms["staging"]

        def create(name: str, script: str | None, on: Platform = production, **spec: Any) -> Worker:
            source = {"source": {"inline": {"script": script}}} if script is not None else {}
            basics = {"customerId": "b", "subdomain": f"b{name}", **source}
            return self.b.create({**basics, **spec}, on, name=name)

        shop = create("shop", says("shop"), routes=[{"pattern": "shop.example.net/*"}])
        bindings = [
            {"name": "STORE", "type": "kvNamespace", "create": True},
            {"name": "FILES", "type": "r2Bucket", "create": True},
        ]
        ledger = create("ledger", _LEDGER, bindings=bindings)
        pay = {"name": "PAY", "type": "service", "worker": {"name": "payments"}}
        create("payments", says("paid"))
        create("checkout", _CALLER, bindings=[pay])
        create("site", None, source={"r2": {"bucket": BUCKET, "key": "site.js"}})
        create("stage", says("stage"), staging)
        self.b.create(
            {
                "customerId": "b",
                "subdomain": "bshop",
                "type": "brand",
                "source": {"inline": {"script": says("brand")}},
            },
            production,
            kind="EliteWorker",
            name="brand",
        )
        for worker in self.b.workers:
            worker.wait_ready()
        self.edge.visit(ledger.host, "/fill")
        made = {r["binding"]: str(r["name"]) for r in ledger.status["resources"]}
        return {
            "ledger_title": made["STORE"],
            "ledger_id": self._kv_id(made["STORE"]),
            "ledger_bucket": made["FILES"],
            "store_id": self._kv_id(STORE),
            "production_title": production.title,
            "production_id": self._kv_id(production.title),
            "production_bucket": production.title,
            "production_dataset": production.dataset,
            "production_dataset_in_capitals": production.dataset.upper(),
            "staging_title": staging.title,
            "staging_id": self._kv_id(staging.title),
            "operator_secret": f"{OPERATOR_NAMESPACE}/{production.name}",
            "shop_uid": str(shop.obj["metadata"]["uid"]),
        }

    def _welcome(self) -> Visitors:
        """Visitors of all pages, once they have come for the first time and found all of them."""
        first = Visitors(self.edge.data_url, PAGES)

        def find_everything() -> bool:
            seen = first.count
            first.come_again()
            return not first.strange(seen)

        until(find_everything, lambda: f"not as expected: {first.strange()[-len(PAGES) :]}", 60)
        first.leave()
        return Visitors(self.edge.data_url, PAGES)

    def _kv_id(self, title: str) -> str:
        [identifier] = self.edge.kv_namespaces(title)
        return identifier
