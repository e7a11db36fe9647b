"""Visitors of a website who ask for its pages again and again, and keep every answer."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from support.waiting import until

_PAUSE: Final = 0.1  # between two rounds


@dataclass(frozen=True)
class Answer:
    """What a visitor got. ``at``: monotonic seconds; ``page``: host and path; ``said``: status and text."""

    at: float
    page: str
    said: str


class Visitors:
    """Ask for all pages, one round after the other, until they ``leave``. ``expected``: page → status and text."""

    def __init__(self, data_plane: str, expected: Mapping[str, str]) -> None:
        self._data_plane = data_plane
        self._expected = expected
        self._answers: list[Answer] = []
        self._rounds = 0
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._visit, name="visitors", daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        """How many answers there are so far."""
        return len(self._answers)

    def strange(self, since: int = 0) -> list[Answer]:
        """The answers that nobody expects, without so many at the beginning."""
        return [a for a in self._answers[since:] if a.said != self._expected[a.page]]

    def come_again(self) -> None:
        """Returns when every page has been asked for once more from now on."""
        seen = self._rounds
        until(lambda: self._rounds >= seen + 2, "the visitors do not come")

    def leave(self) -> None:
        """Returns after a last round."""
        self.come_again()
        self._leaving.set()
        self._thread.join()

    def _visit(self) -> None:
        with httpx.Client(base_url=self._data_plane, timeout=30) as client:
            while not self._leaving.is_set():
                for page in self._expected:
                    self._answers.append(_ask(client, page))
                self._rounds += 1
                self._leaving.wait(_PAUSE)


def _ask(client: httpx.Client, page: str) -> Answer:
    host, slash, path = page.partition("/")
    at = time.monotonic()
    try:
        response = client.get(slash + path, headers={"Host": host})
    except httpx.TransportError as error:
        return Answer(at, page, f"none: {error!r}")
    return Answer(at, page, f"{response.status_code} {response.text}")
