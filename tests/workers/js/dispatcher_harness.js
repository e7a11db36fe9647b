// Runs the dispatcher on bindings that a test programs.
import dispatcher from "dispatcher.js";
import { bindings } from "platform_bindings.js";

export { control } from "platform_bindings.js";

export default {
  fetch: (request, env, ctx) => dispatcher.fetch(request, bindings(env), ctx),
};
