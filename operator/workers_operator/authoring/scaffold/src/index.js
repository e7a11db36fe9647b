/** TEMPLATE_NAME: greets every visitor. template.yaml describes its parameters and features. */

const HEALTH_PATH = "/.well-known/code24/health";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname.endsWith(HEALTH_PATH)) return Response.json({ status: "ok" });
    const { parameters, features } = env.CONFIG;
    const text = `${parameters.greeting} from ${url.hostname}`;
    return new Response(features.includes("shouting") ? text.toUpperCase() : text);
  },
};
