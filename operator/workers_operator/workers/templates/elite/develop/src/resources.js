/** The resources that a page's source refers to. */
import { attr, has } from "code24/page/document.js";
import { baseOf } from "code24/site/crawl.js";

/** @typedef {import("code24/types.d.ts").Page} Page */
/** @typedef {import("code24/types.d.ts").PageElement} PageElement */
/** @typedef {{url: URL, kind: "script" | "style" | "image" | "frame", element: PageElement}} Resource */

/** @type {Record<string, [Resource["kind"], string]>} tag → kind, attribute */
const LOADED = {
  script: ["script", "src"],
  img: ["image", "src"],
  iframe: ["frame", "src"],
  source: ["image", "src"],
};

/** Return the page's resources in source order, each URL once. @param {Page} page @returns {Resource[]} */
export function resourcesOf(page) {
  const base = baseOf(page);
  /** @type {Map<string, Resource>} */
  const found = new Map();
  for (const element of page.document.elements) {
    if (element.inert) continue;
    const isSheet = element.tag === "link" && /\bstylesheet\b/i.test(attr(element, "rel") ?? "");
    const [kind, name] = isSheet ? /** @type {const} */ (["style", "href"]) : (LOADED[element.tag] ?? []);
    const url = name && URL.parse(attr(element, name) ?? "", base);
    if (!kind || !name || !url || !has(element, name) || !/^https?:$/.test(url.protocol)) continue;
    url.hash = "";
    if (!found.has(url.href)) found.set(url.href, { url, kind, element });
  }
  return [...found.values()];
}

/** Return the resources of other sites by host. @param {Page} page */
export function thirdParties(page) {
  const own = new URL(page.url).hostname.split(".").slice(-2).join(".");
  /** @type {Map<string, Resource[]>} */
  const hosts = new Map();
  for (const resource of resourcesOf(page)) {
    const { hostname } = resource.url;
    if (hostname === own || hostname.endsWith(`.${own}`)) continue;
    hosts.set(hostname, [...(hosts.get(hostname) ?? []), resource]);
  }
  return hosts;
}

/** Return the inline scripts of a page. @param {Page} page */
export function inlineScripts({ document }) {
  return document.all("script").flatMap((element) => {
    const type = (attr(element, "type") ?? "").toLowerCase();
    const runs = /^(|module|text\/javascript|application\/javascript)$/.test(type);
    return runs && !has(element, "src") ? [{ element, source: document.source(element) }] : [];
  });
}
