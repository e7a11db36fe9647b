// Runs a template on the CONFIG that a request brings along.
import template from "template.js";

export default {
  fetch(request, env, ctx) {
    const headers = new Headers(request.headers);
    const config = headers.get("Harness-Config");
    headers.delete("Harness-Config");
    return template.fetch(new Request(request, { headers }), config ? { CONFIG: JSON.parse(config) } : {}, ctx);
  },
};
