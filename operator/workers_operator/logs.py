"""The process's log: one line a record, whatever the record quotes."""

import logging
import sys
from types import TracebackType
from typing import Final

from workers_operator.domain.text.lines import one_line

_FORMAT: Final = "%(asctime)s %(levelname)-7s %(name)s  %(message)s"
_MAX_LINE: Final = 16 * 1024
_CONTINUED: Final = "    | "
_NOISY: Final = ("httpx", "aiohttp.access", "kopf.activities")


class LineFormatter(logging.Formatter):
    """Formats a record as one line. The lines of a traceback follow with a mark, so that none passes for a record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the record's line."""
        return one_line(super().formatMessage(record), _MAX_LINE)

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Return the marked lines of a traceback."""
        return _marked(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """Return the marked lines of a stack."""
        return _marked(super().formatStack(stack_info))


def configure(level: str) -> None:
    """Log to standard error, from ``level`` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(_FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _marked(text: str) -> str:
    return "\n".join(_CONTINUED + one_line(line, _MAX_LINE) for line in text.splitlines())
