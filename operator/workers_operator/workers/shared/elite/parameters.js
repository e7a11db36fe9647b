/** Parameters of all elite workers, with defaults and limits (see the templates' template.yaml). */
import { httpUrl, wholeNumber } from "../config.js";

const DEFAULTS = { depth: 1, pages: 5 };
const MOST = { depth: 3, pages: 10 };

/**
 * @param {Record<string, any>} parameters
 * @param {import("../types.d.ts").EliteTemplate} template
 */
export function readParameters(parameters, template) {
  const { url: site, problem } = httpUrl(parameters, "site", "https://example.com/");
  if (!site) return { problem: problem ?? "" };
  site.hash = "";
  const asked = parameters.optimizations;
  const known = Object.keys({ ...template.fixes, ...template.fileFixes });
  return {
    site,
    bounds: {
      depth: Math.min(wholeNumber(parameters.depth, DEFAULTS.depth), MOST.depth),
      pages: Math.max(1, Math.min(wholeNumber(parameters.pages, DEFAULTS.pages), MOST.pages)),
    },
    optimizations: Array.isArray(asked) ? known.filter((name) => asked.includes(name)) : template.defaults,
  };
}
