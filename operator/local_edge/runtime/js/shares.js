// Gradual deployments: which version of a script handles a request. `shares` is a list of [version id, percentage],
// newest version first.

const KEY = 'cloudflare-workers-version-key';
const OVERRIDES = 'cloudflare-workers-version-overrides';
// A member of a dictionary as in RFC 8941, with its parameters and the comma behind it.
const MEMBER = /[ \t]*([a-z*][a-z0-9_.*-]*)(?:=(?:"((?:[^"\\]|\\["\\])*)"|[^",; \t]+))?(?:;[^,"]*)*[ \t]*(?:,|$)/y;

// The version that a request wants of a script. A header that is no dictionary is ignored as a whole.
function overrideOf(header, script) {
  let wanted;
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < header.length) {
    const found = MEMBER.exec(header);
    if (found === null) return undefined;
    if (found[1] === script) wanted = found[2]?.replace(/\\(.)/g, '$1');
  }
  return wanted;
}

// A number in [0, 1) that depends on the key only: FNV-1a with the mixing step of MurmurHash3, because similar keys must
// not have similar numbers.
function hashed(key) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

// With a key, the newer version handles the same requests and more when its percentage increases.
export function pick(shares, script, headers) {
  if (!shares) return undefined;
  if (shares.length === 1) return shares[0][0];
  const wanted = overrideOf(headers?.get(OVERRIDES) ?? '', script);
  if (shares.some(([version]) => version === wanted)) return wanted;
  const key = headers?.get(KEY);
  let point = (key ? hashed(key) : Math.random()) * 100;
  for (const [version, percentage] of shares) {
    if (point < percentage) return version;
    point -= percentage;
  }
  return shares.at(-1)[0];
}
