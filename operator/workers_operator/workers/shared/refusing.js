/** Whom a site is closed to, by the features "maintenance" and "security". */

import { feature } from "./config.js";
import { closed } from "./maintenance.js";
import { turnAway } from "./security.js";

/**
 * The answer to somebody whom the site is closed to, or null.
 * @param {import("./types.d.ts").SiteVisit} visit
 * @param {import("./types.d.ts").Config} config
 */
export function refused({ request, url }, config) {
  const maintenance = feature(config, "maintenance");
  const security = feature(config, "security");
  return (
    (maintenance && closed(request, url, maintenance)) ??
    (security && turnAway(request, url, security, "Not available"))
  );
}
