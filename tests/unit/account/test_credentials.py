"""Tokens: from a Secret or from the environment, without the white space that a file adds to them."""

from typing import Any

import pytest

from support.shape import PLATFORM, changed
from workers_operator.account.credentials import TokenReader
from workers_operator.desired.policy import PlatformPolicy
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.kube.client import Secret
from workers_operator.resources import WorkersPlatform, WorkersPlatformSpec

POLICY = PlatformPolicy("code24-workers")


def spec(namespace: str | None = "code24-workers", **changes: Any) -> WorkersPlatformSpec:
    """A platform whose token is in the Secret ``cloudflare`` of a namespace."""
    reference = {"namespace": namespace, "name": "cloudflare"}
    own = {"spec.credentials.apiTokenSecretRef": reference}
    body = changed(PLATFORM, own | {f"spec.{k}": v for k, v in changes.items()})
    return WorkersPlatform.model_validate(body).spec


class Secrets:
    """One Secret with one key, whatever its name is. ``asked``: what was read."""

    def __init__(self, value: bytes) -> None:
        self.value = value
        self.asked: list[str] = []

    async def get_secret(self, namespace: str, name: str) -> Secret:
        self.asked.append(f"{namespace}/{name}")
        return Secret({"token": self.value}, {}, "1")


@pytest.mark.parametrize("value", [b"t0ken", b"t0ken\n", b" t0ken ", b"\tt0ken\r\n", b"\n\nt0ken"])
async def test_white_space_around_a_token_does_not_matter(value: bytes) -> None:
    secrets = Secrets(value)
    reader = TokenReader(secrets, None, POLICY)
    assert await reader.token("default", spec()) == "t0ken"
    secrets.value = b"t0ken \n"
    assert not await reader.has_changed("default", spec())
    secrets.value = b"another"
    assert await reader.has_changed("default", spec())


@pytest.mark.parametrize("value", [b"", b"\n", b" \t"])
async def test_nothing_but_white_space_is_no_token(value: bytes) -> None:
    with pytest.raises(Waiting) as error:
        await TokenReader(Secrets(value), None, POLICY).token("default", spec())
    assert error.value.reason == "SecretNotFound"


@pytest.mark.parametrize("namespace", ["code24-workers", None])
async def test_the_namespace_that_is_allowed_is_read(namespace: str | None) -> None:
    secrets = Secrets(b"t0ken")
    await TokenReader(secrets, None, POLICY).token("default", spec(namespace))
    assert secrets.asked == ["code24-workers/cloudflare"]


@pytest.mark.parametrize(
    ("asked_for", "reason"),
    [
        (spec("payments"), "SecretNamespaceNotAllowed"),
        (spec(baseUrl="http://evil.example"), "AddressNotAllowed"),
        (spec(dataPlane={"address": "http://10.0.0.1"}), "AddressNotAllowed"),
    ],
)
async def test_nothing_is_read_for_a_platform_that_may_not_have_it(
    asked_for: WorkersPlatformSpec, reason: str
) -> None:
    secrets = Secrets(b"t0ken")
    reader = TokenReader(secrets, "environment", POLICY)
    await reader.token("default", spec())
    secrets.asked.clear()
    with pytest.raises(Stalled) as error:
        await reader.token("default", asked_for)
    assert error.value.reason == reason
    # Nor by those who look for another token every few seconds.
    assert not await reader.has_changed("default", asked_for)
    assert secrets.asked == []
