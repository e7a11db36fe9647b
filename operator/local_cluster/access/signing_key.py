"""Generate the key pair that signs service account tokens: ECDSA on P-256, in pure Python.

Neither the standard library nor the Kubernetes binaries can generate such a key, and a local cluster
does not justify a dependency on OpenSSL. The arithmetic follows SEC 1 and FIPS 186-5. It is not
constant-time; an attacker would have to time this single computation on this machine.
"""

import base64
import secrets

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_A = _P - 3

# DER prefixes. The numbers have fixed sizes, so no DER encoder is needed.
_PRIVATE_HEAD = bytes.fromhex("30770201010420")  # SEC 1 ECPrivateKey, version 1, 32 octets
_PRIVATE_CURVE = bytes.fromhex("a00a06082a8648ce3d030107a144034200")  # prime256v1, bit string
_PUBLIC_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")  # SPKI

_Point = tuple[int, int]


def generate() -> tuple[str, str]:
    """Return a new (private, public) key pair in PEM."""
    return pem_pair(secrets.randbelow(_N - 1) + 1)


def pem_pair(scalar: int) -> tuple[str, str]:
    """Return the (private, public) key pair in PEM for the private number `scalar`, 0 < scalar < n."""
    x, y = _multiply(scalar, _G)
    point = b"\x04" + x.to_bytes(32) + y.to_bytes(32)
    private = _PRIVATE_HEAD + scalar.to_bytes(32) + _PRIVATE_CURVE + point
    return _pem("EC PRIVATE KEY", private), _pem("PUBLIC KEY", _PUBLIC_HEAD + point)


def _multiply(scalar: int, point: _Point) -> _Point:
    result: _Point | None = None
    addend = point
    while scalar:
        if scalar & 1:
            result = addend if result is None else _add(result, addend)
        addend = _add(addend, addend)
        scalar >>= 1
    if result is None:
        raise ValueError("the scalar must be positive")
    return result


def _add(left: _Point, right: _Point) -> _Point:
    (x1, y1), (x2, y2) = left, right
    rise, run = (3 * x1 * x1 + _A, 2 * y1) if left == right else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, _P) % _P
    x3 = (slope * slope - x1 - x2) % _P
    return x3, (slope * (x1 - x3) - y1) % _P


def _pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
