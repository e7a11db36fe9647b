/**
 * Customer Worker "content": serves a publisher's site. It caches pages and assets at the edge (code24/caching/fronting.js),
 * assembles pages from fragments (includes.js), and restricts premium pages to readers with access (paywall.js).
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
import { assemble, CAPABILITY } from "./includes.js";
import { guard } from "./paywall.js";

const TITLE = "Site unavailable";
const CACHE = "code24-content";
const DEFAULTS = { pageTtl: 120, assetTtl: 86_400, staleWhileRevalidate: 300, staleIfError: 86_400 };

/** @typedef {import("code24/types.d.ts").Config} Config */
/** @typedef {import("code24/types.d.ts").SiteEnv} SiteEnv */
/** @typedef {import("code24/types.d.ts").SiteVisit} SiteVisit */

/** @type {ExportedHandler<SiteEnv>} */
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const { parameters } = config;
    if (url.pathname.endsWith(PURGE_PATH))
      return purge(request, env, await openCache(CACHE), longestLife(parameters, DEFAULTS));
    const extra = feature(config, "includes") ? CAPABILITY : {};
    const visit = { request, url, parameters, defaults: DEFAULTS, env, ctx, cacheName: CACHE, title: TITLE, extra };
    const answer = refused(visit, config) ?? (await served(visit, config));
    const security = feature(config, "security");
    if (security && !answer.webSocket) protect(answer, security);
    return answer;
  },
};

/** @param {SiteVisit} visit @param {Config} config @returns {Promise<Response>} */
async function served(visit, config) {
  const { request, url } = visit;
  const { url: origin, problem } = originOf(config.parameters, url, "https://news.example.com/");
  if (!origin) return failureFor(request, TITLE, 422, "invalid_parameters", problem, { field: "parameters.origin" });
  const known = { ...visit, origin };
  const answer = await serve(known);
  if (answer.webSocket) return answer; // a WebSocket upgrade requires the original Response object
  const includes = feature(config, "includes");
  const whole = includes ? assemble(known, answer, includes) : answer;
  const paywall = feature(config, "paywall");
  return paywall ? guard(known, whole, paywall) : whole;
}
