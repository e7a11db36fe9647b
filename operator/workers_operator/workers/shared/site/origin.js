/** Decides which URLs belong to the configured site. Nothing else is ever fetched. */

/**
 * Return whether a URL has the same scheme, host and port, or differs only as the variants of a site usually do: https
 * instead of http, with or without `www.`, on the default ports.
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
