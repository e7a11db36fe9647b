/** What a response's Cache-Control and Expires allow a shared cache (RFC 9111; RFC 5861 for what is stale). */

/** Seconds for which no copy is used after its time, whatever anybody says. */
export const MOST_STALE_S = 7 * 86_400;
const DIRECTIVE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;

/**
 * Cache-Control as a map: directive in lower case → value, "" where it has none.
 * @param {Headers} headers
 * @returns {Map<string, string>}
 */
function directives(headers) {
  const found = (headers.get("Cache-Control") ?? "").matchAll(DIRECTIVE);
  return new Map(Array.from(found, ([, name, quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ""]));
}

/**
 * A directive's seconds; 0 where they can't be read, null where it isn't there.
 * @param {Map<string, string>} rules
 * @param {string} name
 */
function seconds(rules, name) {
  const value = rules.get(name);
  if (value === undefined) return null;
  return /^\d+$/.test(value) ? Number(value) : 0;
}

/**
 * Whether the origin wants no copy of it, however short its life.
 * @param {Headers} headers
 */
export function forbidsSharing(headers) {
  const rules = directives(headers);
  return rules.has("private") || rules.has("no-store") || rules.has("no-cache") || freshFor(headers) === 0;
}

/**
 * Seconds that the origin allows, or null where it says nothing.
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
 * Seconds for which a copy may be used after its time: what the origin says, nothing where it insists on being asked,
 * else `otherwise`.
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
