export type Schemas = import("../types/openapi.js").components["schemas"];
/**
 * A worker as lists have it.
 */
export type ListedWorker = Schemas["ListedWorkerModel"];
/**
 * A worker; `etag` names the state for `ifMatch`.
 */
export type Worker = Schemas["WorkerModel"] & {
    etag?: string;
};
export type WorkerVersion = Schemas["VersionModel"];
/**
 * null: not known, e.g. before the first request.
 */
export type WorkerMetrics = Schemas["WorkerMetricsModel"];
/**
 * A Kubernetes Event about a worker or a platform.
 */
export type ObjectEvent = Schemas["EventModel"];
export type MetricsPoint = Schemas["MetricsPointModel"];
export type FollowedTemplate = Schemas["TemplateModel"];
/**
 * What the caller may do with a worker.
 */
export type WorkerPermissions = Schemas["PermissionsModel"];
export type Platform = Schemas["PlatformModel"];
export type FleetHealth = Schemas["FleetHealthModel"];
export type ApiStatus = Schemas["ApiStatusModel"];
export type NewWorker = Schemas["NewWorkerModel"];
export type WorkerFields = Schemas["ReplacedWorkerModel"];
export type EliteDeployment = Schemas["EliteDeployModel"];
export type CustomerDeployment = Schemas["CustomerDeployModel"];
export type R2Deployment = Schemas["R2DeployModel"];
export type Scale = Schemas["ScaleModel"];
export type Autoscale = Schemas["AutoscaleModel"];
export type WorkerAnswer = Omit<Schemas["WorkerAnswerModel"], "worker"> & {
    worker: Worker;
};
export type DeploymentAnswer = Omit<Schemas["DeploymentAnswerModel"], "worker"> & {
    worker: Worker;
};
export type DeletionAnswer = Schemas["DeletionAnswerModel"];
export type AutoscaleAnswer = Schemas["AutoscaleAnswerModel"];
export type LogsAnswer = Omit<Schemas["LogsAnswerModel"], "logs"> & {
    logs: LogEntry[];
};
export type WorkersPage = Schemas["WorkersAnswerModel"];
export type LogEntry = {
    time: string;
    /**
     * Version that logged it.
     */
    version: string;
    /**
     * Instance that logged it.
     */
    instance: number;
    type: "console" | "exception" | "invocation";
    /**
     * log, debug, info, warn or error.
     */
    level: string;
    message: string;
    /**
     * Of an exception.
     */
    stack?: string | undefined;
    /**
     * What the entries of one invocation have in common.
     */
    requestId?: string | undefined;
    /**
     * Of an invocation, as all that follows, e.g. GET /cart.
     */
    trigger?: string | undefined;
    outcome?: string | undefined;
    status?: number | undefined;
    cpuMs?: number | undefined;
    wallMs?: number | undefined;
    /**
     * Whether the invocation has logged more than is kept.
     */
    truncated?: boolean | undefined;
};
export type FleetEvent = {
    event: "hello";
    data: {
        stale: boolean;
        workers: number;
    };
} | {
    event: "worker";
    data: {
        type: "ADDED" | "MODIFIED";
        worker: ListedWorker;
    };
} | {
    event: "worker";
    data: {
        type: "DELETED";
        worker: Pick<ListedWorker, "script_name" | "kind" | "namespace" | "name">;
    };
} | {
    event: "platform";
    data: {
        type: "ADDED" | "MODIFIED" | "DELETED";
        name: string;
    };
} | {
    event: "stale";
    data: {
        stale: boolean;
    };
} | {
    event: "resync";
    data: {
        message: string;
    };
};
export type RequestOptions = {
    /**
     * Ends the call, which throws the reason.
     */
    signal?: AbortSignal | undefined;
    /**
     * How long one attempt may take; see ClientOptions.
     */
    timeoutMs?: number | undefined;
};
export type Place = {
    /**
     * Namespace of the worker, where several ask for its script name.
     */
    namespace?: string | undefined;
    /**
     * WorkersPlatform of the worker, where several have it.
     */
    platform?: string | undefined;
};
export type Change = {
    /**
     * Seconds for which the answer is held until the worker is Ready or has failed; at most 120.
     */
    wait?: number | undefined;
    /**
     * Whether the API server only checks the change.
     */
    dryRun?: boolean | undefined;
    /**
     * Whether fields are taken over from other field managers.
     */
    force?: boolean | undefined;
    /**
     * ETag of the state that the change is about.
     */
    ifMatch?: string | undefined;
    /**
     * By which a repeated call is recognized. Default: a new one for each call.
     */
    idempotencyKey?: string | undefined;
};
export type ReadOptions = RequestOptions & Place;
export type WriteOptions = ReadOptions & Change;
/**
 * Namespace: where the worker is created.
 */
export type CreateOptions = RequestOptions & Change & {
    namespace?: string;
};
export type Filter = {
    type?: "elite-worker" | "customer-worker" | "brand" | "design" | "develop" | undefined;
    customerId?: string | undefined;
    environment?: "dev" | "staging" | "production" | undefined;
    template?: string | undefined;
    platform?: string | undefined;
    namespace?: string | undefined;
    ready?: boolean | undefined;
    /**
     * As kubectl has it, e.g. team=shop,tier in (web,api).
     */
    labelSelector?: string | undefined;
};
