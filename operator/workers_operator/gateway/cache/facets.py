"""Filter and sort lists of workers by facets. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.tenancy.selectors import NO_LABELS, NamespaceSelector
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.http.paging import Position
from workers_operator.resources.observed.glance import StatusGlance, mapping, text


@dataclass(frozen=True, slots=True)
class Facets:
    """A worker's facets. ``type``: elite-worker or customer-worker. ``template``: "" if it has another source."""

    script_name: str
    type: str
    elite_type: str
    customer_id: str
    platform: str
    template: str
    is_ready: bool
    labels: Mapping[str, str]
    request_key: str

    def position(self, key: ObjectKey) -> Position:
        """Return where the worker stands in the list of all."""
        return Position(self.script_name, key.namespace, key.kind, key.name)


IDEMPOTENCY_ANNOTATION: Final = "workers.code24.dev/idempotency-key"


def facets_of(key: ObjectKey, body: Mapping[str, object]) -> Facets:
    """Return the facets of an object, whatever is wrong with it."""
    spec, metadata = mapping(body.get("spec")), mapping(body.get("metadata"))
    status = StatusGlance.of(body.get("status"))
    is_elite = key.kind == "EliteWorker"
    elite_type, customer = text(spec.get("type")), text(spec.get("customerId"))
    source = mapping(spec.get("source"))
    template = text(spec.get("template")) or text(source.get("template"))
    if is_elite and not source:
        template = elite_type
    default = (
        names.elite_script_name(elite_type, customer)
        if is_elite
        else names.customer_script_name(customer, key.name)
    )
    annotations = mapping(metadata.get("annotations"))
    return Facets(
        script_name=text(spec.get("scriptName")) or default,
        type="elite-worker" if is_elite else "customer-worker",
        elite_type=elite_type if is_elite else "",
        customer_id=customer,
        platform=text(spec.get("platform")) or "default",
        template=template,
        is_ready=status.ready == "True"
        and status.observed_generation == metadata.get("generation"),
        labels={str(k): str(v) for k, v in mapping(metadata.get("labels")).items()} or NO_LABELS,
        request_key=text(annotations.get(IDEMPOTENCY_ANNOTATION)).partition(".")[0],
    )


EVERYTHING: Final = NamespaceSelector()


@dataclass(frozen=True, slots=True)
class Filter:
    """Filter of a list; None and "" match all. ``type``: also one of the elite types."""

    type: str = ""
    customer_id: str = ""
    environment: str = ""
    template: str = ""
    platform: str = ""
    namespace: str = ""
    ready: bool | None = None
    selector: NamespaceSelector = EVERYTHING

    def passes(self, key: ObjectKey, facets: Facets, environment_of: Callable[[str], str]) -> bool:
        """Whether a worker belongs to the list. ``environment_of``: returns the environment of a platform."""
        return (
            (not self.namespace or key.namespace == self.namespace)
            and (not self.customer_id or facets.customer_id == self.customer_id)
            and (not self.type or self.type in (facets.type, facets.elite_type))
            and (not self.environment or environment_of(facets.platform) == self.environment)
            and (not self.template or facets.template == self.template)
            and (not self.platform or facets.platform == self.platform)
            and (self.ready is None or facets.is_ready is self.ready)
            and self.selector.matches(facets.labels)
        )
