/** Feature "security": headers that protect visitors, where the origin hasn't set its own. */

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000",
};
const FRAME_OPTIONS = "SAMEORIGIN";

export function protect(response, { frameOptions }) {
  const wanted = { ...HEADERS, "X-Frame-Options": frameOptions ?? FRAME_OPTIONS };
  for (const [name, value] of Object.entries(wanted)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
}
