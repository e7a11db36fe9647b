/**
 * Validates values against a subset of JSON Schema (2020-12): type, enum, const, required, properties,
 * additionalProperties, items, anyOf, and the limits of numbers, strings and arrays. Other keywords are ignored.
 */

const MAX_PROBLEMS = 20;
const MAX_DEPTH = 64;

const NONE = Number.NaN; // an absent limit: no number is above or below NaN

/** @typedef {import("./types.d.ts").Schema} Schema */
/** @typedef {import("./types.d.ts").AnySchema} AnySchema */
/** @typedef {{path: string, message: string}} Problem */
/** @typedef {(message: string) => void} Say */

/**
 * Return the problems of a value. The messages never contain the value.
 * @param {AnySchema} schema
 * @param {unknown} value
 * @param {string} path of the value, e.g. body
 * @returns {Problem[]}
 */
export function problemsOf(schema, value, path) {
  /** @type {Problem[]} */
  const found = [];
  look(schema, value, path, found, 0);
  return found.slice(0, MAX_PROBLEMS);
}

/**
 * @param {AnySchema} schema
 * @param {unknown} value
 * @param {string} path
 * @param {Problem[]} found
 * @param {number} depth
 * @returns {void}
 */
function look(schema, value, path, found, depth) {
  if (schema === true || typeof schema !== "object" || schema === null || found.length >= MAX_PROBLEMS) return;
  /** @type {Say} */
  const say = (message) => void found.push({ path, message });
  if (depth > MAX_DEPTH) return say("is nested too deeply");
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(type, value)))
    return say(`must be ${[schema.type].flat().join(" or ")}`);
  if (schema.enum && !schema.enum.some((one) => isEqual(one, value))) say(`must be one of ${schema.enum.join(", ")}`);
  if ("const" in schema && !isEqual(schema.const, value)) say(`must be ${schema.const}`);
  if (schema.anyOf && !schema.anyOf.some((one) => isGood(one, value, depth)))
    say("has none of the forms that it may have");
  if (typeof value === "number") lookAtNumber(schema, value, say);
  if (typeof value === "string") lookAtText(schema, value, say);
  if (Array.isArray(value)) lookAtList(schema, value, path, found, depth, say);
  else if (typeof value === "object" && value !== null) lookAtObject(schema, value, path, found, depth);
}

/** @param {AnySchema} schema @param {unknown} value @param {number} depth */
function isGood(schema, value, depth) {
  /** @type {Problem[]} */
  const found = [];
  look(schema, value, "", found, depth + 1);
  return found.length === 0;
}

/** @param {Schema} schema @param {number} value @param {Say} say */
function lookAtNumber(schema, value, say) {
  const {
    minimum = NONE,
    maximum = NONE,
    exclusiveMinimum = NONE,
    exclusiveMaximum = NONE,
    multipleOf = NONE,
  } = schema;
  if (value < minimum) say(`must be ${minimum} or more`);
  if (value > maximum) say(`must be ${maximum} or less`);
  if (value <= exclusiveMinimum) say(`must be more than ${exclusiveMinimum}`);
  if (value >= exclusiveMaximum) say(`must be less than ${exclusiveMaximum}`);
  if (multipleOf > 0 && !Number.isInteger(value / multipleOf)) say(`must be a multiple of ${multipleOf}`);
}

/** @param {Schema} schema @param {string} value @param {Say} say */
function lookAtText({ minLength = NONE, maxLength = NONE, pattern }, value, say) {
  const length = [...value].length;
  if (length < minLength) say(`must have ${minLength} characters or more`);
  if (length > maxLength) say(`must have ${maxLength} characters at most`);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) say(`must match ${pattern}`);
}

/**
 * @param {Schema} schema
 * @param {unknown[]} value
 * @param {string} path
 * @param {Problem[]} found
 * @param {number} depth
 * @param {Say} say
 */
function lookAtList({ minItems = NONE, maxItems = NONE, uniqueItems, items }, value, path, found, depth, say) {
  if (value.length < minItems) say(`must have ${minItems} items or more`);
  if (value.length > maxItems) return say(`must have ${maxItems} items at most`);
  if (uniqueItems && new Set(value.map((item) => JSON.stringify(item))).size < value.length)
    say("must not have an item twice");
  if (!items) return;
  for (const [index, item] of value.entries()) look(items, item, `${path}[${index}]`, found, depth + 1);
}

/**
 * @param {Schema} schema
 * @param {object} value
 * @param {string} path
 * @param {Problem[]} found
 * @param {number} depth
 */
function lookAtObject({ required = [], properties = {}, additionalProperties = true }, value, path, found, depth) {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) found.push({ path: `${path}.${name}`, message: "is missing" });
  }
  for (const [name, one] of Object.entries(value)) {
    const isKnown = Object.hasOwn(properties, name);
    const shown = `${path}.${name.slice(0, 64)}`;
    if (!isKnown && additionalProperties === false) found.push({ path: shown, message: "is not known" });
    else look(isKnown ? properties[name] : additionalProperties, one, shown, found, depth + 1);
  }
}

/** @param {string} type @param {unknown} value */
function isOf(type, value) {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

/** @param {unknown} left @param {unknown} right */
function isEqual(left, right) {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
