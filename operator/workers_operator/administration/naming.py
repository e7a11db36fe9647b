"""Which object a command is about."""

import argparse
from collections.abc import Sequence
from typing import Final

from workers_operator.administration.errors import CommandError
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube import auth
from workers_operator.resources import KINDS
from workers_operator.resources.kind import GROUP
from workers_operator.settings import Settings

WORKER_KINDS: Final = ("CustomerWorker", "EliteWorker")


def add_object_argument(
    parser: argparse.ArgumentParser,
    about: str = "the worker, e.g. cw/hello or ew/customer-123-brand",
) -> None:
    """Add the arguments that name an object. ``about``: what they may name."""
    parser.add_argument("worker", metavar="TYPE/NAME", help=about)
    parser.add_argument(
        "-n", "--namespace", metavar="NAME", help="its namespace (default: the context's)"
    )


def object_of(
    options: argparse.Namespace, settings: Settings, kinds: Sequence[str] = WORKER_KINDS
) -> ObjectKey:
    """Return the object of one of some kinds that the options name. Raises CommandError, AccessError."""
    namespace = options.namespace or auth.default_namespace(
        options.kubeconfig or settings.kubeconfig, options.context or settings.context
    )
    return key_of(options.worker, namespace, kinds)


def key_of(name: str, namespace: str, kinds: Sequence[str] = WORKER_KINDS) -> ObjectKey:
    """Return the object that TYPE/NAME names, with the types that kubectl knows. Raises CommandError."""
    type_, slash, object_name = name.partition("/")
    wanted = type_.lower().removesuffix(f".{GROUP}")
    for kind in kinds:
        definition = KINDS[kind].definition
        if wanted in (definition.short_name, definition.plural, kind.lower()) and object_name:
            is_namespaced = definition.scope == "Namespaced"
            return ObjectKey(kind, namespace if is_namespaced else "", object_name)
    known = ", ".join(f"{KINDS[kind].definition.short_name}/NAME" for kind in kinds)
    problem = f"there is no type {type_!r}" if slash else "the type is missing"
    raise CommandError(f"{name!r}: {problem}; name it as {known}")
