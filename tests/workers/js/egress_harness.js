// Runs the outbound Worker on the bindings, and with the request, that a test sends.
import egress from "egress.js";

export default {
  async fetch(request) {
    const { url, init, env } = await request.json();
    return egress.fetch(new Request(url, init), env);
  },
};
