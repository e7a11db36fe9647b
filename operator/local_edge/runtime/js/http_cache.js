// HTTP rules for stored responses: freshness, validation and ranges.
// Source: developers.cloudflare.com/workers/runtime-apis/cache, RFC 9110 (13, 14) and RFC 9111.

const DIRECTIVE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;
const HOUR = 3600;
// Seconds by status, for responses without explicit freshness; other statuses are not stored then.
const DEFAULT_TTL = { 200: 2 * HOUR, 301: 2 * HOUR, 302: HOUR / 3, 303: HOUR / 3, 404: HOUR / 20, 410: HOUR / 20 };

// Cache-Control as a map: lower-case name -> value, '' if there is none.
function directivesOf(headers) {
  const found = (headers.get('cache-control') ?? '').matchAll(DIRECTIVE);
  return new Map(Array.from(found, ([, name, quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? '']));
}

const fieldsOf = (value) => (value ?? '').split(',').map((name) => name.trim().toLowerCase()).filter(Boolean);

// The headers that private="…" and no-cache="…" exclude from a shared cache.
export function withheld(headers) {
  const rules = directivesOf(headers);
  return [...fieldsOf(rules.get('private')), ...fieldsOf(rules.get('no-cache'))];
}

// The lifetime of a response in seconds; 0 means that it is not stored.
export function ttlOf(status, headers, now) {
  const rules = directivesOf(headers);
  if (rules.has('no-store') || rules.get('private') === '' || rules.get('no-cache') === '') return 0;
  if (headers.has('set-cookie') && !withheld(headers).includes('set-cookie')) return 0;
  const age = rules.get('s-maxage') ?? rules.get('max-age');
  if (age !== undefined) return /^\d+$/.test(age) ? Number(age) : 0;
  if (headers.has('expires')) return Math.max(0, (Date.parse(headers.get('expires')) - now) / 1000 || 0);
  return DEFAULT_TTL[status] ?? 0;
}

const weak = (etag) => etag.trim().replace(/^W\//, '');

// Whether the client has this response already. If-None-Match takes precedence over If-Modified-Since.
export function isKnown(asked, stored) {
  const [tags, since] = [asked.get('if-none-match'), asked.get('if-modified-since')];
  const [etag, modified] = [stored.get('etag'), stored.get('last-modified')];
  if (tags !== null) return etag !== null && (tags.trim() === '*' || tags.split(',').map(weak).includes(weak(etag)));
  return since !== null && modified !== null && Date.parse(modified) <= Date.parse(since);
}

// The requested range of `size` bytes: [first, last], null for the whole body, 'none' if it is not satisfiable. Requests
// for several ranges get the whole body, which RFC 9110 allows.
export function rangeOf(asked, stored, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(asked.get('range')?.trim() ?? '') ?? [];
  if (first === undefined || first + last === '' || !mayContinue(asked.get('if-range'), stored)) return null;
  if (first === '') return Number(last) === 0 || size === 0 ? 'none' : [Math.max(0, size - Number(last)), size - 1];
  if (last !== '' && Number(last) < Number(first)) return null;
  if (Number(first) >= size) return 'none';
  return [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
}

// If-Range: a strong etag or a date; without a match, the client's part belongs to another response.
function mayContinue(condition, stored) {
  if (condition === null) return true;
  return [stored.get('etag'), stored.get('last-modified')].some((own) => own === condition && !own.startsWith('W/'));
}
