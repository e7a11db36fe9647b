/** What belongs to the configured site, and so may be fetched: nothing else ever is. */

/**
 * The same scheme, host and port; or the same site's other front door, as almost every site has one: https in place of
 * http, with `www.` or without, on the schemes' own ports.
 * @param {URL} url
 * @param {URL} site
 */
export function isOwn(url, site) {
  if (url.username || url.password) return false;
  if (url.origin === site.origin) return true;
  const upgraded = url.protocol === site.protocol || (site.protocol === "http:" && url.protocol === "https:");
  return upgraded && !url.port && !site.port && bare(url.hostname) === bare(site.hostname);
}

/** @param {string} hostname */
function bare(hostname) {
  return hostname.replace(/^www\./, "");
}
