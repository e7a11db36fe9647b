/**
 * Feature "ab-testing": each visitor sees one variant of the shop, the same one on every visit. The origin receives its
 * name in `Code24-Variant`. The cache is separate for each variant.
 */

import { wholeNumber } from "code24/config.js";
import { isPage } from "code24/html.js";
import { cookie } from "code24/visitors/visitor.js";

const COOKIE = "code24-variant";
const DAYS = 30;
const BOT = /bot|crawl|spider|slurp|preview|lighthouse/i;

/** @typedef {{name: string, weight?: unknown}} Variant */
/** @typedef {{name: string, isNew: boolean, maxAge: number}} Assignment */

/**
 * Return the variant of a visitor, or null without variants. A cookie with an unknown variant is ignored; bots get the
 * first variant and no cookie.
 * @param {Request} request
 * @param {{variants?: Variant[], days?: unknown}} parameters
 * @returns {Assignment | null}
 */
export function variantOf(request, { variants, days }) {
  const listed = Array.isArray(variants) ? variants.filter((variant) => typeof variant?.name === "string") : [];
  if (listed.length === 0) return null;
  const maxAge = 86_400 * (typeof days === "number" && Number.isInteger(days) ? days : DAYS);
  const known = listed.find(({ name }) => name === cookie(request, COOKIE));
  if (known) return { name: known.name, isNew: false, maxAge };
  if (BOT.test(request.headers.get("User-Agent") ?? "")) return { name: listed[0].name, isNew: false, maxAge };
  return { name: draw(listed), isNew: true, maxAge };
}

/** Return a random variant, according to the weights. @param {Variant[]} variants */
function draw(variants) {
  const weights = variants.map(({ weight }) => wholeNumber(weight, 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = (crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32) * total;
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return variants[Math.max(index, 0)].name;
}

/**
 * Set the visitor's cookie on a page. No cache may store a page that sets it.
 * @param {Response} response
 * @param {Assignment} assignment
 */
export function remember(response, { name, isNew, maxAge }) {
  if (!isPage(response)) return;
  response.headers.append("Vary", "Cookie");
  if (!isNew) return;
  response.headers.append("Set-Cookie", `${COOKIE}=${name}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Lax`);
  response.headers.set("Cache-Control", "private, no-cache");
}
