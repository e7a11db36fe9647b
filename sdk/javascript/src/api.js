import { follow, watch } from "./following.js";
import { newKey } from "./keys.js";
import { WorkerList } from "./pages.js";
import { Transport } from "./transport.js";
import { untilReady } from "./waiting.js";

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
  /** @type {Transport} */
  #transport;

  /**
   * @param {string | URL} baseUrl Address of the gateway, e.g. https://api.code24.dev.
   * @param {ClientOptions} [options]
   */
  constructor(baseUrl, options = {}) {
    this.#transport = new Transport(baseUrl, options);
  }

  // --- deployments

  /**
   * Deploy a product worker for a customer; deployed again, the fields that are given change.
   *
   * @param {EliteDeployment} deployment
   * @param {CreateOptions} [options]
   * @returns {Promise<DeploymentAnswer>}
   */
  deployEliteWorker(deployment, options) {
    return this.#write("POST", "/api/deploy/elite-worker", deployment, options);
  }

  /**
   * Deploy a customer's worker from a template; deployed again, the fields that are given change.
   *
   * @param {CustomerDeployment} deployment
   * @param {CreateOptions} [options]
   * @returns {Promise<DeploymentAnswer>}
   */
  deployCustomerWorker(deployment, options) {
    return this.#write("POST", "/api/deploy/customer-worker", deployment, options);
  }

  /**
   * Deploy a worker whose code is an object in R2; deployed again, the fields that are given change.
   *
   * @param {R2Deployment} deployment
   * @param {CreateOptions} [options]
   * @returns {Promise<DeploymentAnswer>}
   */
  deployFromR2(deployment, options) {
    return this.#write("POST", "/api/deploy/from-r2", deployment, options);
  }

  // --- workers

  /**
   * List workers by script name. Iterate over the result, or over its `pages()`.
   *
   * @param {Filter & { limit?: number }} [filter] `limit`: number of workers on a page, 1 to 1,000. Default: 100.
   * @param {RequestOptions} [options]
   */
  listWorkers(filter = {}, options) {
    /** @param {string} [cursor] */
    const read = async (cursor) => {
      const call = this.#get("/api/workers/", { ...filter, cursor }, options);
      return /** @type {WorkersPage} */ ((await this.#transport.json(call)).data);
    };
    return new WorkerList(read);
  }

  /**
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<Worker>}
   */
  async getWorker(name, options) {
    return workerOf(await this.#read(`/api/workers/${part(name)}`, options));
  }

  /**
   * @param {NewWorker} worker
   * @param {CreateOptions} [options]
   * @returns {Promise<WorkerAnswer>}
   */
  createWorker(worker, options) {
    return this.#write("POST", "/api/workers/", worker, options);
  }

  /**
   * Replace what a worker consists of; customer, script name, platform and subdomain stay unless they are given.
   *
   * @param {string} name Script name.
   * @param {WorkerFields} worker
   * @param {WriteOptions} [options]
   * @returns {Promise<WorkerAnswer>}
   */
  updateWorker(name, worker, options) {
    return this.#write("PUT", `/api/workers/${part(name)}`, worker, options);
  }

  /**
   * Change fields of a worker: null removes one, lists are replaced, what is absent stays (RFC 7396).
   *
   * @param {string} name Script name.
   * @param {WorkerFields} fields
   * @param {WriteOptions} [options]
   * @returns {Promise<WorkerAnswer>}
   */
  patchWorker(name, fields, options) {
    return this.#write("PATCH", `/api/workers/${part(name)}`, fields, options);
  }

  /**
   * Delete a worker. One that is gone when the call is repeated after a lost connection is a NotFoundError.
   *
   * @param {string} name Script name.
   * @param {WriteOptions} [options]
   * @returns {Promise<DeletionAnswer>}
   */
  async deleteWorker(name, options) {
    const call = this.#change("DELETE", `/api/workers/${part(name)}`, undefined, options);
    return (await this.#transport.json(call)).data;
  }

  /**
   * The newest versions of a worker, with the share of the requests that each one gets.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<WorkerVersion[]>}
   */
  async getWorkerVersions(name, options) {
    return (await this.#read(`/api/workers/${part(name)}/versions`, options)).data.versions;
  }

  /**
   * The Events about a worker, newest first.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<ObjectEvent[]>}
   */
  async getWorkerEvents(name, options) {
    return (await this.#read(`/api/workers/${part(name)}/events`, options)).data.events;
  }

  /**
   * The template that a worker follows, and how far its newest version has come with its followers.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<FollowedTemplate>}
   */
  async getWorkerTemplate(name, options) {
    return (await this.#read(`/api/workers/${part(name)}/template`, options)).data.template;
  }

  /**
   * What the caller may do with a worker.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<WorkerPermissions>}
   */
  async getWorkerPermissions(name, options) {
    return (await this.#read(`/api/workers/${part(name)}/permissions`, options)).data.permissions;
  }

  /**
   * Have the operator resolve the code of a worker again now, and deploy whatever is not as it should be.
   *
   * @param {string} name Script name.
   * @param {Omit<WriteOptions, "wait">} [options]
   * @returns {Promise<Worker>}
   */
  async redeployWorker(name, options) {
    const call = this.#change("POST", `/api/workers/${part(name)}/redeploy`, undefined, options);
    return withEtag(await this.#transport.json(call)).worker;
  }

  /**
   * The custom resource of a worker.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<Record<string, unknown>>}
   */
  async getWorkerObject(name, options) {
    return (await this.#read(`/api/workers/${part(name)}/object`, options)).data;
  }

  /**
   * The custom resource of a worker, as YAML.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   */
  getWorkerYaml(name, options) {
    const call = this.#get(`/api/workers/${part(name)}/object`, placeOf(options), options);
    return this.#transport.text({ ...call, headers: { Accept: "application/yaml" } });
  }

  /**
   * Wait until a worker is Ready. Throws DeploymentError if it has failed, and a DOMException of the name TimeoutError if
   * it is neither in time.
   *
   * @param {string | Worker} worker Script name, or the worker of an answer to a change: that change is waited for.
   * @param {Place & { timeoutMs?: number, signal?: AbortSignal }} [options] `timeoutMs`: of all; default: 300,000.
   *   The place is of a name; a worker knows its own.
   * @returns {Promise<Worker>}
   */
  waitUntilReady(worker, options = {}) {
    const isName = typeof worker === "string";
    const wanted = isName ? { script_name: worker, generation: 0 } : worker;
    const place = isName ? placeOf(options) : placeOf(worker);
    /** @param {AbortSignal} signal */
    const read = (signal) => this.getWorker(wanted.script_name, { ...place, signal });
    return untilReady(wanted, read, this.#transport.sleep, options);
  }

  // --- scaling and rollouts

  /**
   * Set the number of instances, and the limits of one request.
   *
   * @param {string} name Script name.
   * @param {Scale} scale
   * @param {WriteOptions} [options]
   * @returns {Promise<WorkerAnswer>}
   */
  scaleWorker(name, scale, options) {
    return this.#write("POST", `/api/scale/${part(name)}`, scale, options);
  }

  /**
   * Have autoscalers decide now; a policy turns autoscaling on for the selected workers.
   *
   * @param {Autoscale} [selection] Default: all workers that have an autoscaler.
   * @param {RequestOptions & Omit<Change, 'ifMatch'>} [options]
   * @returns {Promise<AutoscaleAnswer>}
   */
  async autoScale(selection = {}, options) {
    return (await this.#transport.json(this.#change("POST", "/api/scale/auto", selection, options))).data;
  }

  /**
   * Go on with the next step of a rollout, or with `full` give the version all requests at once.
   *
   * @param {string} name Script name.
   * @param {WriteOptions & { full?: boolean }} [options]
   */
  promoteRollout(name, { full = false, ...options } = {}) {
    return this.#order(name, "promote", { full }, options);
  }

  /**
   * Send all requests back to the version that served before.
   *
   * @param {string} name Script name.
   * @param {WriteOptions} [options]
   */
  abortRollout(name, options) {
    return this.#order(name, "abort", {}, options);
  }

  /**
   * Hold a rollout at its step.
   *
   * @param {string} name Script name.
   * @param {WriteOptions} [options]
   */
  pauseRollout(name, options) {
    return this.#order(name, "pause", {}, options);
  }

  /**
   * Let a rollout go on that is held.
   *
   * @param {string} name Script name.
   * @param {WriteOptions} [options]
   */
  resumeRollout(name, options) {
    return this.#order(name, "resume", {}, options);
  }

  /**
   * Try a version again that was aborted or rolled back.
   *
   * @param {string} name Script name.
   * @param {WriteOptions} [options]
   */
  retryRollout(name, options) {
    return this.#order(name, "retry", {}, options);
  }

  /**
   * Return to a former version.
   *
   * @param {string} name Script name.
   * @param {WriteOptions & { version?: string }} [options] `version`: its hash. Default: the former one.
   */
  undoRollout(name, { version, ...options } = {}) {
    return this.#order(name, "undo", { version }, options);
  }

  // --- monitoring

  /**
   * What the requests of a worker came to in the last window.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<WorkerMetrics>}
   */
  async getWorkerMetrics(name, options) {
    return (await this.#read(`/api/monitor/${part(name)}/metrics`, options)).data.metrics;
  }

  /**
   * The metrics of a worker over time, as far as the gateway has seen them.
   *
   * @param {string} name Script name.
   * @param {ReadOptions} [options]
   * @returns {Promise<MetricsPoint[]>}
   */
  async getWorkerMetricsHistory(name, options) {
    return (await this.#read(`/api/monitor/${part(name)}/metrics/history`, options)).data.points;
  }

  /**
   * What a worker has logged, in the order of time.
   *
   * @param {string} name Script name.
   * @param {ReadOptions & { limit?: number, since?: string }} [options] `limit`: number of entries, the newest. Default:
   *   100. `since`: a time, or a duration such as 24h. Default: 10m.
   * @returns {Promise<LogsAnswer>}
   */
  async getWorkerLogs(name, options = {}) {
    const { limit, since } = options;
    const query = { ...placeOf(options), limit, since };
    return (await this.#transport.json(this.#get(`/api/monitor/${part(name)}/logs`, query, options))).data;
  }

  /**
   * Iterate over what a worker has logged, and then over what it logs, until the loop is left or the signal aborted.
   *
   * @param {string} name Script name.
   * @param {ReadOptions & { limit?: number, since?: string, onNotice?: (message: string) => void }} [options] As of
   *   getWorkerLogs. `onNotice`: is told e.g. that logs are sampled.
   * @returns {AsyncGenerator<LogEntry, void, undefined>}
   */
  followLogs(name, options = {}) {
    const { limit, since, onNotice } = options;
    const query = { ...placeOf(options), limit, since };
    return follow(this.#transport, this.#get(`/api/monitor/${part(name)}/logs`, query, options), onNotice);
  }

  /**
   * The health of all workers, or of those that a filter lets pass.
   *
   * @param {Filter} [filter]
   * @param {RequestOptions} [options]
   * @returns {Promise<FleetHealth>}
   */
  async getHealth(filter = {}, options) {
    return (await this.#transport.json(this.#get("/api/monitor/health", { ...filter }, options))).data;
  }

  /**
   * Whether the API works; with a token also accounts, platforms and counts.
   *
   * @param {RequestOptions} [options]
   * @returns {Promise<ApiStatus>}
   */
  async getStatus(options) {
    return (await this.#transport.json(this.#get("/api/status", {}, options))).data;
  }

  /**
   * @param {RequestOptions} [options]
   * @returns {Promise<Platform[]>}
   */
  async listPlatforms(options) {
    return (await this.#transport.json(this.#get("/api/platforms", {}, options))).data.platforms;
  }

  /**
   * The Events about a platform, newest first.
   *
   * @param {string} name Name of the WorkersPlatform.
   * @param {RequestOptions} [options]
   * @returns {Promise<ObjectEvent[]>}
   */
  async getPlatformEvents(name, options) {
    return (await this.#transport.json(this.#get(`/api/platforms/${part(name)}/events`, {}, options))).data.events;
  }

  /**
   * Iterate over changes of workers and platforms, until the loop is left or the signal aborted. After `resync`, changes
   * may be lost: read everything again.
   *
   * @param {RequestOptions} [options]
   * @returns {AsyncGenerator<FleetEvent, void, undefined>}
   */
  watchEvents(options) {
    return watch(this.#transport, this.#get("/api/events", {}, options));
  }

  /**
   * @param {string} name
   * @param {'promote' | 'abort' | 'pause' | 'resume' | 'retry' | 'undo'} order
   * @param {{ full?: boolean, version?: string }} body
   * @param {WriteOptions} [options]
   * @returns {Promise<WorkerAnswer>}
   */
  async #order(name, order, body, options) {
    const call = this.#change("POST", `/api/workers/${part(name)}/rollout/${order}`, body, options);
    return withEtag(await this.#transport.json(call));
  }

  /**
   * @param {string} path
   * @param {Record<string, unknown>} query
   * @param {RequestOptions} [options]
   * @returns {Call}
   */
  #get(path, query, { signal, timeoutMs } = {}) {
    return { method: "GET", path, query, signal, timeoutMs };
  }

  /**
   * @param {string} path
   * @param {ReadOptions} [options]
   */
  #read(path, options) {
    return this.#transport.json(this.#get(path, placeOf(options), options));
  }

  /**
   * @param {'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
   * @param {string} path
   * @param {object | undefined} body
   * @param {WriteOptions} [options]
   * @returns {Call}
   */
  #change(method, path, body, options = {}) {
    const { signal, wait, dryRun, force, ifMatch, idempotencyKey = newKey() } = options;
    const timeoutMs = (options.timeoutMs ?? this.#transport.timeoutMs) + (wait ?? 0) * 1000;
    const query = { ...placeOf(options), wait, dryRun, force };
    const headers = { "If-Match": ifMatch, "Idempotency-Key": body && idempotencyKey };
    return { method, path, query, headers, body, signal, timeoutMs };
  }

  /**
   * @param {'POST' | 'PUT' | 'PATCH'} method
   * @param {string} path
   * @param {object} body
   * @param {WriteOptions} [options]
   * @returns {Promise<any>}
   */
  async #write(method, path, body, options) {
    return withEtag(await this.#transport.json(this.#change(method, path, body, options)));
  }
}

/** @param {Answer} answer */
function withEtag(answer) {
  return { ...answer.data, worker: workerOf(answer) };
}

/**
 * @param {Answer} answer
 * @returns {Worker}
 */
function workerOf({ data, headers }) {
  return { ...data.worker, etag: headers.get("ETag") ?? undefined };
}

/**
 * @param {Place} [options]
 * @returns {Place}
 */
function placeOf({ namespace, platform } = {}) {
  return { namespace, platform };
}

/**
 * Return a name as a part of a path. "." and ".." would become another path.
 *
 * @param {string} name
 */
function part(name) {
  if (typeof name !== "string" || name === "" || name === "." || name === "..") {
    throw new TypeError("the script name of a worker is required");
  }
  return encodeURIComponent(name);
}
