"""The form of a case: what a client does, and what must be seen afterwards over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """A request to the data plane, and what it must find."""

    host: str
    text: str
    """A regular expression for the whole body; empty: whatever it is."""
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    cron: str = ""
    """A schedule whose event the script of the host's first label gets before the request."""
    share: tuple[int, int] | None = None
    """How many of 200 requests must find the text, at least and at most; the others may find anything."""


@dataclass(frozen=True)
class Case:
    """`$name` in commands, files and looks stands for what an earlier case has kept."""

    command: str
    """A command line of wrangler, or a call of the SDK."""
    about: str
    says: tuple[str, ...] = ()
    """Regular expressions that the output must contain."""
    sees: tuple[Look, ...] = ()
    keep: Mapping[str, str] = field(default_factory=dict)
    """Name -> regular expression with a group, to remember a part of the output."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Files that are written before."""
    stdin: str = ""
    fails: bool = False
    """Whether the client must report an error."""
    meanwhile: tuple[Look, ...] = ()
    """Requests while the command runs; it is ended when it has said everything."""
