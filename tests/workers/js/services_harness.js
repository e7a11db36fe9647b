// Runs the service router, as the operator uploads it, on bindings that a test programs.
import { bindings } from "platform_bindings.js";
import router, { to_price_list } from "worker.js";

export { control } from "platform_bindings.js";

/** The entrypoint that a caller of the worker `price-list` is bound to. */
export class PriceList extends to_price_list {
  constructor(ctx, env) {
    super(ctx, bindings(env));
  }
}

export default router;
