"""Prints log entries to standard output, and what is to be known of them to standard error."""

import sys
from collections.abc import Iterable
from typing import Final, TextIO

from workers_operator.account.telemetry.following import Notice
from workers_operator.administration.terminal import wants_colours
from workers_operator.domain.telemetry.entries import LogEntry, hidden
from workers_operator.domain.telemetry.rendering import as_json, as_text
from workers_operator.domain.text.hiding import hide
from workers_operator.domain.text.lines import one_line

PROG: Final = "workers-operator logs"


class Printer:
    """Prints entries in which ``secrets`` are hidden."""

    def __init__(self, output: str, secrets: Iterable[str], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._secrets = tuple(secrets)
        self._is_json = output == "json"
        self._colours = wants_colours(self._stream)

    def __call__(self, item: LogEntry | Notice) -> None:
        if isinstance(item, Notice):
            say(hide(item.text, self._secrets))
            return
        entry = hidden(item, self._secrets)
        text = as_json(entry) if self._is_json else as_text(entry, colours=self._colours)
        self._stream.write(f"{text}\n")
        self._stream.flush()


def say(text: str) -> None:
    """Tell the reader something, beside the entries."""
    sys.stderr.write(f"{PROG}: {one_line(text)}\n")
    sys.stderr.flush()
