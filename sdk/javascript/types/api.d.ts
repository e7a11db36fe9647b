/**
 * @import { Answer, Call, ClientOptions } from './transport.js'
 * @import {
 *   ApiStatus, Autoscale, AutoscaleAnswer, Change, CreateOptions, CustomerDeployment, DeletionAnswer, DeploymentAnswer,
 *   EliteDeployment, Filter, FleetEvent, FleetHealth, FollowedTemplate, LogEntry, LogsAnswer, MetricsPoint, NewWorker, ObjectEvent, Place,
 *   Platform, R2Deployment, ReadOptions, RequestOptions, Scale, Worker, WorkerAnswer, WorkerFields, WorkerMetrics, WorkerPermissions,
 *   WorkerVersion, WorkersPage, WriteOptions
 * } from './types.js'
 */
/**
 * Client of the Code24 Workers API.
 *
 * Every method throws a Code24Error if the API refuses, and the reason of `signal` if that is aborted. Reads, and writes
 * that the gateway recognizes when they are repeated, are tried again after lost connections and 429, 502, 503 and 504.
 */
export class Code24WorkersAPI {
    /**
     * @param {string | URL} baseUrl Address of the gateway, e.g. https://api.code24.dev.
     * @param {ClientOptions} [options]
     */
    constructor(baseUrl: string | URL, options?: ClientOptions);
    /**
     * Deploy a product worker for a customer; deployed again, the fields that are given change.
     *
     * @param {EliteDeployment} deployment
     * @param {CreateOptions} [options]
     * @returns {Promise<DeploymentAnswer>}
     */
    deployEliteWorker(deployment: EliteDeployment, options?: CreateOptions): Promise<DeploymentAnswer>;
    /**
     * Deploy a customer's worker from a template; deployed again, the fields that are given change.
     *
     * @param {CustomerDeployment} deployment
     * @param {CreateOptions} [options]
     * @returns {Promise<DeploymentAnswer>}
     */
    deployCustomerWorker(deployment: CustomerDeployment, options?: CreateOptions): Promise<DeploymentAnswer>;
    /**
     * Deploy a worker whose code is an object in R2; deployed again, the fields that are given change.
     *
     * @param {R2Deployment} deployment
     * @param {CreateOptions} [options]
     * @returns {Promise<DeploymentAnswer>}
     */
    deployFromR2(deployment: R2Deployment, options?: CreateOptions): Promise<DeploymentAnswer>;
    /**
     * List workers by script name. Iterate over the result, or over its `pages()`.
     *
     * @param {Filter & { limit?: number }} [filter] `limit`: number of workers on a page, 1 to 1,000. Default: 100.
     * @param {RequestOptions} [options]
     */
    listWorkers(filter?: Filter & {
        limit?: number;
    }, options?: RequestOptions): WorkerList;
    /**
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<Worker>}
     */
    getWorker(name: string, options?: ReadOptions): Promise<Worker>;
    /**
     * @param {NewWorker} worker
     * @param {CreateOptions} [options]
     * @returns {Promise<WorkerAnswer>}
     */
    createWorker(worker: NewWorker, options?: CreateOptions): Promise<WorkerAnswer>;
    /**
     * Replace what a worker consists of; customer, script name, platform and subdomain stay unless they are given.
     *
     * @param {string} name Script name.
     * @param {WorkerFields} worker
     * @param {WriteOptions} [options]
     * @returns {Promise<WorkerAnswer>}
     */
    updateWorker(name: string, worker: WorkerFields, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Change fields of a worker: null removes one, lists are replaced, what is absent stays (RFC 7396).
     *
     * @param {string} name Script name.
     * @param {WorkerFields} fields
     * @param {WriteOptions} [options]
     * @returns {Promise<WorkerAnswer>}
     */
    patchWorker(name: string, fields: WorkerFields, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Delete a worker. One that is gone when the call is repeated after a lost connection is a NotFoundError.
     *
     * @param {string} name Script name.
     * @param {WriteOptions} [options]
     * @returns {Promise<DeletionAnswer>}
     */
    deleteWorker(name: string, options?: WriteOptions): Promise<DeletionAnswer>;
    /**
     * The newest versions of a worker, with the share of the requests that each one gets.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<WorkerVersion[]>}
     */
    getWorkerVersions(name: string, options?: ReadOptions): Promise<WorkerVersion[]>;
    /**
     * The Events about a worker, newest first.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<ObjectEvent[]>}
     */
    getWorkerEvents(name: string, options?: ReadOptions): Promise<ObjectEvent[]>;
    /**
     * The template that a worker follows, and how far its newest version has come with its followers.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<FollowedTemplate>}
     */
    getWorkerTemplate(name: string, options?: ReadOptions): Promise<FollowedTemplate>;
    /**
     * What the caller may do with a worker.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<WorkerPermissions>}
     */
    getWorkerPermissions(name: string, options?: ReadOptions): Promise<WorkerPermissions>;
    /**
     * Have the operator resolve the code of a worker again now, and deploy whatever is not as it should be.
     *
     * @param {string} name Script name.
     * @param {Omit<WriteOptions, "wait">} [options]
     * @returns {Promise<Worker>}
     */
    redeployWorker(name: string, options?: Omit<WriteOptions, "wait">): Promise<Worker>;
    /**
     * The custom resource of a worker.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<Record<string, unknown>>}
     */
    getWorkerObject(name: string, options?: ReadOptions): Promise<Record<string, unknown>>;
    /**
     * The custom resource of a worker, as YAML.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     */
    getWorkerYaml(name: string, options?: ReadOptions): Promise<string>;
    /**
     * Wait until a worker is Ready. Throws DeploymentError if it has failed, and a DOMException of the name TimeoutError if
     * it is neither in time.
     *
     * @param {string | Worker} worker Script name, or the worker of an answer to a change: that change is waited for.
     * @param {Place & { timeoutMs?: number, signal?: AbortSignal }} [options] `timeoutMs`: of all; default: 300,000.
     *   The place is of a name; a worker knows its own.
     * @returns {Promise<Worker>}
     */
    waitUntilReady(worker: string | Worker, options?: Place & {
        timeoutMs?: number;
        signal?: AbortSignal;
    }): Promise<Worker>;
    /**
     * Set the number of instances, and the limits of one request.
     *
     * @param {string} name Script name.
     * @param {Scale} scale
     * @param {WriteOptions} [options]
     * @returns {Promise<WorkerAnswer>}
     */
    scaleWorker(name: string, scale: Scale, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Have autoscalers decide now; a policy turns autoscaling on for the selected workers.
     *
     * @param {Autoscale} [selection] Default: all workers that have an autoscaler.
     * @param {RequestOptions & Omit<Change, 'ifMatch'>} [options]
     * @returns {Promise<AutoscaleAnswer>}
     */
    autoScale(selection?: Autoscale, options?: RequestOptions & Omit<Change, "ifMatch">): Promise<AutoscaleAnswer>;
    /**
     * Go on with the next step of a rollout, or with `full` give the version all requests at once.
     *
     * @param {string} name Script name.
     * @param {WriteOptions & { full?: boolean }} [options]
     */
    promoteRollout(name: string, { full, ...options }?: WriteOptions & {
        full?: boolean;
    }): Promise<WorkerAnswer>;
    /**
     * Send all requests back to the version that served before.
     *
     * @param {string} name Script name.
     * @param {WriteOptions} [options]
     */
    abortRollout(name: string, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Hold a rollout at its step.
     *
     * @param {string} name Script name.
     * @param {WriteOptions} [options]
     */
    pauseRollout(name: string, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Let a rollout go on that is held.
     *
     * @param {string} name Script name.
     * @param {WriteOptions} [options]
     */
    resumeRollout(name: string, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Try a version again that was aborted or rolled back.
     *
     * @param {string} name Script name.
     * @param {WriteOptions} [options]
     */
    retryRollout(name: string, options?: WriteOptions): Promise<WorkerAnswer>;
    /**
     * Return to a former version.
     *
     * @param {string} name Script name.
     * @param {WriteOptions & { version?: string }} [options] `version`: its hash. Default: the former one.
     */
    undoRollout(name: string, { version, ...options }?: WriteOptions & {
        version?: string;
    }): Promise<WorkerAnswer>;
    /**
     * What the requests of a worker came to in the last window.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<WorkerMetrics>}
     */
    getWorkerMetrics(name: string, options?: ReadOptions): Promise<WorkerMetrics>;
    /**
     * The metrics of a worker over time, as far as the gateway has seen them.
     *
     * @param {string} name Script name.
     * @param {ReadOptions} [options]
     * @returns {Promise<MetricsPoint[]>}
     */
    getWorkerMetricsHistory(name: string, options?: ReadOptions): Promise<MetricsPoint[]>;
    /**
     * What a worker has logged, in the order of time.
     *
     * @param {string} name Script name.
     * @param {ReadOptions & { limit?: number, since?: string }} [options] `limit`: number of entries, the newest. Default:
     *   100. `since`: a time, or a duration such as 24h. Default: 10m.
     * @returns {Promise<LogsAnswer>}
     */
    getWorkerLogs(name: string, options?: ReadOptions & {
        limit?: number;
        since?: string;
    }): Promise<LogsAnswer>;
    /**
     * Iterate over what a worker has logged, and then over what it logs, until the loop is left or the signal aborted.
     *
     * @param {string} name Script name.
     * @param {ReadOptions & { limit?: number, since?: string, onNotice?: (message: string) => void }} [options] As of
     *   getWorkerLogs. `onNotice`: is told e.g. that logs are sampled.
     * @returns {AsyncGenerator<LogEntry, void, undefined>}
     */
    followLogs(name: string, options?: ReadOptions & {
        limit?: number;
        since?: string;
        onNotice?: (message: string) => void;
    }): AsyncGenerator<LogEntry, void, undefined>;
    /**
     * The health of all workers, or of those that a filter lets pass.
     *
     * @param {Filter} [filter]
     * @param {RequestOptions} [options]
     * @returns {Promise<FleetHealth>}
     */
    getHealth(filter?: Filter, options?: RequestOptions): Promise<FleetHealth>;
    /**
     * Whether the API works; with a token also accounts, platforms and counts.
     *
     * @param {RequestOptions} [options]
     * @returns {Promise<ApiStatus>}
     */
    getStatus(options?: RequestOptions): Promise<ApiStatus>;
    /**
     * @param {RequestOptions} [options]
     * @returns {Promise<Platform[]>}
     */
    listPlatforms(options?: RequestOptions): Promise<Platform[]>;
    /**
     * The Events about a platform, newest first.
     *
     * @param {string} name Name of the WorkersPlatform.
     * @param {RequestOptions} [options]
     * @returns {Promise<ObjectEvent[]>}
     */
    getPlatformEvents(name: string, options?: RequestOptions): Promise<ObjectEvent[]>;
    /**
     * Iterate over changes of workers and platforms, until the loop is left or the signal aborted. After `resync`, changes
     * may be lost: read everything again.
     *
     * @param {RequestOptions} [options]
     * @returns {AsyncGenerator<FleetEvent, void, undefined>}
     */
    watchEvents(options?: RequestOptions): AsyncGenerator<FleetEvent, void, undefined>;
    #private;
}
import type { EliteDeployment } from './types.js';
import type { CreateOptions } from './types.js';
import type { DeploymentAnswer } from './types.js';
import type { CustomerDeployment } from './types.js';
import type { R2Deployment } from './types.js';
import type { Filter } from './types.js';
import type { RequestOptions } from './types.js';
import { WorkerList } from "./pages.js";
import type { ReadOptions } from './types.js';
import type { Worker } from './types.js';
import type { NewWorker } from './types.js';
import type { WorkerAnswer } from './types.js';
import type { WorkerFields } from './types.js';
import type { WriteOptions } from './types.js';
import type { DeletionAnswer } from './types.js';
import type { WorkerVersion } from './types.js';
import type { ObjectEvent } from './types.js';
import type { FollowedTemplate } from './types.js';
import type { WorkerPermissions } from './types.js';
import type { Place } from './types.js';
import type { Scale } from './types.js';
import type { Autoscale } from './types.js';
import type { Change } from './types.js';
import type { AutoscaleAnswer } from './types.js';
import type { WorkerMetrics } from './types.js';
import type { MetricsPoint } from './types.js';
import type { LogsAnswer } from './types.js';
import type { LogEntry } from './types.js';
import type { FleetHealth } from './types.js';
import type { ApiStatus } from './types.js';
import type { Platform } from './types.js';
import type { FleetEvent } from './types.js';
import type { ClientOptions } from './transport.js';
