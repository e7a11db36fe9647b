/** Feature "validation": rejects requests that do not match the JSON Schemas of the parameters. */

import { problemsOf } from "code24/schema.js";

/** @typedef {import("code24/types.d.ts").AnySchema} AnySchema */
/** @typedef {import("code24/types.d.ts").Schema} Schema */
/** @typedef {import("code24/schema.js").Problem} Problem */

/**
 * @typedef {object} Rule
 * @property {string} method
 * @property {string} path as the upstream receives it; {name} matches one segment
 * @property {Schema} [query] JSON Schema of the query parameters
 * @property {Schema} [body] JSON Schema of the JSON body
 */

/**
 * Return the rules that apply to a request.
 * @param {Request} request
 * @param {URL} url
 * @param {Rule[]} rules
 */
export function rulesFor(request, url, rules) {
  return rules.filter(({ method, path }) => method === request.method && isMatch(path, url.pathname));
}

/**
 * Return all problems of a request.
 * @param {Rule[]} rules
 * @param {URL} url
 * @param {string | null} contentType
 * @param {Uint8Array} bytes of the body
 * @returns {Problem[]}
 */
export function check(rules, url, contentType, bytes) {
  return rules.flatMap(({ query, body }) => [
    ...(query ? problemsOf(query, asObject(url.searchParams, query.properties ?? {}), "query") : []),
    ...(body ? problemsOfBody(body, contentType, bytes) : []),
  ]);
}

/** @param {Schema} schema @param {string | null} contentType @param {Uint8Array} bytes @returns {Problem[]} */
function problemsOfBody(schema, contentType, bytes) {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType ?? ""))
    return [{ path: "header Content-Type", message: "must be application/json" }];
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return [{ path: "body", message: "is not valid JSON" }];
  }
  return problemsOf(schema, value, "body");
}

/**
 * Convert query parameters to the types in the schema. A repeated parameter becomes a list.
 * @param {URLSearchParams} search
 * @param {Record<string, AnySchema>} properties
 */
function asObject(search, properties) {
  const found = {};
  for (const name of new Set(search.keys())) {
    const { type, items } = keywords(properties[name]);
    const one = type === "array" || type === undefined ? keywords(items).type : type;
    const values = search.getAll(name).map((text) => asValue(text, one));
    const isList = values.length > 1 || type === "array";
    Object.defineProperty(found, name, { value: isList ? values : values[0], enumerable: true });
  }
  return found;
}

/**
 * Return a schema as an object; `true` and a missing schema are empty.
 * @param {AnySchema | undefined} schema
 * @returns {Schema}
 */
function keywords(schema) {
  return typeof schema === "object" && schema !== null ? schema : {};
}

/** @param {string} text @param {Schema["type"]} type */
function asValue(text, type) {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return type === "boolean" && /^(true|false)$/.test(text) ? text === "true" : text;
}

/** Return whether a path matches: `/users/{id}` matches /users/7. @param {string} pattern @param {string} pathname */
function isMatch(pattern, pathname) {
  const [wanted, found] = [pattern, pathname].map((path) => path.replace(/\/$/, "").split("/"));
  return (
    wanted.length === found.length &&
    wanted.every((part, index) => (/^\{\w+\}$/.test(part) ? found[index] !== "" : part === found[index]))
  );
}
