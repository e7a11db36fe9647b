/** Conditional requests (RFC 9110, 13). */

/** An entity tag without its mark of weakness: If-None-Match compares without it. @param {string} etag */
function opaque(etag) {
  return etag.trim().replace(/^W\//, "");
}

/**
 * A response, or 304 where the visitor holds it already.
 * @param {Request} request
 * @param {Response} response
 */
export function unlessKnown(request, response) {
  if (!isKnown(request.headers, response.headers)) return response;
  response.body?.cancel();
  return new Response(null, { status: 304, headers: response.headers });
}

/**
 * Whether the visitor holds this very response already. If-None-Match goes before If-Modified-Since.
 * @param {Headers} asked the request's
 * @param {Headers} own the response's
 * @returns {boolean}
 */
function isKnown(asked, own) {
  const [tags, since] = [asked.get("If-None-Match"), asked.get("If-Modified-Since")];
  const [etag, modified] = [own.get("ETag"), own.get("Last-Modified")];
  if (tags !== null)
    return etag !== null && (tags.trim() === "*" || tags.split(",").map(opaque).includes(opaque(etag)));
  return since !== null && modified !== null && Date.parse(modified) <= Date.parse(since);
}
