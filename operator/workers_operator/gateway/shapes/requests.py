"""Requests: those of the REST API document, with further fields of the custom resources."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from workers_operator.resources import (
    AutoscalingSpec,
    CompatibilitySpec,
    ConfigurationSpec,
    EgressSpec,
    HealthSpec,
    InlineModule,
    LimitsSpec,
    R2Source,
    RolloutSpec,
    SecretBinding,
    SessionAffinity,
    WorkerReference,
)

EliteProduct = Literal["brand", "design", "develop"]
EnvironmentName = Literal["dev", "staging", "production"]
Text63 = Annotated[str, Field(min_length=1, max_length=63)]
Labels = Annotated[
    dict[Annotated[str, Field(max_length=317)], Annotated[str, Field(max_length=63)]],
    Field(max_length=64),
]


class RequestModel(BaseModel):
    """A part of a request. Unknown fields are errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,
    )

    def given(self) -> dict[str, JsonValue]:
        """Return the fields that were sent, including nulls."""
        found: dict[str, JsonValue] = self.model_dump(
            mode="json", by_alias=True, exclude_unset=True
        )
        return found


class BindingModel(RequestModel):
    """A binding, as Cloudflare's API has it, or as the custom resource has it."""

    model_config = ConfigDict(alias_generator=None)

    type: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="Type, e.g. kv_namespace, r2_bucket, analytics_engine, service, d1, queue, ai."
    )
    name: Text63 = Field(description="Name in the script's env, e.g. MY_KV.")
    namespace_id: str | None = Field(
        default=None, max_length=255, description="ID of the KV namespace, of kv_namespace."
    )
    bucket_name: str | None = Field(
        default=None, max_length=63, description="Name of the bucket, of r2_bucket."
    )
    dataset: str | None = Field(
        default=None, max_length=64, description="Dataset, of analytics_engine."
    )
    service: str | None = Field(
        default=None,
        max_length=253,
        description="Name of the object of a CustomerWorker in the same namespace, of service.",
    )
    id: str | None = Field(
        default=None, max_length=255, description="ID or name of the resource, of other types."
    )
    title: str | None = Field(
        default=None,
        max_length=512,
        description="Title of an existing KV namespace, instead of its ID.",
    )
    create: bool | None = Field(
        default=None, description="Whether a KV namespace or bucket is created for the worker."
    )
    deletion: Literal["Retain", "Delete"] | None = Field(
        default=None,
        description="With create: what happens to it when the worker is deleted. Default: Retain.",
    )
    worker: WorkerReference | None = Field(
        default=None,
        description="Worker that a service binding calls, instead of service, e.g. {kind: EliteWorker, name: brand}.",
    )


class PlacementModel(RequestModel):
    """Whose worker it is, and where it runs, without its labels."""

    type: Literal["custom", "customer-worker", "elite-worker"] | None = Field(
        default=None,
        description="custom or customer-worker: a CustomerWorker (default); elite-worker: an EliteWorker. Immutable.",
    )
    elite_worker_type: EliteProduct | None = Field(
        default=None,
        description="Product of an elite-worker: brand, design or develop. Immutable.",
    )
    customer_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="ID of the customer, e.g. customer-123. Immutable."
    )
    environment: EnvironmentName | None = Field(
        default=None,
        description="Environment; exactly one platform must have it. Default: the platform default.",
    )
    platform: Annotated[str, Field(max_length=253)] | None = Field(
        default=None, description="WorkersPlatform, where several have the environment."
    )


class WorkerLabelsModel(PlacementModel):
    """Whose worker it is, and where it runs."""

    labels: Labels | None = Field(default=None, description="Labels of the object.")


class CodeModel(RequestModel):
    """Code and settings of a worker that have the same form in every request."""

    script: Annotated[str, Field(max_length=1_000_000)] | None = Field(
        default=None, description="The complete script, as an ES module."
    )
    modules: Annotated[tuple[InlineModule, ...], Field(min_length=1, max_length=50)] | None = Field(
        default=None, description="The script's modules, instead of script."
    )
    main: Annotated[str, Field(max_length=255)] | None = Field(
        default=None, description="Name of the module that handles requests, with modules."
    )
    template: Text63 | None = Field(
        default=None, description="Template, e.g. ecommerce, instead of script."
    )
    bindings: Annotated[tuple[BindingModel, ...], Field(max_length=64)] | None = Field(
        default=None, description="Resources that the script accesses through its env."
    )
    secrets: Annotated[tuple[SecretBinding, ...], Field(max_length=64)] | None = Field(
        default=None, description="Secrets, by the name of a Secret in the worker's namespace."
    )
    routes: (
        Annotated[tuple[Annotated[str, Field(max_length=512)], ...], Field(max_length=20)] | None
    ) = Field(
        default=None, description="Patterns in addition to the default route, e.g. [example.com/*]."
    )
    subdomain: Text63 | None = Field(
        default=None,
        description="DNS label of its hostname <subdomain>.<domain>. Default for a new worker: its name.",
    )
    instances: Annotated[int, Field(ge=0, le=50)] | None = Field(
        default=None, description="Number of instances; 0 parks the worker."
    )
    session_affinity: SessionAffinity | None = Field(
        default=None,
        description="What keeps a client's requests on one instance: None (default), ClientIP or Cookie.",
    )
    suspend: bool | None = Field(
        default=None, description="Whether the operator leaves the worker as it is."
    )


