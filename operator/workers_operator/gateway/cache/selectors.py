"""Label selectors in kubectl's notation: ``team=shop,tier in (web,api),!legacy``. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from workers_operator.domain.tenancy.selectors import NamespaceSelector, Operator, Requirement
from workers_operator.domain.text.lines import short
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import problem

_MAX_LENGTH: Final = 1024
_KEY: Final = r"[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?"
_VALUE: Final = r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_EQUAL: Final = re.compile(rf"(?P<key>{_KEY})\s*(?P<sign>==|=|!=)\s*(?P<value>{_VALUE})")
_SET: Final = re.compile(
    rf"(?P<key>{_KEY})\s+(?P<sign>in|notin)\s*\((?P<values>[-A-Za-z0-9_.,\s]*)\)"
)
_THERE: Final = re.compile(rf"(?P<sign>!?)\s*(?P<key>{_KEY})")
_COMMA: Final = re.compile(r",(?![^(]*\))")


def selector_of(text: str) -> NamespaceSelector:
    """Parse a selector. Raises ApiProblem."""
    if len(text) > _MAX_LENGTH:
        raise problem(GatewayCode.INVALID_PARAMETER, "labelSelector: is too long", "labelSelector")
    return NamespaceSelector(tuple(_requirements(text)))


def _requirements(text: str) -> Iterator[Requirement]:
    for part in _COMMA.split(text) if text.strip() else ():
        yield _requirement(part.strip())


def _requirement(part: str) -> Requirement:
    if found := _EQUAL.fullmatch(part):
        sign: Operator = "NotIn" if found["sign"] == "!=" else "In"
        return Requirement(found["key"], sign, frozenset({found["value"]}))
    if found := _SET.fullmatch(part):
        values = frozenset(value.strip() for value in found["values"].split(","))
        return Requirement(found["key"], "In" if found["sign"] == "in" else "NotIn", values)
    if found := _THERE.fullmatch(part):
        return Requirement(found["key"], "DoesNotExist" if found["sign"] else "Exists")
    message = (
        f"labelSelector: {short(part)!r} is not a valid requirement; use e.g. team=shop or !legacy"
    )
    raise problem(GatewayCode.INVALID_PARAMETER, message, "labelSelector")
