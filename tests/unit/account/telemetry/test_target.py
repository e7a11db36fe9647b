"""Whose logs are read: the worker that is named, as far as the rights of whoever asks go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from support.calls import ACCOUNT
from support.platforms import CONFIG
from workers_operator.account.credentials import TokenReader
from workers_operator.account.telemetry.target import LoggedWorker, TargetError, find_worker
from workers_operator.administration.errors import CommandError
from workers_operator.administration.naming import key_of
from workers_operator.desired.policy import PlatformPolicy
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeError, KubeForbidden, KubeNotFound

KEY = ObjectKey("CustomerWorker", "shops", "hello")
PLATFORM = ObjectKey("WorkersPlatform", "", "main")
ENVIRONMENT_TOKEN = "token-of-the-environment"


def worker(status: Mapping[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    deployed = {
        "scriptName": "customer-worker-c1--hello",
        "platform": "main",
        "versions": {"stable": "11111111"},
        "instances": 2,
        "observedGeneration": 1,
    }
    return {
        "metadata": {
            "name": "hello", "namespace": "shops", "uid": "u", "creationTimestamp": "2026-01-31T08:00:00Z",
        },
        "spec": {"customerId": "c1", "subdomain": "hello", "template": "static", **spec},
        "status": deployed if status is None else status,
    }  # fmt: skip


def platform(**spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "main"},
        "spec": {
            "accountId": ACCOUNT,
            "credentials": {"apiTokenSecretRef": {"name": "cloudflare"}},
            "domain": "code24.dev",
            "zones": [{"name": "code24.dev", "id": ACCOUNT}],
            "dispatch": {"namespace": "shops-space"},
            **spec,
        },
    }


def secret(**data: str) -> Secret:
    return Secret({key: value.encode() for key, value in data.items()}, {}, "1")


@dataclass
class Cluster:
    """What may be read: objects and Secrets; errors are raised."""

    objects: dict[ObjectKey, dict[str, Any] | KubeError] = field(default_factory=dict)
    secrets: dict[tuple[str, str], Secret | KubeError] = field(default_factory=dict)

    async def get_object(self, key: ObjectKey) -> dict[str, Any]:
        found = self.objects.get(key, KubeNotFound(Reason.NOT_FOUND, "GET: not found"))
        if isinstance(found, KubeError):
            raise found
        return found

    async def get_secret(self, namespace: str, name: str) -> Secret:
        missing = KubeNotFound(Reason.NOT_FOUND, "GET: not found")
        found = self.secrets.get((namespace, name), missing)
        if isinstance(found, KubeError):
            raise found
        return found

    async def find(self, key: ObjectKey = KEY, *, implied: bool = False) -> LoggedWorker:
        policy = PlatformPolicy("code24-workers")
        tokens = TokenReader(self, ENVIRONMENT_TOKEN, policy)
        return await find_worker(self, tokens, CONFIG if implied else None, key)


def cluster(body: dict[str, Any] | KubeError | None = None) -> Cluster:
    return Cluster(
        {KEY: body if body is not None else worker(), PLATFORM: platform()},
        {("code24-workers", "cloudflare"): secret(token="token-of-main")},
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cw/hello", "CustomerWorker"),
        ("customerworker/hello", "CustomerWorker"),
        ("CustomerWorkers/hello", "CustomerWorker"),
        ("customerworker.workers.code24.dev/hello", "CustomerWorker"),
        ("ew/hello", "EliteWorker"),
        ("eliteworkers.workers.code24.dev/hello", "EliteWorker"),
    ],
)
def test_workers_are_named_as_kubectl_names_them(name: str, kind: str) -> None:
    assert key_of(name, "shops") == ObjectKey(kind, "shops", "hello")


@pytest.mark.parametrize(
    "name", ["hello", "", "/", "cw/", "/hello", "wp/main", "pod/x", "cw.apps/hello"]
)
def test_nothing_else_has_logs(name: str) -> None:
    with pytest.raises(CommandError, match="name it as cw/NAME, ew/NAME"):
        key_of(name, "shops")


async def test_a_worker_is_found_with_its_platform() -> None:
    found = await cluster().find()
    assert (found.scope.namespace, found.scope.base) == ("shops-space", "customer-worker-c1--hello")
    assert (found.platform.account_id, found.token) == (ACCOUNT, "token-of-main")
    assert found.since == 1_769_846_400
    assert list(found.notices) == []
    assert "token-of-main" not in repr(found)


async def test_a_worker_that_there_is_not() -> None:
    with pytest.raises(TargetError, match=r"^CustomerWorker shops/hello does not exist$"):
        await Cluster().find()


async def test_a_worker_that_may_not_be_read_is_not_reached() -> None:
    refused = KubeForbidden(Reason.FORBIDDEN, "GET …: RBAC forbids it")
    with pytest.raises(
        TargetError,
        match=r"^you may not read CustomerWorker shops/hello; .* customerworkers/hello -n shops$",
    ):
        await cluster(refused).find()


async def test_a_worker_that_was_never_deployed_says_why() -> None:
    ready = {
        "type": "Ready", "status": "False", "reason": "ScriptNameTaken", "message": "it is another's",
        "lastTransitionTime": "2026-01-31T08:00:00Z",
    }  # fmt: skip
    for status in ({}, {"conditions": [ready], "platform": "main"}):
        with pytest.raises(TargetError, match="has never been deployed") as refused:
            await cluster(worker(status)).find()
    assert str(refused.value).endswith(": ScriptNameTaken: it is another's")


async def test_another_workers_script_name_in_the_spec_leads_nowhere() -> None:
    """What counts is what the operator has deployed for the object."""
    with pytest.raises(TargetError, match="has never been deployed"):
        await cluster(worker({}, scriptName="customer-worker-c2--other")).find()


async def test_a_parked_worker_has_a_past() -> None:
    body = worker()
    body["status"]["instances"] = 0
    found = await cluster(body).find()
    assert list(found.notices) == [
        "CustomerWorker shops/hello is parked: without an instance nothing is logged"
    ]


async def test_the_values_of_secrets_are_hidden_and_those_that_cannot_be_read_are_named() -> None:
    refs = [("A", "one", "a"), ("B", "one", "missing"), ("C", "two", "c"), ("D", "three", "d")]
    secrets = [
        {"name": name, "secretKeyRef": {"name": secret, "key": key}} for name, secret, key in refs
    ]
    known = cluster(worker(secrets=secrets))
    known.secrets |= {
        ("shops", "one"): secret(a="value-of-a", unwanted="x"),
        ("shops", "two"): KubeForbidden(Reason.FORBIDDEN, "no"),
        ("other", "three"): secret(d="value-of-d"),
    }
    found = await known.find()
    assert found.hidden == ("token-of-main", "value-of-a")
    assert [text.partition("'")[2].partition("'")[0] for text in found.notices] == ["two", "three"]


async def test_a_malformed_object_still_has_logs() -> None:
    found = await cluster(worker(instances=-7)).find()
    assert found.scope.base == "customer-worker-c1--hello"
    assert "what its Secrets hold is not hidden" in found.notices[0]


async def test_the_platform_of_the_variables_counts_where_there_is_no_object() -> None:
    body = worker()
    body["status"]["platform"] = "default"
    found = await cluster(body).find(implied=True)
    assert (found.scope.namespace, found.token) == ("ns", ENVIRONMENT_TOKEN)
    with pytest.raises(TargetError, match="WorkersPlatform default does not exist"):
        await cluster(body).find()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"domain": ""}, "domain"),
        ({"baseUrl": "http://evil.example/client/v4"}, "baseUrl"),
        ({"credentials": {"apiTokenSecretRef": {"name": "unknown"}}}, "unknown"),
    ],
)
async def test_a_platform_that_cannot_be_used_says_why(spec: dict[str, Any], words: str) -> None:
    known = cluster()
    known.objects[PLATFORM] = platform(**spec)
    with pytest.raises((TargetError, ReconcileError), match=words):
        await known.find()
