"""Parameters shared by several endpoints."""

from typing import Annotated, Literal

from fastapi import Depends, Header, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.facets import Filter
from workers_operator.gateway.cache.selectors import selector_of
from workers_operator.gateway.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from workers_operator.gateway.services import Reads, Who, concerns

Name = Annotated[
    str,
    Path(description="Script name of the worker, e.g. brand-worker-customer-123.", max_length=63),
]
Namespace = Annotated[
    str,
    Query(
        max_length=63,
        pattern="^[a-z0-9-]*$",
        description="Namespace of the worker, where several ask for its script name; of a new worker, where it is "
        "created. Default for a new one: the namespace of the caller's service account, else default.",
    ),
]
Platform = Annotated[
    str, Query(max_length=253, description="WorkersPlatform of the worker, where several have it.")
]
PlatformName = Annotated[
    str, Path(description="Name of the WorkersPlatform, e.g. default.", max_length=253)
]


async def _found(
    request: Request,
    reading: Reads,
    caller: Who,
    name: Name,
    namespace: Namespace = "",
    platform: Platform = "",
) -> ObjectKey:
    key = await reading.find(caller, name, namespace, platform)
    concerns(request, key)
    return key


Found = Annotated[ObjectKey, Depends(_found)]
"""The worker that the path names, which the caller may get."""
Wait = Annotated[
    str | None,
    Query(
        max_length=16,
        description="Seconds for which the answer is held until the worker is Ready or has failed, at most 120. "
        "Default: 0. The header Prefer: wait=N says the same.",
    ),
]
Prefer = Annotated[str | None, Header(max_length=256, description="wait=N, as the parameter wait.")]
DryRun = Annotated[
    bool,
    Query(
        alias="dryRun", description="Whether the API server only checks the change. Default: false."
    ),
]
Force = Annotated[
    bool,
    Query(
        description="Whether fields are taken over from other field managers. It needs the permission update on the "
        "virtual subresource force. Default: false."
    ),
]
IfMatch = Annotated[
    str | None,
    Header(max_length=1024, description="ETag of the state that the change is about."),
]
RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=256,
        description="A key of the caller's choice, 1 to 128 printable ASCII characters. A request that is repeated "
        "with it makes no second object, and gets the answer about the first.",
    ),
]
WorkerTypeName = Literal["", "elite-worker", "customer-worker", "brand", "design", "develop"]


class FilterModel(BaseModel):
    """The filters of a list of workers."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    type: WorkerTypeName = Field(
        default="",
        description="elite-worker, customer-worker, or a product: brand, design, develop.",
    )
    customer_id: str = Field(
        default="", alias="customerId", max_length=63, description="ID of the customer."
    )
    environment: str = Field(default="", max_length=63, description="dev, staging or production.")
    template: str = Field(default="", max_length=63, description="Template, e.g. ecommerce.")
    platform: str = Field(default="", max_length=253, description="Name of the WorkersPlatform.")
    namespace: str = Field(default="", max_length=63, description="Namespace of the object.")
    ready: bool | None = Field(default=None, description="Whether the worker is Ready.")
    label_selector: str = Field(
        default="",
        alias="labelSelector",
        max_length=1024,
        description="Label selector as kubectl has it, e.g. team=shop,tier in (web,api),!legacy.",
    )

    def filter(self) -> Filter:
        """Return the filter. Raises ApiProblem."""
        return Filter(
            type=self.type,
            customer_id=self.customer_id,
            environment=self.environment,
            template=self.template,
            platform=self.platform,
            namespace=self.namespace,
            ready=self.ready,
            selector=selector_of(self.label_selector),
        )


class ListModel(FilterModel):
    """The parameters of a list of workers."""

    limit: int = Field(
        default=DEFAULT_LIMIT,
        ge=1,
        le=MAX_LIMIT,
        description=f"Number of workers on a page, 1 to {MAX_LIMIT}. Default: {DEFAULT_LIMIT}.",
    )
    cursor: str | None = Field(
        default=None, max_length=1024, description="cursor of the page before."
    )

    def query(self) -> str:
        """Return the filters, to which a cursor belongs."""
        return self.model_dump_json(exclude={"limit", "cursor"})


Filters = Annotated[FilterModel, Query()]
Listing = Annotated[ListModel, Query()]
