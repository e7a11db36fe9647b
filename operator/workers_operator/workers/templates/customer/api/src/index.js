/**
 * Customer Worker "api": a gateway for an API. It routes each version to its upstream, checks keys, limits the request
 * rate, answers CORS requests and validates requests.
 *
 *   …/.well-known/code24/health   {"status":"ok"}, without a request to an upstream
 * Errors, always JSON: 404 `unknown_version`, 410 `version_gone`, 413 `too_large`, 422 `invalid_parameters`, 502
 * `origin_unreachable`; by features: 400 `invalid_request`, 401 `unauthorized`, 429 `too_many_requests`, 503 `keys_missing`.
 */

import { failure, fetchProblem, healthy } from "code24/answers.js";
import { asksHealth, feature, readConfig, wholeNumber } from "code24/config.js";
import { messageOf } from "code24/errors.js";
import { askOrigin, originOf, timeoutMs, toPublic } from "code24/origin.js";
import { RateLimit } from "code24/visitors/ratelimit.js";
import { addressOf } from "code24/visitors/visitor.js";
import { allow, isPreflight, preflight } from "./cors.js";
import { hideKey, identify } from "./keys.js";
import { check, rulesFor } from "./validation.js";
import { isGone, routeOf, tellVersion, versionsOf } from "./versions.js";

const MAX_BODY = 1024 * 1024;
const REQUESTS = 60;
const SECONDS = 60;
const limits = new RateLimit();

/** @typedef {import("code24/types.d.ts").Config} Config */
/** @typedef {import("./versions.js").Route} Route */
/** @typedef {{CONFIG?: Partial<Config>, API_KEYS?: string}} ApiEnv */

/** @type {ExportedHandler<ApiEnv>} */
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const cors = feature(config, "cors");
    if (cors && isPreflight(request)) return preflight(request, cors);
    const answer = await answerTo(request, url, env, config);
    if (cors && !answer.webSocket) allow(request, answer, cors);
    return answer;
  },
};

/** @param {Request} request @param {URL} url @param {ApiEnv} env @param {Config} config @returns {Promise<Response>} */
async function answerTo(request, url, env, config) {
  const { parameters } = config;
  const route = routeOf(request, url, parameters);
  if (!route) return failure(404, "unknown_version", "There is no such version.", { versions: versionsOf(parameters) });
  if (isGone(route.upstream)) {
    const gone = failure(410, "version_gone", "This version is no longer available.");
    tellVersion(gone, route.upstream, parameters.versionHeader);
    return gone;
  }
  const keys = feature(config, "keys");
  const { client = "", refused } = keys ? await identify(request, route.url, env, keys) : {};
  const limited = refused ? null : limit(request, client, feature(config, "rate-limit"));
  const answer = refused ?? limited?.refused ?? (await checked(request, route, config, client));
  if (answer.webSocket) return answer;
  for (const [name, value] of Object.entries(limited?.headers ?? {})) answer.headers.set(name, value);
  return answer;
}

/**
 * Count a request against the client's limit. Return the RateLimit headers, and `refused` over the limit; null without
 * a limit.
 * @param {Request} request
 * @param {string} client
 * @param {{requests?: unknown, seconds?: unknown} | null} parameters
 * @returns {{headers: Record<string, string>, refused?: Response} | null}
 */
function limit(request, client, parameters) {
  if (!parameters) return null;
  const most = wholeNumber(parameters.requests, REQUESTS);
  const window = wholeNumber(parameters.seconds, SECONDS);
  const { isOver, left, seconds } = limits.count(client ? `client ${client}` : addressOf(request), most, window);
  const headers = {
    "RateLimit-Policy": `"default";q=${most};w=${window}`,
    RateLimit: `"default";r=${left};t=${seconds}`,
  };
  if (!isOver) return { headers };
  const retry = { "Retry-After": String(seconds) };
  return {
    headers,
    refused: failure(429, "too_many_requests", `The limit is ${most} requests in ${window} s.`, {}, retry),
  };
}

/**
 * Validate a request and forward it to the upstream.
 * @param {Request} request
 * @param {Route} route
 * @param {Config} config
 * @param {string} client
 */
async function checked(request, route, config, client) {
  const rules = rulesFor(request, route.url, feature(config, "validation")?.rules ?? []);
  const most = wholeNumber(config.parameters.maxBodyBytes, MAX_BODY);
  const body = await bodyOf(
    request,
    most,
    rules.some((rule) => rule.body),
  );
  if (body === null) return failure(413, "too_large", `The body exceeds the limit of ${most} bytes.`);
  try {
    const problems = check(rules, route.url, request.headers.get("Content-Type"), body.bytes);
    if (problems.length > 0)
      return failure(400, "invalid_request", "The request is invalid; see problems.", { problems });
  } catch (error) {
    const details = { field: "parameters.validation" };
    return failure(422, "invalid_parameters", `parameters.validation: ${messageOf(error)}`, details);
  }
  return forward(request, route, config, client, body.stream);
}

/**
 * Return a request's body, or null if it is too large. It is read into `bytes` if it will be validated (`isRead`) or has
 * no Content-Length.
 * @param {Request} request
 * @param {number} most
 * @param {boolean} isRead
 * @returns {Promise<{stream: ReadableStream | Uint8Array | null, bytes: Uint8Array} | null>}
 */
async function bodyOf(request, most, isRead) {
  const none = new Uint8Array();
  if (!request.body) return { stream: null, bytes: none };
  const length = request.headers.get("Content-Length");
  if (Number(length ?? 0) > most) return null;
  if (length !== null && !isRead) return { stream: request.body, bytes: none };
  const chunks = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > most) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return { stream: bytes, bytes };
}

/**
 * @param {Request} request
 * @param {Route} route
 * @param {Config} config
 * @param {string} client
 * @param {ReadableStream | Uint8Array | null} body
 */
async function forward(request, { upstream, url, prefix }, config, client, body) {
  const { parameters } = config;
  const { url: origin, problem } = originOf({ origin: upstream.origin }, url, "https://api.example.com/");
  if (!origin) return failure(422, "invalid_parameters", problem, { field: "parameters.upstreams" });
  const headers = new Headers(request.headers);
  const keys = feature(config, "keys");
  if (keys && client) hideKey(headers, keys);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const asked = new Request(url, { method: request.method, headers, body: hasBody ? body : null });
  /** @type {Record<string, string>} */
  const extra = client ? { "Code24-Client": client } : {};
  const { originTimeout: timeout } = parameters;
  try {
    const response = await askOrigin({ request: asked, url, origin, timeout, extra }, { shared: false });
    if (response.webSocket) return response;
    const answer = toPublic({ url, origin }, response);
    withPrefix(answer, url, prefix);
    tellVersion(answer, upstream, parameters.versionHeader);
    return answer;
  } catch (error) {
    console.error(`origin unreachable: ${origin.host}: ${fetchProblem(error, timeoutMs(timeout))}`);
    return failure(502, "origin_unreachable", "The API cannot be reached at the moment.");
  }
}

/**
 * Add the version's prefix to a redirect to the public host.
 * @param {Response} response
 * @param {URL} url
 * @param {string} prefix
 */
function withPrefix(response, url, prefix) {
  const location = response.headers.get("Location");
  if (prefix && location?.startsWith(`${url.origin}/`))
    response.headers.set("Location", url.origin + prefix + location.slice(url.origin.length));
}
