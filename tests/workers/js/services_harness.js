// Runs the service router, as the operator uploads it, on bindings that a test programs.
import { bindings } from "platform_bindings.js";
import router, { to_u1 } from "worker.js";

export { control } from "platform_bindings.js";

/** The entrypoint that a caller of the worker `price-list` is bound to. */
export class PriceList extends to_u1 {
  constructor(ctx, env) {
    super(ctx, bindings(env));
  }
}

/** A caller that calls the method in the path by RPC. */
export const rpc = {
  async fetch(request, env) {
    try {
      return Response.json(await env.PRICES[new URL(request.url).pathname.slice(1)](3));
    } catch (error) {
      return new Response(`${error.name}: ${error.message}`, { status: 500 });
    }
  },
};

export default router;
