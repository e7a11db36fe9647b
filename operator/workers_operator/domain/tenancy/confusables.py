"""Confusable hosts: names that people take for each other. Pure. Unicode Technical Standard 39, section 4."""

import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

_PUNYCODE: Final = "xn--"
_ASCII: Final = {ord("0"): "o", ord("1"): "l", ord("m"): "rn"}  # all there are in hostnames


def skeleton(host: str) -> str:
    """Return what two hosts have in common if one can be taken for the other. ``host``: in ASCII, as in routes."""
    if _PUNYCODE not in host:
        return host.translate(_ASCII)
    text = ".".join(map(_shown, host.split(".")))
    mapped = unicodedata.normalize("NFD", text).translate(_prototypes())
    return unicodedata.normalize("NFD", mapped).casefold().translate(_ASCII)


def _shown(label: str) -> str:
    """Return a label as browsers may show it."""
    if not label.startswith(_PUNYCODE):
        return label
    try:
        return label.removeprefix(_PUNYCODE).encode("ascii").decode("punycode")
    except UnicodeError:
        return label


@cache
def _prototypes() -> dict[int, str]:
    """Return character → what it looks like. Read when the first host needs it: the table takes half a megabyte."""
    table = files("confusable_homoglyphs").joinpath("confusables.json")
    found: dict[str, list[dict[str, str]]] = json.loads(table.read_text("utf-8"))
    listed = {char: [entry["c"] for entry in entries] for char, entries in found.items()}
    return {
        ord(char): names[0]
        for char, names in listed.items()
        # The prototype of a class lists all others, each of which lists the prototype alone.
        if len(char) == 1 and len(names) == 1 and char in listed.get(names[0], ())
    }