class WorkerFieldsModel(CodeModel):
    """What a worker consists of."""

    r2: R2Source | None = Field(
        default=None, description="Script in an R2 bucket, e.g. {key: templates/x.js}."
    )
    parameters: dict[str, JsonValue] | None = Field(
        default=None, description="Parameters of the template."
    )
    configuration: ConfigurationSpec | None = Field(
        default=None, description="Features and plan, of a customer's worker."
    )
    vars: dict[str, str] | None = Field(
        default=None, description="Environment variables, e.g. {GREETING: hello}."
    )
    limits: LimitsSpec | None = Field(default=None, description="Limits for one request.")
    compatibility: CompatibilitySpec | None = Field(
        default=None, description="Compatibility settings of the runtime."
    )
    egress: EgressSpec | None = Field(
        default=None, description="Hosts to which the worker may send requests."
    )
    autoscaling: AutoscalingSpec | None = Field(
        default=None, description="Number of instances that follows the load."
    )
    rollout: RolloutSpec | None = Field(default=None, description="How a new version takes over.")
    health: HealthSpec | None = Field(default=None, description="Health probe of the worker.")
    metadata: WorkerLabelsModel | None = Field(
        default=None, description="Whose worker it is, and where it runs."
    )


class NewWorkerModel(WorkerFieldsModel):
    """A new worker."""

    name: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        description="Script name, by which every endpoint names the worker, e.g. my-worker. Also the object's name."
    )


class ReplacedWorkerModel(WorkerFieldsModel):
    """A worker as it shall be."""

    name: str | None = Field(
        default=None, max_length=63, description="Script name: the one of the path, if it is given."
    )


class DeployModel(RequestModel):
    """What all deployments have."""

    environment: EnvironmentName | None = Field(
        default=None,
        description="Environment; exactly one platform must have it. Default: the platform default.",
    )
    platform: Annotated[str, Field(max_length=253)] | None = Field(
        default=None, description="WorkersPlatform, where several have the environment."
    )
    parameters: dict[str, JsonValue] | None = Field(
        default=None,
        description="Parameters of the template, e.g. {site: https://www.example.com}.",
    )


class EliteDeployModel(DeployModel):
    """An elite worker that is to be deployed."""

    type: EliteProduct = Field(description="Product: brand, design or develop.")
    customer_id: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description="ID of the customer, e.g. customer-123."
    )
    subdomain: Text63 = Field(description="DNS label of its hostname, e.g. customer123.")


class CustomerDeployModel(DeployModel):
    """A customer's worker that is to be deployed."""

    customer_id: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description="ID of the customer, e.g. customer-123."
    )
    subdomain: Text63 = Field(description="DNS label of its hostname, e.g. customer123.")
    template: Text63 = Field(description="Template, e.g. ecommerce.")
    configuration: ConfigurationSpec | None = Field(
        default=None, description="Features and plan, e.g. {plan: premium}."
    )


class R2DeployModel(DeployModel):
    """A worker whose code is in R2."""

    r2_key: Annotated[str, Field(min_length=1, max_length=1024)] = Field(
        alias="r2Key", description="Key of the object, e.g. templates/workers/custom-worker.js."
    )
    worker_name: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        description="Script name, e.g. deployed-worker. Also the object's name."
    )
    bucket: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="Bucket. Default: the platform's data bucket."
    )
    customer_id: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(
        default=None, description="ID of the customer. Default: workerName."
    )
    subdomain: Text63 | None = Field(
        default=None, description="DNS label of its hostname. Default: workerName."
    )


class ScaleModel(RequestModel):
    """What is to be scaled."""

    instances: Annotated[int, Field(ge=0, le=50)] | None = Field(
        default=None, description="Number of instances, 0 to 50; 0 parks the worker."
    )
    cpu_limit: Annotated[str, Field(max_length=32)] | None = Field(
        default=None, description="CPU time of one request, e.g. 100ms."
    )
    memory_limit: Annotated[str, Field(max_length=16)] | None = Field(
        default=None, description="128MB: Cloudflare has no other size."
    )


class AutoscaleModel(RequestModel):
    """Which autoscalers decide now, and a policy for workers that have none."""

    type: str | None = Field(
        default=None, max_length=63, description="elite-worker, customer-worker, or a product."
    )
    customer_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="ID of the customer."
    )
    environment: EnvironmentName | None = Field(default=None, description="Environment.")
    namespace: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="Namespace."
    )
    label_selector: Annotated[str, Field(max_length=1024)] | None = Field(
        default=None, description="Label selector, e.g. team=shop."
    )
    policy: AutoscalingSpec | None = Field(
        default=None,
        description="Autoscaling that the selected workers get, e.g. {maxInstances: 5, metrics: [{type: "
        "RequestsPerSecond, averageValue: 100}]}. Default: workers that have none are left out.",
    )


class RolloutOrderModel(RequestModel):
    """Details of an order about a rollout."""

    full: bool = Field(
        default=False, description="promote: whether the version gets all requests at once."
    )
    version: Annotated[str, Field(pattern="^[0-9a-f]{8}$")] | None = Field(
        default=None, description="undo: the version to return to. Default: the former one."
    )
