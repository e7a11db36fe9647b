"""Tenancy of a platform: which namespaces may claim what on it."""

import re
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from workers_operator.resources.formats import Duration, Integer
from workers_operator.resources.model import (
    ListSet,
    Rule,
    SpecModel,
    at_most,
    shaped,
    without_nulls,
)

_MOST: Final = 64
_MOST_OF_ALL: Final = 100_000
_NAME: Final = shaped(
    r"^([*]|[^*\s]+[*]?)$", "must be a name, the beginning of names followed by *, or * alone"
)
_IS_HOST: Final = shaped(
    r"^([*]|([*][.])?[a-z0-9_.-]+)$",
    "must be a hostname in lower case, *. and a domain for all hosts below it, or * alone",
)
Names = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=253), _NAME], ...],
    Field(max_length=_MOST),
    ListSet(),
]
Hosts = Annotated[
    tuple[Annotated[str, Field(max_length=255), _IS_HOST], ...], Field(max_length=_MOST), ListSet()
]

# kubernetes.io/docs/concepts/overview/working-with-objects/labels (Syntax and character set)
_LABEL_KEY: Final = (
    r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
)
_LABEL_VALUE: Final = r"^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$"
_MOST_LABELS: Final = 8  # of a selector; what the API server checks has a price for each
_MOST_VALUES: Final = 16
LabelKey = Annotated[
    str, Field(max_length=317), shaped(_LABEL_KEY, "must be the key of a label, e.g. team")
]
LabelValue = Annotated[
    str, Field(max_length=63), shaped(_LABEL_VALUE, "must be the value of a label, e.g. shop")
]


def _names(what: str, example: str) -> Names:
    """Return a field that lists names."""
    field: Names = Field(
        default=(), description=f"{what}, e.g. {example}; at most {_MOST}. Default: none."
    )
    return field


class StorageGrantSpec(SpecModel):
    """Resources of the account that workers may use in addition to what create: true creates for them."""

    kv_namespaces: Names = _names("Titles or IDs of KV namespaces", "[SHOP_CACHE]")
    buckets: Names = _names("Names of R2 buckets, also for source.r2", "[shop-data]")
    datasets: Names = _names("Names of Analytics Engine datasets", "[shop_events]")
    d1: Names = _names("IDs of D1 databases", "[5a1c9b1e-0e2d-4a52-9c0b-0c6f4f0f8f7a]")
    hyperdrive: Names = _names(
        "IDs of Hyperdrive configurations", "[0f2ac74b498b48028cb68387c421e279]"
    )
    mtls_certificates: Names = _names("IDs of mTLS certificates", "[shop-*]")
    pipelines: Names = _names("Names of pipelines", "[shop-orders]")
    queues: Names = _names("Names of queues", "[shop-orders]")
    vectorize: Names = _names("Names of Vectorize indexes", "[shop-search]")
    vpc_services: Names = _names("IDs of VPC services", "[shop-*]")


class LabelRequirementSpec(SpecModel):
    """What one label of a namespace has to be."""

    rules = (
        Rule(
            "self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 : "
            "!has(self.values) || self.values.size() == 0",
            "must be listed for In and NotIn, and only for these",
            lambda spec: bool(spec.values) is (spec.operator in ("In", "NotIn")),
            ".values",
        ),
    )

    key: LabelKey = Field(description="Key of the label, e.g. environment.")
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"] = Field(
        description="In: the label has one of the values. NotIn: it has none of them, or is missing. Exists: it is "
        "there, whatever its value. DoesNotExist: it is missing."
    )
    values: Annotated[tuple[LabelValue, ...], Field(max_length=_MOST_VALUES), ListSet()] = Field(
        default=(),
        description=f"Values, for In and NotIn, e.g. [production]; at most {_MOST_VALUES}. Default: none.",
    )


