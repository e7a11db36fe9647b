/** Evaluates Cache-Control and Expires for a shared cache (RFC 9111, and RFC 5861 for stale responses). */

/** Upper limit, in seconds, for serving stale responses. */
export const MOST_STALE_S = 7 * 86_400;
const DIRECTIVE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;

/**
 * Parse Cache-Control into a map from directives in lower case to values, or "".
 * @param {Headers} headers
 * @returns {Map<string, string>}
 */
function directives(headers) {
  const found = (headers.get("Cache-Control") ?? "").matchAll(DIRECTIVE);
  return new Map(Array.from(found, ([, name, quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ""]));
}

/**
 * Return a directive's seconds: 0 if they are invalid, null if the directive is absent.
 * @param {Map<string, string>} rules
 * @param {string} name
 */
function seconds(rules, name) {
  const value = rules.get(name);
  if (value === undefined) return null;
  return /^\d+$/.test(value) ? Number(value) : 0;
}

/**
 * Return whether the origin forbids storing the response.
 * @param {Headers} headers
 */
export function forbidsSharing(headers) {
  const rules = directives(headers);
  return rules.has("private") || rules.has("no-store") || rules.has("no-cache") || freshFor(headers) === 0;
}

/**
 * Return the lifetime in seconds that the origin allows, or null if it sets none.
 * @param {Headers} headers
 * @returns {number | null}
 */
export function freshFor(headers) {
  const rules = directives(headers);
  const allowed = seconds(rules, "s-maxage") ?? seconds(rules, "max-age");
  const expires = headers.get("Expires");
  if (allowed !== null || expires === null) return allowed;
  return Math.max(0, Math.floor((Date.parse(expires) - Date.now()) / 1000) || 0);
}

/**
 * Return for how many seconds a stale response can be served: as the origin says, 0 if it requires revalidation, else
 * `otherwise`.
 * @param {Headers} headers
 * @param {"stale-while-revalidate" | "stale-if-error"} name
 * @param {number} otherwise
 * @returns {number}
 */
export function staleFor(headers, name, otherwise) {
  const rules = directives(headers);
  const strict = ["must-revalidate", "proxy-revalidate", "s-maxage"].some((rule) => rules.has(rule));
  return Math.min(seconds(rules, name) ?? (strict ? 0 : otherwise), MOST_STALE_S);
}
