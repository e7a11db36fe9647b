/** Conditional requests (RFC 9110, section 13). */

/** Remove the weakness prefix of an entity tag: If-None-Match uses the weak comparison. @param {string} etag */
function opaque(etag) {
  return etag.trim().replace(/^W\//, "");
}

/**
 * Return the response, or 304 if the visitor already has it.
 * @param {Request} request
 * @param {Response} response
 */
export function unlessKnown(request, response) {
  if (!isKnown(request.headers, response.headers)) return response;
  response.body?.cancel();
  return new Response(null, { status: 304, headers: response.headers });
}

/**
 * Return whether the visitor already has this response. If-None-Match takes precedence over If-Modified-Since.
 * @param {Headers} asked the request headers
 * @param {Headers} own the response headers
 * @returns {boolean}
 */
function isKnown(asked, own) {
  const [tags, since] = [asked.get("If-None-Match"), asked.get("If-Modified-Since")];
  const [etag, modified] = [own.get("ETag"), own.get("Last-Modified")];
  if (tags !== null)
    return etag !== null && (tags.trim() === "*" || tags.split(",").map(opaque).includes(opaque(etag)));
  return since !== null && modified !== null && Date.parse(modified) <= Date.parse(since);
}
