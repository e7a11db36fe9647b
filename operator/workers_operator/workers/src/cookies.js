/** Cookies: a worker sets them for its own host, not for the domains above, which it shares with other workers. */

/**
 * Remove the Domain attributes that name a domain above `host`: such a cookie would be sent to the siblings of the host.
 * Without the attribute it is sent to the host alone.
 * @param {Headers} headers
 * @param {string} host
 */
export function confineCookies(headers, host) {
  const cookies = headers.getSetCookie();
  const confined = cookies.map((cookie) => confine(cookie, host));
  if (confined.every((cookie, index) => cookie === cookies[index])) return;
  headers.delete("Set-Cookie");
  for (const cookie of confined) headers.append("Set-Cookie", cookie);
}

/** @param {string} cookie @param {string} host */
function confine(cookie, host) {
  const [pair, ...attributes] = cookie.split(";");
  return [pair, ...attributes.filter((attribute) => !reachesAbove(attribute, host))].join(";");
}

/**
 * Whether an attribute names a domain above the host, or one that browsers may take for such: they decode other
 * spellings, such as full-width letters.
 * @param {string} attribute
 * @param {string} host
 */
function reachesAbove(attribute, host) {
  const [name, ...value] = attribute.split("=");
  if (name.trim().toLowerCase() !== "domain") return false;
  const domain = value
    .join("=")
    .trim()
    .toLowerCase()
    .replace(/^\.+|\.+$/g, "");
  return domain !== host && (`.${host}`.endsWith(`.${domain}`) || /[^a-z0-9._-]/.test(domain));
}
