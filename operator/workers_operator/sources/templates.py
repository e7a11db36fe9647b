"""The built-in workers, shipped in ``workers/``: the dispatcher and the templates."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from workers_operator.domain.desired import Code, Module
from workers_operator.domain.handling import Stalled

ES_MODULE: Final = "application/javascript+module"
Kind = Literal["elite", "customer"]


@dataclass(frozen=True)
class Template:
    """A built-in worker: its code, the path of its health answer, the parameters that it can't do without."""

    code: Code
    health_path: str
    required_parameters: tuple[str, ...]


def find(kind: Kind, name: str) -> Template:
    """A template by name. Raises Stalled(TemplateNotFound), naming those that exist."""
    known = names(kind)
    if name not in known:
        message = f"there is no {kind} template {name!r}; there are: {', '.join(known)}"
        raise Stalled("TemplateNotFound", message)
    return _load(f"templates/{kind}/{name}", f"template/{name}")


def dispatcher() -> Code:
    """The platform dispatcher's code."""
    return _load("dispatcher", "dispatcher").code


@cache
def names(kind: Kind) -> tuple[str, ...]:
    """The names of all templates of a kind, sorted."""
    folder = resources.files("workers_operator") / "workers" / "templates" / kind
    return tuple(
        sorted(f.name.removesuffix(".js") for f in folder.iterdir() if f.name.endswith(".js"))
    )


@cache
def _load(path: str, origin: str) -> Template:
    folder = resources.files("workers_operator") / "workers"
    about: Mapping[str, Any] = json.loads((folder / f"{path}.json").read_text())
    script = (folder / f"{path}.js").read_bytes()
    main = "worker.js"
    code = Code(
        origin=origin,
        main=main,
        modules=(Module(main, ES_MODULE, script),),
        compatibility_date=about.get("compatibilityDate"),
        compatibility_flags=tuple(about.get("compatibilityFlags") or ()),
    )
    return Template(
        code, about.get("healthPath", "/"), tuple(about.get("requiredParameters") or ())
    )
