"""Reasons of conditions, with their meaning to the user.

Those of rollouts, fleets, scaling and notifications stand beside their domains. ``make manifests`` generates
``docs/conditions.md`` from all of them.
"""

from workers_operator.domain.text.words import ReasonWord


class Reason(ReasonWord):
    """Reasons of conditions, but for those of rollouts, fleets, scaling and notifications."""

    # --- all is well ------------------------------------------------------------------------------------------------
    SUCCEEDED = (
        "Succeeded",
        "Ready",
        "The version answers and is healthy; a platform accepts workers.",
    )
    RESOLVED = "Resolved", "SourceResolved", "The code is known."
    UPLOADED = "Uploaded", "Deployed", "All instances of the version are uploaded."
    VERSION_ANSWERS = (
        "VersionAnswers",
        "Routed",
        "A request through the data plane reached this version.",
    )
    PROBE_SUCCEEDED = "ProbeSucceeded", "Healthy", "The worker answers its probes as it has to."
    PARKED = (
        "Parked",
        "Ready, Routed, Healthy",
        "`spec.instances` is 0: the dispatcher answers 503.",
    )
    TOKEN_ACCEPTED = "TokenAccepted", "Authenticated", "Cloudflare accepts the API token."
    PROVISIONED = (
        "Provisioned",
        "Provisioned",
        "The dispatch namespace, KV namespace and bucket exist.",
    )
    DEPLOYED = (
        "Deployed",
        "DispatcherReady",
        "The dispatcher is deployed and its route leads to it.",
    )

    # --- on the way -------------------------------------------------------------------------------------------------
    PENDING = "Pending", "any", "The step has not been reached yet; the other conditions say why."
    PROGRESSING = (
        "Progressing",
        "Reconciling",
        "The new version is deployed and does not answer well yet.",
    )
    PROGRESSING_WITH_RETRY = (
        "ProgressingWithRetry",
        "Reconciling",
        "The last attempt failed; the operator retries by itself.",
    )
    DELETING = (
        "Deleting",
        "Reconciling",
        "The worker cannot be removed yet; the operator retries by itself.",
    )
    REMOVED = (
        "Removed",
        "Ready, Deployed, Routed, Healthy, Authenticated, Provisioned, DispatcherReady",
        "The worker is removed from the edge, or the WorkersPlatform is released; another finalizer holds the object.",
    )
    AWAITING_PROPAGATION = (
        "AwaitingPropagation",
        "Routed, Healthy",
        "The change is written but not visible at the edge yet; Cloudflare takes up to a minute.",
    )
    SUSPENDED = (
        "Suspended",
        "Ready",
        "`spec.suspend` is set: `Ready` is True, and its message says what is left as it is; changes of workers wait.",
    )
    PLATFORM_SUSPENDED = (
        "PlatformSuspended",
        "Ready, Routed",
        "The WorkersPlatform is suspended; a change is rolled out, or the worker removed, once it is resumed.",
    )

    # --- the source -------------------------------------------------------------------------------------------------
    CONFIG_MAP_NOT_FOUND = (
        "ConfigMapNotFound",
        "SourceResolved",
        "The ConfigMap does not exist. It is used as soon as it appears; the serving version stays.",
    )
    CONFIG_MAP_KEY_NOT_FOUND = (
        "ConfigMapKeyNotFound",
        "SourceResolved",
        "The ConfigMap has no such key. It is used as soon as it appears; the serving version stays.",
    )
    R2_BUCKET_NOT_FOUND = (
        "R2BucketNotFound",
        "SourceResolved",
        "The bucket does not exist; checked every 30 s. The serving version stays.",
    )
    R2_OBJECT_NOT_FOUND = (
        "R2ObjectNotFound",
        "SourceResolved",
        "The bucket has no such object; checked every 30 s. The serving version stays.",
    )
    DIGEST_MISMATCH = (
        "DigestMismatch",
        "SourceResolved",
        "The source holds other content than `spec.source.digest` names. The serving version stays.",
    )
    MODULE_INVALID = (
        "ModuleInvalid",
        "SourceResolved",
        "A module is not of the stated type, or has a name that no import can have; the message names the module.",
    )
    BUNDLE_NOT_SUPPORTED = (
        "BundleNotSupported",
        "SourceResolved",
        "A bundle's metadata requests a setting that belongs in the spec or is not supported; the message says which.",
    )
    MODULE_NOT_FOUND = "ModuleNotFound", "SourceResolved", "The source has no such main module."
    SCRIPT_TOO_LARGE = (
        "ScriptTooLarge",
        "SourceResolved",
        "The script exceeds Cloudflare's 64 MiB, or 10 MiB compressed, or has too many modules; the message says so.",
    )
    TEMPLATE_NOT_FOUND = (
        "TemplateNotFound",
        "SourceResolved",
        "There is no such template; the message lists those that exist.",
    )
    TEMPLATE_INVALID = (
        "TemplateInvalid",
        "SourceResolved",
        "The template's package is malformed; the message names the field of its `template.yaml`.",
    )
    PARAMETER_MISSING = (
        "ParameterMissing",
        "SourceResolved",
        "The template requires a field of `spec.parameters`.",
    )
    PARAMETER_INVALID = (
        "ParameterInvalid",
        "SourceResolved",
        "The template rejects a field of `spec.parameters`; the message names the field and the rule, never the value.",
    )
    FEATURE_NOT_FOUND = (
        "FeatureNotFound",
        "SourceResolved",
        "The template has no such feature; the message lists those that exist.",
    )
    FEATURE_NOT_ENABLED = (
        "FeatureNotEnabled",
        "SourceResolved",
        "`spec.parameters.<feature>` is set, but the feature is not enabled.",
    )
    PLAN_NOT_FOUND = (
        "PlanNotFound",
        "SourceResolved",
        "The platform has no such plan; the message lists its plans.",
    )
    TEMPLATE_NOT_IN_PLAN = (
        "TemplateNotInPlan",
        "SourceResolved",
        "The template requires a higher plan.",
    )
    FEATURE_NOT_IN_PLAN = (
        "FeatureNotInPlan",
        "SourceResolved",
        "The plan does not include the feature.",
    )
    INSTANCES_NOT_IN_PLAN = (
        "InstancesNotInPlan",
        "SourceResolved",
        "The plan allows fewer instances.",
    )
    INVALID_SPEC = (
        "InvalidSpec",
        "SourceResolved, Authenticated",
        "The current CRD would reject the object; the message names the field.",
    )

    # --- the deployment ---------------------------------------------------------------------------------------------
    SOURCE_CHANGED = (
        "SourceChanged",
        "Deployed",
        "The source changed during its deployment; retried at once.",
    )
    PINNED_CONTENT_LOST = (
        "PinnedContentLost",
        "Deployed",
        "`updatePolicy` is `Pinned`, and neither the source nor the edge has the pinned content any more.",
    )
    KV_NAMESPACE_NOT_FOUND = (
        "KVNamespaceNotFound",
        "Deployed",
        "A binding names a KV namespace that does not exist; checked every 10 s.",
    )
    BINDING_MISSING = (
        "BindingMissing",
        "Deployed",
        "The template requires a binding that `spec.bindings` lacks.",
    )
    NOT_GRANTED = (
        "NotGranted",
        "Deployed, Routed, SourceResolved",
        "No grant of the WorkersPlatform lets the namespace claim this; the message names the field.",
    )
    QUOTA_EXCEEDED = (
        "QuotaExceeded",
        "Deployed",
        "The namespace has as much as `grants[].limits` allow; what serves stays. Checked again every 30 s.",
    )
    BINDING_NOT_ALLOWED = (
        "BindingNotAllowed",
        "Deployed",
        "A binding names the storage of a platform, or what was created for another worker.",
    )
    SERVICE_NOT_FOUND = (
        "ServiceNotFound",
        "Deployed",
        "A service binding names a worker that does not exist.",
    )
    SERVICE_NOT_READY = (
        "ServiceNotReady",
        "Deployed",
        "A service binding names a worker that is not deployed yet; the callee is deployed first.",
    )
    SERVICE_CYCLE = (
        "ServiceCycle",
        "Deployed",
        "Service bindings form a cycle; the message lists it.",
    )
    SECRET_NOT_FOUND = (
        "SecretNotFound",
        "Deployed, Authenticated",
        "The Secret does not exist, or the operator [may not read it](operations.md#secrets); checked every 10 s.",
    )
    SECRET_INVALID = "SecretInvalid", "Deployed", "The value of a secret is not UTF-8 text."
    VARIABLE_TOO_LARGE = (
        "VariableTooLarge",
        "Deployed",
        "A secret, a var or CONFIG (`spec.parameters` and what goes with it) exceeds Cloudflare's 5 kB.",
    )
    SCRIPT_REJECTED = (
        "ScriptRejected",
        "Deployed",
        "The script does not parse or start, or handles nothing; the message says why. The serving version stays.",
    )
    REQUEST_REJECTED = (
        "RequestRejected",
        "Deployed",
        "Cloudflare rejects a call; the message has its code and words.",
    )
    NOT_FOUND = "NotFound", "Deployed", "Cloudflare does not find what a call names."
    CONTENT_TAMPERED = (
        "ContentTampered",
        "Deployed, DispatcherReady",
        "Somebody else writes to a script again and again; the operator repairs it five times a day at most.",
    )
    SCRIPT_NAME_CONFLICT = (
        "ScriptNameConflict",
        "Deployed",
        "Another object owns the script name and keeps it.",
    )

    # --- routes and health ------------------------------------------------------------------------------------------
    INVALID_ROUTE = "InvalidRoute", "Routed", "A pattern of `spec.routes` is malformed."
    ROUTE_OUTSIDE_ZONES = (
        "RouteOutsideZones",
        "Routed",
        "A pattern of `spec.routes` is outside the platform's zones.",
    )
    ZONE_UNAVAILABLE = (
        "ZoneUnavailable",
        "Routed",
        "Cloudflare does not list the routes of a zone: it is gone, or the API token has no access to it.",
    )
    ROUTE_RESERVED = (
        "RouteReserved",
        "Routed",
        "A pattern of `spec.routes` would take all hosts of the platform.",
    )
    ROUTE_NOT_OWNED = (
        "RouteNotOwned",
        "Routed, DispatcherReady",
        "A zone route leads to another Worker, or to none, and takes a route's requests; it is not changed.",
    )
    TOO_MANY_ROUTES = (
        "TooManyRoutes",
        "Routed",
        "A route does not fit into the routing entry of its hostname, which holds 1,024 bytes; the others are served.",
    )
    HOSTNAME_CONFLICT = (
        "HostnameConflict",
        "Routed",
        "Another object owns the hostname or path; it is free once that object's spec does not ask for it any more.",
    )
    DEGRADED = (
        "Degraded",
        "Healthy",
        "Requests exceed `maxErrorRate` or `maxResponseTime`, or failing instances get none. It stays Ready.",
    )
    ROLLED_BACK_UNHEALTHY = (
        "RolledBackUnhealthy",
        "Healthy",
        "The new version failed its probes before it was healthy: the previous one serves until the object changes.",
    )
    DATA_PLANE_UNREACHABLE = (
        "DataPlaneUnreachable",
        "DispatcherReady",
        "No worker answers its probes: the network or the dispatcher is at fault. Workers keep the health they had.",
    )
    PROBE_FAILED = (
        "ProbeFailed",
        "Routed, Healthy",
        "The health probe failed `failureThreshold` times in a row; the message has the last result.",
    )

    # --- the platform -----------------------------------------------------------------------------------------------
    PLATFORM_NOT_FOUND = "PlatformNotFound", "Deployed", "There is no WorkersPlatform of this name."
    PLATFORM_NOT_READY = "PlatformNotReady", "Deployed", "The WorkersPlatform is being set up."
    PLATFORM_CONFLICT = (
        "PlatformConflict",
        "Provisioned",
        "Another WorkersPlatform of the account has this dispatch namespace, dispatcher, bucket or dataset.",
    )
    PLATFORM_TERMINATING = (
        "PlatformTerminating",
        "Deployed",
        "The WorkersPlatform is being deleted; name another one.",
    )
    IN_USE = (
        "InUse",
        "Ready, Reconciling",
        "The WorkersPlatform is being deleted, and waits until its workers are deleted or have moved.",
    )
    TOKEN_MISSING = "TokenMissing", "Authenticated", "`CLOUDFLARE_API_TOKEN` is not set."
    CREDENTIALS_REJECTED = (
        "CredentialsRejected",
        "Authenticated, Deployed",
        "Cloudflare rejects the platform's token; checked once a minute.",
    )
    SECRET_NAMESPACE_NOT_ALLOWED = (
        "SecretNamespaceNotAllowed",
        "Authenticated, Deployed",
        "`spec.credentials.apiTokenSecretRef` names a namespace other than the one that API tokens are read from.",
    )
    ADDRESS_NOT_ALLOWED = (
        "AddressNotAllowed",
        "Authenticated, Deployed",
        "`spec.baseUrl` or `spec.dataPlane.address` is not among the addresses that the operator's options allow.",
    )
    STORAGE_NOT_OWNED = (
        "StorageNotOwned",
        "Provisioned",
        "The KV namespace belongs to another environment; the operator does not change it.",
    )
    STORAGE_INVALID = (
        "StorageInvalid",
        "Deployed",
        "The key `platform` of the KV namespace is malformed.",
    )
    DISPATCHER_NOT_OWNED = (
        "DispatcherNotOwned",
        "DispatcherReady, Deployed",
        "The Worker of the dispatcher's or service router's name is not this platform's; it is not changed.",
    )

    # --- the APIs ---------------------------------------------------------------------------------------------------
    CLOUDFLARE_UNREACHABLE = (
        "CloudflareUnreachable",
        "any",
        "Cloudflare cannot be reached; retried with backoff.",
    )
    CLOUDFLARE_TIMEOUT = (
        "CloudflareTimeout",
        "any",
        "Cloudflare did not answer in time; retried with backoff.",
    )
    CLOUDFLARE_ERROR = (
        "CloudflareError",
        "any",
        "Cloudflare answered 5xx, or a proxy answered; retried with backoff.",
    )
    INVALID_NAME = (
        "InvalidName",
        "any",
        "A request cannot carry a name or key, such as one with the segment `..`; the message quotes it.",
    )
    RATE_LIMITED = "RateLimited", "any", "Cloudflare blocks the token; retried when the block ends."
    KUBERNETES_UNAVAILABLE = (
        "KubernetesUnavailable",
        "any",
        "The Kubernetes API is unavailable; retried.",
    )
    KUBERNETES_REJECTED = (
        "KubernetesRejected",
        "any",
        "The Kubernetes API rejects a request; retried.",
    )
    FORBIDDEN = "Forbidden", "any", "RBAC forbids a request to the Kubernetes API; retried."
    CONFLICT = "Conflict", "any", "The object changed during a write; retried."