class NamespaceSelectorSpec(SpecModel):
    """Selects namespaces by their labels: those that meet all that is listed. {} selects all namespaces."""

    match_labels: Annotated[
        dict[str, LabelValue],
        Field(max_length=_MOST_LABELS),
        BeforeValidator(without_nulls),
        Rule(
            f"self.all(key, key.size() < 318 && key.matches(r'{_LABEL_KEY}'))",
            "must have keys of labels, e.g. team",
            lambda labels: all(re.fullmatch(_LABEL_KEY, k) and len(k) < 318 for k in labels),
        ),
    ] = Field(
        default={},
        description=f"Labels with their values, e.g. {{team: shop}}; at most {_MOST_LABELS}. Default: none.",
    )
    match_expressions: Annotated[
        tuple[LabelRequirementSpec, ...], Field(max_length=_MOST_LABELS)
    ] = Field(
        default=(),
        description="Requirements, e.g. [{key: environment, operator: In, values: [production]}]; at most "
        f"{_MOST_LABELS}. Default: none.",
    )


class GrantLimitsSpec(SpecModel):
    """How much each namespace of a grant may have on the platform, whoever its customers are."""

    workers: Annotated[Integer, Field(ge=0, le=_MOST_OF_ALL)] | None = Field(
        default=None,
        description="Number of workers, e.g. 20. Those that serve without an object count as well. At most "
        "100000. Default: any number.",
    )
    scripts: Annotated[Integer, Field(ge=0, le=_MOST_OF_ALL)] | None = Field(
        default=None,
        description="Number of scripts of all workers, e.g. 50: one for each instance of each version that is kept. "
        "Two versions of a worker beside the one that serves do not count, the former one and one on its way, so that "
        "an update needs no room. At most "
        "100000. Default: any number.",
    )


class GrantSpec(SpecModel):
    """What the workers of some namespaces may claim. A worker needs one grant for both its namespace and customer."""

    rules = (
        Rule(
            "has(self.namespaceSelector) || (has(self.namespaces) && self.namespaces.size() > 0)",
            "must name at least one namespace, unless namespaceSelector is set",
            lambda grant: grant.namespace_selector is not None or bool(grant.namespaces),
            ".namespaces",
        ),
    )

    namespaces: Names = Field(
        default=(),
        description=f"Namespaces that the grant is for, e.g. [team-shop]; at most {_MOST}. * stands for all. "
        "Default: none; namespaces or namespaceSelector is required.",
    )
    namespace_selector: NamespaceSelectorSpec | None = Field(
        default=None,
        description="Further namespaces that the grant is for, by their labels, e.g. {matchLabels: {team: shop}}. "
        "Whoever may label namespaces gives out such a grant. Default: none.",
    )
    customers: Names = _names("Values that spec.customerId may have", "[customer-123, acme-*]")
    hosts: Hosts = Field(
        default=(),
        description="Hostnames that workers may serve, default hostnames included, e.g. [shop.example.com, "
        f"'*.code24.dev']; at most {_MOST}. *. and a domain stands for all hosts below the domain. The platform's "
        "domain, its zones, and www. before them have to be listed as they are, for wildcards that cover them, too. "
        "Default: none.",
    )
    plans: Names = _names("Plans that workers may have", "[premium]")
    templates: Names = _names(
        "Templates that workers may use, with their kind", "[customer/ecommerce, elite/*]"
    )
    script_names: Names = _names("Values that spec.scriptName may have", "[shop-*]")
    storage: StorageGrantSpec = Field(
        default=StorageGrantSpec(),
        description="Resources of the account that workers may use, e.g. {buckets: [shop-data]}.",
    )
    limits: GrantLimitsSpec = Field(
        default=GrantLimitsSpec(),
        description="How much each of the namespaces may have, e.g. {workers: 20, scripts: 50}. Of several grants for "
        "a namespace the highest limit counts. What serves stays, and can be edited, if a limit is lowered.",
    )


class TenancySpec(SpecModel):
    """Which namespaces may claim what on a platform. What no grant lists, no worker may claim."""

    grants: Annotated[tuple[GrantSpec, ...], Field(max_length=128)] = Field(
        default=(),
        description="Grants, e.g. [{namespaces: [team-shop], customers: [customer-123], hosts: "
        "['*.code24.dev']}]; at most 128. A worker may claim what any of the grants for its namespace and customer "
        "lists. Default: none.",
    )
    host_cooldown: Annotated[Duration, at_most("720h")] = Field(
        default="10m",
        description="How long a hostname that a worker gives up stays out of the reach of workers in other "
        "namespaces, e.g. 24h. 0s turns this off. At most 720h, default 10m.",
    )
