import { deadline } from "./clock.js";
import { DeploymentError, NotFoundError } from "./errors.js";

/** @typedef {import('./types.js').Worker} Worker */

const READY_MS = 300_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** How long a new worker may be unknown to another replica of the gateway. */
const UNKNOWN_MS = 5_000;
const FAILED = ["Aborted", "RolledBack"];

/**
 * Read a worker until it is Ready. Throws DeploymentError if it has failed, a DOMException of the name TimeoutError if it
 * is neither in time, or the reason of the signal.
 *
 * @param {Pick<Worker, "script_name" | "generation">} wanted
 * @param {(signal: AbortSignal) => Promise<Worker>} read
 * @param {(ms: number, signal: AbortSignal) => Promise<void>} sleep
 * @param {{ timeoutMs?: number, signal?: AbortSignal }} options
 */
export async function untilReady(wanted, read, sleep, { timeoutMs = READY_MS, signal }) {
  const began = Date.now();
  let state = "it is not known";
  const late = () => {
    const text = `worker ${wanted.script_name} is not Ready after ${timeoutMs / 1000} s: ${state}`;
    return new DOMException(text, "TimeoutError");
  };
  const timer = deadline(signal, timeoutMs, late);
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const found = await readKnown(read, timer.signal, Date.now() - began < UNKNOWN_MS);
      if (found && isSettled(found, wanted.generation)) return found;
      if (found) state = `${found.reason}: ${found.message ?? "not Ready"}`;
      await sleep(pause, timer.signal);
    }
  } finally {
    timer.clear();
  }
}

/**
 * @param {(signal: AbortSignal) => Promise<Worker>} read
 * @param {AbortSignal} signal
 * @param {boolean} mayBeUnknown
 */
async function readKnown(read, signal, mayBeUnknown) {
  try {
    return await read(signal);
  } catch (error) {
    if (mayBeUnknown && error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/**
 * Whether a worker is as its spec asks for. Throws DeploymentError if it cannot become so by itself.
 *
 * @param {Worker} worker
 * @param {number} generation The spec that is meant; a worker of an earlier one is not there yet.
 */
function isSettled(worker, generation) {
  if (worker.observedGeneration < Math.max(worker.generation, generation)) return false;
  const { rollout } = worker;
  const stalled = conditionOf(worker, "Stalled");
  if (stalled?.status === "True" || FAILED.includes(rollout?.phase ?? "")) throw failure(worker, stalled);
  return worker.ready && (rollout?.phase ?? "Succeeded") === "Succeeded";
}

/**
 * @param {Worker} worker
 * @param {ReturnType<typeof conditionOf>} stalled
 */
function failure(worker, stalled) {
  const { reason: code, message } = stalled?.status === "True" ? stalled : (conditionOf(worker, "Ready") ?? worker);
  const item = { code, message: message ?? "it is not Ready", field: null };
  const text = `worker ${worker.script_name}: ${item.code}: ${item.message}`;
  return new DeploymentError(text, { status: 422, errors: [item], worker });
}

/**
 * @param {Worker} worker
 * @param {string} type
 */
function conditionOf(worker, type) {
  return worker.conditions.find((condition) => condition.type === type);
}
