/** Feature "validation": requests that the upstream could only refuse don't get there. */

import { problemsOf } from "code24/schema.js";

/** @typedef {import("code24/types.d.ts").AnySchema} AnySchema */
/** @typedef {import("code24/types.d.ts").Schema} Schema */
/** @typedef {import("code24/schema.js").Problem} Problem */

/**
 * @typedef {object} Rule
 * @property {string} method
 * @property {string} path as the upstream sees it; {name} stands for one part
 * @property {Schema} [query] JSON Schema of the query's parameters
 * @property {Schema} [body] JSON Schema of the JSON in the body
 */

/**
 * The rules that a request has to follow.
 * @param {Request} request
 * @param {URL} url
 * @param {Rule[]} rules
 */
export function rulesFor(request, url, rules) {
  return rules.filter(({ method, path }) => method === request.method && isMatch(path, url.pathname));
}

/**
 * All that is wrong with a request; empty: nothing.
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
    return [{ path: "body", message: "is no JSON" }];
  }
  return problemsOf(schema, value, "body");
}

/**
 * A query's texts as what the schema says that they are. One that is there twice is a list.
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
 * What a schema says; `true` and one that is not there say nothing.
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

/** `/users/{id}` fits /users/7. @param {string} pattern @param {string} pathname */
function isMatch(pattern, pathname) {
  const [wanted, found] = [pattern, pathname].map((path) => path.replace(/\/$/, "").split("/"));
  return (
    wanted.length === found.length &&
    wanted.every((part, index) => (/^\{\w+\}$/.test(part) ? found[index] !== "" : part === found[index]))
  );
}
