/** Rejects visitors according to the features "maintenance" and "security". */

import { feature } from "../config.js";
import { closed } from "./maintenance.js";
import { turnAway } from "./security.js";

/**
 * Return the response to a rejected visitor, or null.
 * @param {import("../types.d.ts").SiteVisit} visit
 * @param {import("../types.d.ts").Config} config
 */
export function refused({ request, url }, config) {
  const maintenance = feature(config, "maintenance");
  const security = feature(config, "security");
  return (
    (maintenance && closed(request, url, maintenance)) ??
    (security && turnAway(request, url, security, "Not available"))
  );
}
