"""Hides secrets in what other programs say, however they have written them down. Pure.

A text is read in several ways: as it is, with the escapes of JSON and JavaScript resolved, percent-decoded, and, from
every place where base64 could begin, decoded from there. A secret that a reading contains is hidden where it stands in
the text. What is only a part of a secret, or encoded in any other way, is not found.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

HIDDEN: Final = "[secret]"
# Bytes: what is shorter reveals nothing, and occurs everywhere and by chance in what only looks like base64.
_LEAST: Final = 4
# Of one secret; no key has more. What a tenant has the operator do must have an end.
_MAX_LINES: Final = 100

_ESCAPE: Final = re.compile(
    rb"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"  # a surrogate pair
    rb"|\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))",
    re.DOTALL,
)
_SHORT_ESCAPES: Final = dict(zip(b"nrtbfv0", b"\n\r\t\b\f\v\0", strict=True))
_PERCENT: Final = re.compile(rb"%([0-9a-fA-F]{2})")
_FORM: Final = re.compile(rb"%([0-9a-fA-F]{2})|\+")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{6,}")  # so long for _LEAST bytes
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_GROUP: Final = 4  # characters of base64 that hold three bytes

Span = tuple[int, int]  # (first byte, byte after the last)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text says if it is read in one way. ``source``: where a span of ``data`` stands in the text."""

    data: bytes
    source: Callable[[int, int], Span]


def hide(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with every occurrence of ``secrets``, of their lines and of their usual encodings hidden."""
    plain = text.encode(errors="surrogatepass")
    as_it_is = _Reading(plain, lambda start, end: (start, end))
    parts = {part for secret in secrets for part in _parts(secret)}
    short = {part for part in parts if len(part) < _LEAST}
    found = list(_found(as_it_is, short))
    parts -= short
    for reading in _readings(as_it_is):
        # Most parts begin nowhere in the text, and are not searched for.
        there = {reading.data[i : i + _LEAST] for i in range(len(reading.data))}
        found += _found(reading, (part for part in parts if part[:_LEAST] in there))
    return _without(plain, found).decode(errors="surrogatepass") if found else text


def _parts(secret: str) -> Iterator[bytes]:
    """Yield what others repeat of a secret: all of it, as it is or stripped, or one of its lines."""
    for whole in (secret, secret.strip()):
        if whole:
            yield whole.encode(errors="surrogatepass")
    for line in secret.splitlines()[:_MAX_LINES]:
        part = line.strip().encode(errors="surrogatepass")
        if len(part) >= _LEAST:
            yield part


def _found(reading: _Reading, parts: Iterable[bytes]) -> Iterator[Span]:
    """Yield where parts of secrets stand in the text."""
    for part in parts:
        at = reading.data.find(part)
        while at >= 0:
            yield reading.source(at, at + len(part))
            at = reading.data.find(part, at + 1)


def _without(text: bytes, found: Iterable[Span]) -> bytes:
    """Return the text with spans replaced; those that touch one another are one."""
    pieces: list[bytes] = []
    hidden = -1  # where the last span ended
    for start, end in sorted(found):
        if start > hidden:
            pieces += [text[max(hidden, 0) : start], HIDDEN.encode()]
        hidden = max(hidden, end)
    return b"".join((*pieces, text[hidden:]))


def _readings(text: _Reading) -> Iterator[_Reading]:
    """Yield all readings of a text."""
    decoded = [text]
    if b"\\" in text.data:
        decoded.append(_decoded(text, _ESCAPE, _unescaped))
    if b"%" in text.data:
        decoded.append(_decoded(text, _PERCENT, _byte))
    if b"+" in text.data:
        decoded.append(_decoded(text, _FORM, _byte))
    for reading in decoded:
        yield reading
        runs = [run.span() for run in _BASE64.finditer(reading.data)]
        if runs:
            yield from (_from_base64(reading, runs, skipped) for skipped in range(_GROUP))


def _decoded(
    text: _Reading, pattern: re.Pattern[bytes], value: Callable[[re.Match[bytes]], bytes]
) -> _Reading:
    """Return the reading in which what matches is replaced by its value."""
    data = bytearray()
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(text.data):
        piece = value(match)
        data += text.data[at : match.start()] + piece
        starts += [*range(at, match.start()), *([match.start()] * len(piece))]
        ends += [*range(at + 1, match.start() + 1), *([match.end()] * len(piece))]
        at = match.end()
    data += text.data[at:]
    starts += range(at, len(text.data))
    ends += range(at + 1, len(text.data) + 1)
    return _Reading(bytes(data), lambda start, end: (starts[start], ends[end - 1]))


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)]) if match[1] else b" "


def _unescaped(match: re.Match[bytes]) -> bytes:
    high, low, *others, short = match.groups()
    if high and low:
        code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)
    elif short:
        return bytes([_SHORT_ESCAPES.get(short[0], short[0])])
    else:
        code = int(next(filter(None, others)), 16)
    return chr(code).encode(errors="surrogatepass") if code <= 0x10FFFF else match[0]


def _from_base64(text: _Reading, runs: Iterable[Span], skipped: int) -> _Reading:
    """Return what all runs of base64 characters say if groups begin ``skipped`` characters after their starts."""
    data = bytearray()
    firsts: list[int] = []  # the first character of each run that is read
    offsets: list[int] = []  # where in ``data`` that run begins
    for start, end in runs:
        characters = text.data[start + skipped : end].translate(_URL_SAFE)
        if len(characters) % _GROUP == 1:  # the last one holds no whole byte
            characters = characters[:-1]
        firsts.append(start + skipped)
        offsets.append(len(data))
        data += base64.b64decode(characters + b"=" * (-len(characters) % _GROUP)) + b"\0"

    def source(start: int, end: int) -> Span:
        """Each character holds 6 bits: a byte begins in one of them and ends in the next."""
        run = bisect_right(offsets, start) - 1
        first, offset = firsts[run], offsets[run]
        last = first - (-8 * (end - offset) // 6)
        return text.source(first + 8 * (start - offset) // 6, min(last, len(text.data)))

    return _Reading(bytes(data), source)
