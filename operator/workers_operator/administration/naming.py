"""Which worker a command is about."""

import argparse
from typing import Final

from workers_operator.administration.errors import CommandError
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube import auth
from workers_operator.resources import KINDS
from workers_operator.resources.kind import GROUP
from workers_operator.settings import Settings

_WORKER_KINDS: Final = ("CustomerWorker", "EliteWorker")


def add_worker_argument(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name a worker."""
    parser.add_argument(
        "worker", metavar="TYPE/NAME", help="the worker, e.g. cw/hello or ew/customer-123-brand"
    )
    parser.add_argument(
        "-n", "--namespace", metavar="NAME", help="its namespace (default: the context's)"
    )


def worker_of(options: argparse.Namespace, settings: Settings) -> ObjectKey:
    """Return the worker that the options name. Raises CommandError, AccessError."""
    namespace = options.namespace or auth.default_namespace(
        options.kubeconfig or settings.kubeconfig, options.context or settings.context
    )
    return key_of(options.worker, namespace)


def key_of(name: str, namespace: str) -> ObjectKey:
    """Return the worker that TYPE/NAME names, with the types that kubectl knows. Raises CommandError."""
    type_, slash, object_name = name.partition("/")
    wanted = type_.lower().removesuffix(f".{GROUP}")
    for kind in _WORKER_KINDS:
        definition = KINDS[kind].definition
        if wanted in (definition.short_name, definition.plural, kind.lower()) and object_name:
            return ObjectKey(kind, namespace, object_name)
    known = ", ".join(f"{KINDS[kind].definition.short_name}/NAME" for kind in _WORKER_KINDS)
    problem = f"there is no type {type_!r}" if slash else "the type is missing"
    raise CommandError(f"{name!r}: {problem}; name a worker as {known}")
