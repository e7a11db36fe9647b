/** A Worker's own responses: JSON for programs, a page for browsers; never cached. */
import { messageOf } from "./errors.js";
import { escapeHtml } from "./html.js";

/** @param {number} status @param {unknown} value @param {Record<string, string>} headers */
export function json(status, value, headers = {}) {
  return Response.json(value, {
    status,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers },
  });
}

export function healthy() {
  return json(200, { status: "ok" });
}

/**
 * Return an error as JSON: {error: {code, message, …details}}.
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {Record<string, unknown>} details
 * @param {Record<string, string>} headers
 */
export function failure(status, code, message, details = {}, headers = {}) {
  return json(status, { error: { code, message, ...details } }, headers);
}

/**
 * Return an error in the format of the client: a page with `title` for browsers, JSON for all other clients.
 * @param {Request} request
 * @param {string} title
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {Record<string, unknown>} details
 */
export function failureFor(request, title, status, code, message, details = {}) {
  const asHtml = (request.headers.get("Accept") ?? "").includes("text/html");
  if (!asHtml) return failure(status, code, message, details, { Vary: "Accept" });
  return new Response(page(status, title, message), {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept",
    },
  });
}

/** Describe why a fetch failed. @param {any} error @param {number} timeoutMs */
export function fetchProblem(error, timeoutMs) {
  const late = error?.name === "TimeoutError" || error?.name === "AbortError";
  if (late) return `no answer within ${timeoutMs} ms`;
  const words = messageOf(error);
  return /^internal error/i.test(words) ? "no connection" : words; // the runtime provides no details
}

/** @param {number} status @param {string} title @param {string} message */
function page(status, title, message) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p><small>${status}</small></main></body></html>
`;
}
