// Lets node import the workers' sources: `code24/…` is workers/shared, and all of them are ES modules.
import { register } from "node:module";

const SHARED = new URL("../../../operator/workers_operator/workers/shared/", import.meta.url).href;
const hooks = `
export async function resolve(specifier, context, next) {
  const target = specifier.startsWith("code24/") ? "${SHARED}" + specifier.slice(7) : specifier;
  const found = await next(target, context);
  return found.url.startsWith("file:") ? { ...found, format: "module" } : found;
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
