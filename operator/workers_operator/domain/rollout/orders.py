"""Orders: what people ask of a rollout by an annotation. Pure.

``workers.code24.dev/rollout: <verb>[:<version>] [<anything>]``. The order is carried out once; the same order is given
again by changing what follows the verb, which the command line does by the time of the day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

ANNOTATION: Final = "workers.code24.dev/rollout"
Verb = Literal["promote", "promote-full", "pause", "resume", "abort", "retry", "undo"]
VERBS: Final[tuple[str, ...]] = get_args(Verb)
_MAX_LENGTH: Final = 100
_FORM: Final = re.compile(r"([a-z-]+)(?::([0-9a-f]{8}))?(?:\s.*)?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RolloutOrder:
    """An order. ``id``: as it was given; ``version``: the one that is meant, for undo the one to return to, or ""."""

    id: str
    verb: Verb
    version: str = ""

    def annotation(self) -> Mapping[str, str]:
        """Return the annotation that gives the order."""
        return {ANNOTATION: self.id}


def order_of(verb: Verb, version: str, stamp: str) -> RolloutOrder:
    """Return an order. ``stamp``: tells it from the same order at another time."""
    meant = f"{verb}:{version}" if version else verb
    return RolloutOrder(f"{meant} {stamp}".strip(), verb, version)


def given(annotations: Mapping[str, str]) -> str:
    """Return the order that an object's annotations give, as it is written; "" for none."""
    return annotations.get(ANNOTATION, "")[:_MAX_LENGTH]


def parse(text: str) -> RolloutOrder | None:
    """Return the order that a text gives; None if it is none."""
    found = _FORM.fullmatch(text)
    if found is None or found[1] not in VERBS:
        return None
    return RolloutOrder(text, cast("Verb", found[1]), found[2] or "")
