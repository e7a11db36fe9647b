// The shapes of requests and answers, by the names that the OpenAPI document has for them. Types only.

/** @typedef {import('../types/openapi.js').components['schemas']} Schemas */

/** @typedef {Schemas['ListedWorkerModel']} ListedWorker A worker as lists have it. */
/** @typedef {Schemas['WorkerModel'] & { etag?: string }} Worker A worker; `etag` names the state for `ifMatch`. */
/** @typedef {Schemas['VersionModel']} WorkerVersion */
/** @typedef {Schemas['WorkerMetricsModel']} WorkerMetrics null: not known, e.g. before the first request. */
/** @typedef {Schemas['EventModel']} ObjectEvent A Kubernetes Event about a worker or a platform. */
/** @typedef {Schemas['MetricsPointModel']} MetricsPoint */
/** @typedef {Schemas['TemplateModel']} FollowedTemplate */
/** @typedef {Schemas['PermissionsModel']} WorkerPermissions What the caller may do with a worker. */
/** @typedef {Schemas['PlatformModel']} Platform */
/** @typedef {Schemas['FleetHealthModel']} FleetHealth */
/** @typedef {Schemas['ApiStatusModel']} ApiStatus */

/** @typedef {Schemas['NewWorkerModel']} NewWorker */
/** @typedef {Schemas['ReplacedWorkerModel']} WorkerFields */
/** @typedef {Schemas['EliteDeployModel']} EliteDeployment */
/** @typedef {Schemas['CustomerDeployModel']} CustomerDeployment */
/** @typedef {Schemas['R2DeployModel']} R2Deployment */
/** @typedef {Schemas['ScaleModel']} Scale */
/** @typedef {Schemas['AutoscaleModel']} Autoscale */

/** @typedef {Omit<Schemas['WorkerAnswerModel'], 'worker'> & { worker: Worker }} WorkerAnswer */
/** @typedef {Omit<Schemas['DeploymentAnswerModel'], 'worker'> & { worker: Worker }} DeploymentAnswer */
/** @typedef {Schemas['DeletionAnswerModel']} DeletionAnswer */
/** @typedef {Schemas['AutoscaleAnswerModel']} AutoscaleAnswer */
/** @typedef {Omit<Schemas['LogsAnswerModel'], 'logs'> & { logs: LogEntry[] }} LogsAnswer */
/** @typedef {Schemas['WorkersAnswerModel']} WorkersPage */

/**
 * @typedef {object} LogEntry
 * @property {string} time
 * @property {string} version Version that logged it.
 * @property {number} instance Instance that logged it.
 * @property {'console' | 'exception' | 'invocation'} type
 * @property {string} level log, debug, info, warn or error.
 * @property {string} message
 * @property {string} [stack] Of an exception.
 * @property {string} [requestId] What the entries of one invocation have in common.
 * @property {string} [trigger] Of an invocation, as all that follows, e.g. GET /cart.
 * @property {string} [outcome]
 * @property {number} [status]
 * @property {number} [cpuMs]
 * @property {number} [wallMs]
 * @property {boolean} [truncated] Whether the invocation has logged more than is kept.
 */

/**
 * @typedef {{ event: 'hello', data: { stale: boolean, workers: number } }
 *   | { event: 'worker', data: { type: 'ADDED' | 'MODIFIED', worker: ListedWorker } }
 *   | { event: 'worker', data: { type: 'DELETED', worker: Pick<ListedWorker, 'script_name' | 'kind' | 'namespace' | 'name'> } }
 *   | { event: 'platform', data: { type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string } }
 *   | { event: 'stale', data: { stale: boolean } }
 *   | { event: 'resync', data: { message: string } }} FleetEvent
 */

/**
 * @typedef {object} RequestOptions
 * @property {AbortSignal} [signal] Ends the call, which throws the reason.
 * @property {number} [timeoutMs] How long one attempt may take; see ClientOptions.
 */

/**
 * @typedef {object} Place
 * @property {string} [namespace] Namespace of the worker, where several ask for its script name.
 * @property {string} [platform] WorkersPlatform of the worker, where several have it.
 */

/**
 * @typedef {object} Change
 * @property {number} [wait] Seconds for which the answer is held until the worker is Ready or has failed; at most 120.
 * @property {boolean} [dryRun] Whether the API server only checks the change.
 * @property {boolean} [force] Whether fields are taken over from other field managers.
 * @property {string} [ifMatch] ETag of the state that the change is about.
 * @property {string} [idempotencyKey] By which a repeated call is recognized. Default: a new one for each call.
 */

/** @typedef {RequestOptions & Place} ReadOptions */
/** @typedef {ReadOptions & Change} WriteOptions */
/** @typedef {RequestOptions & Change & { namespace?: string }} CreateOptions Namespace: where the worker is created. */

/**
 * @typedef {object} Filter
 * @property {'elite-worker' | 'customer-worker' | 'brand' | 'design' | 'develop'} [type]
 * @property {string} [customerId]
 * @property {'dev' | 'staging' | 'production'} [environment]
 * @property {string} [template]
 * @property {string} [platform]
 * @property {string} [namespace]
 * @property {boolean} [ready]
 * @property {string} [labelSelector] As kubectl has it, e.g. team=shop,tier in (web,api).
 */

export {};
