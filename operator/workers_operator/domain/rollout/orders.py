"""Orders about a rollout, given by annotation. Pure.

``workers.code24.dev/rollout: <verb>[:<version>] [<anything>]``. An order is carried out once; to repeat it,
change the text after the verb. The command line puts the time there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

ANNOTATION: Final = "workers.code24.dev/rollout"
Verb = Literal["promote", "promote-full", "pause", "resume", "abort", "retry", "undo"]
VERBS: Final[tuple[str, ...]] = get_args(Verb)
MALFORMED: Final = (
    f"not an order; use VERB or VERB:VERSION, where VERB is one of {', '.join(VERBS)}"
)
_MAX_LENGTH: Final = 100
_FORM: Final = re.compile(r"([a-z-]+)(?::([0-9a-f]{8}))?(?:\s.*)?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RolloutOrder:
    """An order. ``id``: its text; ``version``: the one concerned, for undo the one to return to, or ""."""

    id: str
    verb: Verb
    version: str = ""

    @property
    def is_way_back(self) -> bool:
        """Whether a version is to lose its requests."""
        return self.verb in ("abort", "undo")

    def annotation(self) -> Mapping[str, str]:
        """Return the annotation that gives the order."""
        return {ANNOTATION: self.id}


def order_of(verb: Verb, version: str, stamp: str) -> RolloutOrder:
    """Return an order. ``stamp``: makes it differ from the same order at another time."""
    meant = f"{verb}:{version}" if version else verb
    return RolloutOrder(f"{meant} {stamp}".strip(), verb, version)


def given(annotations: Mapping[str, str]) -> str:
    """Return the text of the order in an object's annotations; "" for none."""
    return annotations.get(ANNOTATION, "")[:_MAX_LENGTH]


def parse(text: str) -> RolloutOrder | None:
    """Parse an order; return None if the text is not one."""
    found = _FORM.fullmatch(text)
    if found is None or found[1] not in VERBS:
        return None
    return RolloutOrder(text, cast("Verb", found[1]), found[2] or "")
