/**
 * Customer Worker "ecommerce": serves a shop from its origin. It caches responses that are the same for all visitors at the
 * edge (code24/caching/fronting.js), and never caches personal ones.
 *
 *   …/.well-known/code24/health   {"status":"ok"}, without a request to the origin
 *   …/.well-known/code24/purge    purges by tag, by path, or everything (code24/caching/purging.js)
 * Errors: 422 `invalid_parameters` with the `field`; 502 `origin_unreachable`; by features: 403 `blocked`,
 * 429 `too_many_requests`, 503 `maintenance`.
 */

import { failureFor, healthy } from "code24/answers.js";
import { asksHealth, feature, readConfig } from "code24/config.js";
import { openCache } from "code24/caching/entries.js";
import { longestLife, serve } from "code24/caching/fronting.js";
import { originOf } from "code24/origin.js";
import { purge, PURGE_PATH } from "code24/caching/purging.js";
import { refused } from "code24/visitors/refusing.js";
import { protect } from "code24/visitors/security.js";
import { count } from "./analytics.js";
import { optimize } from "./optimization.js";
import { remember, variantOf } from "./splitting.js";

const TITLE = "Shop unavailable";
const CACHE = "code24-ecommerce";
const DEFAULTS = { pageTtl: 60, assetTtl: 86_400, staleWhileRevalidate: 60, staleIfError: 86_400 };

/** @typedef {import("code24/types.d.ts").Config} Config */
/** @typedef {import("code24/types.d.ts").SiteEnv} SiteEnv */
/** @typedef {import("code24/types.d.ts").SiteVisit} SiteVisit */
/** @typedef {import("./splitting.js").Assignment} Assignment */

/** @type {ExportedHandler<SiteEnv>} */
export default {
  async fetch(request, env, ctx) {
    const started = Date.now();
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const { parameters } = config;
    if (url.pathname.endsWith(PURGE_PATH))
      return purge(request, env, await openCache(CACHE), longestLife(parameters, DEFAULTS));
    const visit = { request, url, parameters, defaults: DEFAULTS, env, ctx, cacheName: CACHE, title: TITLE };
    const split = feature(config, "ab-testing");
    const variant = split && variantOf(request, split);
    const answer = refused(visit, config) ?? (await served(visit, variant));
    if (answer.webSocket) return answer; // a WebSocket upgrade requires the original Response object
    if (variant) remember(answer, variant);
    return withFeatures(visit, answer, config, variant, started);
  },
};

/** @param {SiteVisit} visit @param {Assignment | null} variant */
async function served(visit, variant) {
  const { request, url, parameters } = visit;
  const { url: origin, problem } = originOf(parameters, url, "https://shop.example.com/");
  if (!origin) return failureFor(request, TITLE, 422, "invalid_parameters", problem, { field: "parameters.origin" });
  /** @type {Record<string, string>} */
  const extra = variant ? { "Code24-Variant": variant.name } : {};
  return serve({ ...visit, origin, extra, variant: variant?.name });
}

/**
 * Apply the enabled features to a response. The cache contains the origin's response, so a change of features takes effect
 * at once.
 * @param {SiteVisit} visit
 * @param {Response} answer
 * @param {Config} config
 * @param {Assignment | null} variant
 * @param {number} started time of the request, in ms
 */
function withFeatures(visit, answer, config, variant, started) {
  const security = feature(config, "security");
  if (security) protect(answer, security);
  const analytics = feature(config, "analytics");
  if (analytics) count(visit, answer, config, analytics, variant, Date.now() - started);
  const optimization = feature(config, "optimization");
  return optimization ? optimize(visit.request, answer, optimization) : answer;
}
