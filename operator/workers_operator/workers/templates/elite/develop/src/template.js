/** The audits and fixes of "develop". */
import { BLOCKING_AUDITS, fixDefer, fixTrackers } from "./blocking.js";
import { BUDGET_AUDITS } from "./budgets.js";
import { compressFile, DELIVERY_AUDITS, keepFile } from "./delivery.js";
import { fixPreconnect, fixPreloads, HINT_AUDITS } from "./hints.js";
import { fixCookies, fixDisclosure, fixHeaders, fixMixedContent, SECURITY_AUDITS } from "./security.js";
import { resourcesOf } from "./resources.js";
import { STANDARDS_AUDITS } from "./standards.js";

const fixes = {
  headers: fixHeaders,
  disclosure: fixDisclosure,
  cookies: fixCookies,
  mixedContent: fixMixedContent,
  preloads: fixPreloads,
  preconnect: fixPreconnect,
  trackers: fixTrackers,
  defer: fixDefer,
};

const fileFixes = { compression: compressFile, caching: keepFile };

/** @type {import("code24/types.d.ts").EliteTemplate} */
export default {
  type: "develop",
  title: "Develop report",
  audits: [
    ...STANDARDS_AUDITS,
    ...SECURITY_AUDITS,
    ...BLOCKING_AUDITS,
    ...HINT_AUDITS,
    ...DELIVERY_AUDITS,
    ...BUDGET_AUDITS,
  ],
  fixes,
  fileFixes,
  // "defer" changes the order in which scripts run, so users must enable it.
  defaults: Object.keys({ ...fixes, ...fileFixes }).filter((name) => name !== "defer"),
  assets: (page) => resourcesOf(page).flatMap(({ url, kind }) => (kind === "image" ? [] : url.href)),
};
