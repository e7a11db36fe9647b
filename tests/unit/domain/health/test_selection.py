"""Selections: what they hold for, and that the key shows nowhere."""

import hashlib
import hmac

from workers_operator.domain.health.selection import ProbeSigner

SELECTOR = ProbeSigner.of(b"key")


def test_a_selection_is_an_hmac_over_host_version_instance_and_expiry() -> None:
    version, instance, expiry, signature = SELECTOR.select("a.dev", 2, 1_800_000_000.7).split(".")
    assert (version, instance, expiry) == ("-", "2", "1800001200")
    derived = hmac.new(b"key", b"workers.code24.dev/probes", hashlib.sha256).digest()
    signed = b"a.dev\n-\n2\n1800001200"
    assert signature == hmac.new(derived, signed, hashlib.sha256).hexdigest()
    assert SELECTOR.select("a.dev", 2, 1_800_000_000, "ab12cd34").startswith("ab12cd34.2.")


def test_the_key_is_not_shown() -> None:
    assert SELECTOR.key.hex() not in repr(SELECTOR)
    assert repr(SELECTOR) == "ProbeSigner()"
