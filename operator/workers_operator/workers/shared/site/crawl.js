/** Crawls a site breadth-first, with limits on pages, depth, bytes and time. */
import { isHtml, limit } from "../html.js";
import { attr, PageDocument } from "../page/document.js";
import { readDocument } from "../page/read.js";
import { get, Refused, TIMEOUT_MS } from "./get.js";
import { isOwn } from "./origin.js";

/** @typedef {import("../types.d.ts").Page} Page */
/** @typedef {import("../types.d.ts").Asset} Asset */

export const MAX_PAGE_BYTES = 2 * 1024 * 1024; // of a page; the rest is not read
const MAX_ASSET_BYTES = 1024 * 1024;
const MAX_ASSETS = 24; // for all pages together
const AT_ONCE = 4; // a Worker can have six simultaneous connections
const TOTAL_MS = 20_000;
const ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
const NOT_PAGES = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;

/**
 * Return the first page, and pages that are linked from it. Throws what `get` throws for the first page; other pages
 * that fail are left out.
 * @param {URL} site
 * @param {{depth: number, pages: number}} bounds
 * @param {(page: Page) => string[]} wanted returns URLs of files that the audits need
 */
export async function crawl(site, bounds, wanted) {
  const until = Date.now() + TOTAL_MS;
  const first = await readPage(site, site, until);
  const pages = [first];
  const seen = new Set([site.href, first.url]);
  let level = [first];
  for (let depth = 0; depth < bounds.depth && pages.length < bounds.pages; depth += 1) {
    const next = level.flatMap((page) => linksOf(page, site)).filter((href) => !seen.has(href) && seen.add(href));
    const room = next.slice(0, bounds.pages - pages.length);
    const read = await inTurns(room, (href) => readPage(new URL(href), site, until));
    level = read.filter((page) => page.isHtml);
    pages.push(...level);
  }
  await readAssets(pages, site, wanted, until);
  return pages;
}

/** @param {URL} url @param {URL} site @param {number} until @returns {Promise<Page>} */
async function readPage(url, site, until) {
  const found = await get(url, site, { accept: ACCEPT, timeoutMs: Math.min(TIMEOUT_MS, until - Date.now()) });
  const contentType = found.headers.get("Content-Type") ?? "text/html";
  const about = { url: found.url, status: found.status, headers: found.headers, contentType, assets: new Map() };
  if (!isHtml(contentType)) {
    await found.response.body?.cancel();
    return { ...about, isHtml: false, bytes: 0, truncated: false, document: new PageDocument() };
  }
  const { document, bytes, truncated, broken } = await readDocument(found.response, MAX_PAGE_BYTES);
  if (broken && document.elements.length === 0) throw new Error(broken);
  return { ...about, isHtml: true, document, bytes, truncated: truncated || broken !== null };
}

/** Return the site's pages that a page links to, without duplicates, in document order. @param {Page} page @param {URL} site */
export function linksOf(page, site) {
  const base = baseOf(page);
  const found = new Set();
  for (const element of page.document.all("a")) {
    const url = URL.parse(attr(element, "href") ?? "", base);
    if (!url || !attr(element, "href") || !isOwn(url, site) || NOT_PAGES.test(url.pathname)) continue;
    if (/\bnofollow\b/i.test(attr(element, "rel") ?? "")) continue;
    url.hash = "";
    found.add(url.href);
  }
  return [...found];
}

/** Return the base URL of a page. @param {Page} page */
export function baseOf(page) {
  const base = page.document.first("base");
  return URL.parse((base && attr(base, "href")) ?? "", page.url) ?? new URL(page.url);
}

/** @param {Page[]} pages @param {URL} site @param {(page: Page) => string[]} wanted @param {number} until */
async function readAssets(pages, site, wanted, until) {
  const own = new Set(pages.flatMap(wanted).filter((href) => URL.canParse(href) && isOwn(new URL(href), site)));
  const read = await inTurns([...own].slice(0, MAX_ASSETS), (href) => readAsset(new URL(href), site, until));
  const assets = new Map(read.map((asset) => [asset.asked, asset]));
  for (const page of pages) page.assets = assets;
}

/** @param {URL} url @param {URL} site @param {number} until */
async function readAsset(url, site, until) {
  const found = await get(url, site, { accept: "*/*", timeoutMs: Math.min(TIMEOUT_MS, until - Date.now()) });
  const type = found.headers.get("Content-Type") ?? "";
  const bounded = limit(found.response.body, MAX_ASSET_BYTES);
  const content = new Uint8Array(await new Response(bounded.stream).arrayBuffer());
  const isText = /css|javascript|json|text/.test(type);
  const text = isText ? new TextDecoder().decode(content) : "";
  return { asked: url.href, url: found.url, status: found.status, headers: found.headers, bytes: content.length, text };
}

/**
 * Process items with limited concurrency, and return the results in order. Items that fail are left out.
 * @template T
 * @param {string[]} hrefs
 * @param {(href: string) => Promise<T>} read
 */
async function inTurns(hrefs, read) {
  /** @type {T[]} */
  const found = [];
  for (let at = 0; at < hrefs.length; at += AT_ONCE) {
    const settled = await Promise.allSettled(hrefs.slice(at, at + AT_ONCE).map(read));
    for (const one of settled) if (one.status === "fulfilled") found.push(one.value);
  }
  return found;
}

export { Refused };
