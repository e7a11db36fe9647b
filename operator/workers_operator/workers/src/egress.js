/**
 * The outbound Worker: every fetch() of a confined worker comes here, and goes on if its host is allowed.
 *
 * Binding: EGRESS (JSON), the platform's {"allow": [host] | null, "allowPrivate": [host]}; null allows all public hosts.
 * Parameter of the dispatch namespace's bindings: `allow`, the worker's own list in JSON, which replaces the platform's;
 * null if it has none. Private hosts need the platform's `allowPrivate`, too.
 *
 * A redirect that a worker follows is another fetch() of its own. TCP connections and what goes through other bindings
 * do not come here.
 */

import { errorJson } from "./errors.js";
import { hostOf, isPrivate, names } from "./hosts.js";

/** @typedef {{allow: string[] | null, allowPrivate: string[]}} PlatformEgress */
/** @typedef {{EGRESS: PlatformEgress, allow?: string | null}} Env */

/** @type {ExportedHandler<Env>} */
export default {
  async fetch(request, env) {
    const own = JSON.parse(env.allow ?? "null");
    for (const host of hostsOf(request)) {
      const problem = problemOf(host, own, env.EGRESS);
      if (problem) return refuse(host, problem);
    }
    return fetch(request);
  },
};

/** Return the host of a request, and the one that is connected to in its place. @param {Request} request */
function hostsOf(request) {
  const override = /** @type {{resolveOverride?: unknown} | undefined} */ (request.cf)?.resolveOverride;
  return typeof override === "string" ? [hostOf(request.url), hostOf(`https://${override}`)] : [hostOf(request.url)];
}

/**
 * Return why requests to a host are not allowed, or null if they are.
 * @param {string} host
 * @param {string[] | null} own
 * @param {PlatformEgress} platform
 */
function problemOf(host, own, platform) {
  if (isPrivate(host) && !names(platform.allowPrivate, host))
    return "it is a private address or name, which WorkersPlatform.spec.egress.allowPrivate does not name";
  const list = own ?? platform.allow;
  if (list === null || names(list, host)) return null;
  return `${own ? "the worker's spec" : "WorkersPlatform.spec"}.egress.allow does not name it`;
}

/** @param {string} host @param {string} problem */
function refuse(host, problem) {
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": "egress_refused",
  };
  return new Response(errorJson("egress_refused", `Requests to ${host} are not allowed: ${problem}.`), {
    status: 403,
    headers,
  });
}
