/** Feature "validation": requests that the upstream could only refuse don't get there. */

import { problemsOf } from "code24/schema.js";

/**
 * @typedef {object} Rule
 * @property {string} method
 * @property {string} path as the upstream sees it; {name} stands for one part
 * @property {any} [query] JSON Schema of the query's parameters
 * @property {any} [body] JSON Schema of the JSON in the body
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
 */
export function check(rules, url, contentType, bytes) {
  return rules.flatMap(({ query, body }) => [
    ...(query ? problemsOf(query, asObject(url.searchParams, query.properties ?? {}), "query") : []),
    ...(body ? problemsOfBody(body, contentType, bytes) : []),
  ]);
}

function problemsOfBody(schema, contentType, bytes) {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType ?? ""))
    return [{ path: "header Content-Type", message: "must be application/json" }];
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return [{ path: "body", message: "is no JSON" }];
  }
  return problemsOf(schema, value, "body");
}

/** A query's texts as what the schema says that they are. One that is there twice is a list. */
function asObject(search, properties) {
  const found = {};
  for (const name of new Set(search.keys())) {
    const values = search
      .getAll(name)
      .map((text) => asValue(text, properties[name]?.type ?? properties[name]?.items?.type));
    const isList = values.length > 1 || properties[name]?.type === "array";
    Object.defineProperty(found, name, { value: isList ? values : values[0], enumerable: true });
  }
  return found;
}

function asValue(text, type) {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return type === "boolean" && /^(true|false)$/.test(text) ? text === "true" : text;
}

/** `/users/{id}` fits /users/7. */
function isMatch(pattern, pathname) {
  const [wanted, found] = [pattern, pathname].map((path) => path.replace(/\/$/, "").split("/"));
  return (
    wanted.length === found.length &&
    wanted.every((part, index) => (/^\{\w+\}$/.test(part) ? found[index] !== "" : part === found[index]))
  );
}
