"""Tokens: from a Secret or from the environment, without the white space that a file adds to them."""

import pytest

from workers_operator.account.credentials import TokenReader
from workers_operator.domain.errors import Waiting
from workers_operator.kube.client import Secret
from workers_operator.resources import SecretRef

REFERENCE = SecretRef(namespace="code24-workers", name="cloudflare")


class Secrets:
    """One Secret with one key."""

    def __init__(self, value: bytes) -> None:
        self.value = value

    async def get_secret(self, namespace: str, name: str) -> Secret:
        return Secret({"token": self.value}, {}, "1")


@pytest.mark.parametrize("value", [b"t0ken", b"t0ken\n", b" t0ken ", b"\tt0ken\r\n", b"\n\nt0ken"])
async def test_white_space_around_a_token_does_not_matter(value: bytes) -> None:
    secrets = Secrets(value)
    reader = TokenReader(secrets, None)
    assert await reader.token("default", REFERENCE) == "t0ken"
    secrets.value = b"t0ken \n"
    assert not await reader.has_changed("default", REFERENCE)
    secrets.value = b"another"
    assert await reader.has_changed("default", REFERENCE)


@pytest.mark.parametrize("value", [b"", b"\n", b" \t"])
async def test_nothing_but_white_space_is_no_token(value: bytes) -> None:
    with pytest.raises(Waiting) as error:
        await TokenReader(Secrets(value), None).token("default", REFERENCE)
    assert error.value.reason == "SecretNotFound"
