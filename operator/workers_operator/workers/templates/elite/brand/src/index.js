/**
 * Elite Worker "brand": reads a site's page as a visitor would get it and reports how the brand presents itself.
 *
 * Parameters: site, brandName (see template.yaml).
 *   GET …/.well-known/code24/health   {"status":"ok"}, without any request to the site
 *   GET anything else                 the report (see `report`), fresh each time
 * Errors: 405; 422 `invalid_parameters` with the `field`; 502 `site_unreachable` with the `reason`.
 *
 * Score: 100 minus the weight of each finding (CHECKS), never below 0. The same page always has the same score.
 */

import { failure, fetchProblem, healthy, json } from "code24/answers.js";
import { asksHealth, httpUrl, readConfig } from "code24/config.js";
import { asUtf8, attribute, decode, firstText, isHtml, limit, tidy } from "code24/html.js";

const TIMEOUT_MS = 8000;
const MAX_BYTES = 2 * 1024 * 1024; // what is said about the brand stands at the top; the rest isn't read
const MAX_HEADINGS = 50; // per level
const USER_AGENT = "Code24-Brand/1.0 (+https://code24.dev)";
const TITLE_LENGTH = { min: 10, max: 60 }; // characters: search results cut longer ones
const DESCRIPTION_LENGTH = { min: 50, max: 160 };
// As a directive of its own: not "max-image-preview:none".
const NOINDEX = /(^|,)\s*([\w-]+bot\s*:\s*)?(noindex|none)\s*(,|$)/i;

/** Finding → [severity, weight, message]. */
const CHECKS = {
  not_html: ["error", 100, "The site answers with something other than HTML, so nothing could be checked."],
  bad_status: ["error", 40, "The site answers with an error status."],
  not_https: ["error", 15, "The page is served over plain http."],
  noindex: ["error", 15, "The page asks search engines not to list it."],
  title_missing: ["error", 15, "The page has no title."],
  title_too_short: ["warning", 5, `The title is shorter than ${TITLE_LENGTH.min} characters.`],
  title_too_long: ["warning", 5, `The title is longer than ${TITLE_LENGTH.max} characters.`],
  description_missing: ["error", 10, "The page has no meta description."],
  description_too_short: ["warning", 4, `The description is shorter than ${DESCRIPTION_LENGTH.min} characters.`],
  description_too_long: ["warning", 4, `The description is longer than ${DESCRIPTION_LENGTH.max} characters.`],
  og_title_missing: ["warning", 5, "There is no og:title: shared links show whatever the network guesses."],
  og_image_missing: ["warning", 8, "There is no og:image: shared links have no picture."],
  icon_missing: ["warning", 8, "The page declares no icon."],
  theme_color_missing: ["info", 2, "The page declares no theme-color."],
  h1_missing: ["warning", 8, "The page has no main heading (h1)."],
  h1_multiple: ["warning", 4, "The page has several main headings (h1)."],
  image_alt_missing: ["warning", 5, "Some images have no alt attribute."],
  lang_missing: ["warning", 5, "The html element doesn't tell the language."],
  brand_not_in_title: ["warning", 5, "The brand's name isn't in the title."],
  brand_not_in_h1: ["info", 3, "The brand's name isn't in the main heading."],
  page_truncated: ["info", 0, `Only the first ${MAX_BYTES} bytes of the page were read.`],
};

export default {
  async fetch(request, env) {
    if (request.method !== "GET" && request.method !== "HEAD")
      return failure(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
    return answer(new URL(request.url), readConfig(env).parameters);
  },
};

async function answer(url, parameters) {
  if (asksHealth(url)) return healthy();
  const { url: site, problem } = httpUrl(parameters, "site", "https://example.com/");
  if (problem) return failure(422, "invalid_parameters", problem, { field: "parameters.site" });
  try {
    return json(200, await report(site, parameters.brandName));
  } catch (error) {
    const details = { site: site.href, reason: fetchProblem(error, TIMEOUT_MS) };
    return failure(502, "site_unreachable", "The site could not be read.", details);
  }
}

async function report(site, brandName) {
  const response = await fetch(site, {
    redirect: "follow",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { "User-Agent": USER_AGENT, Accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1" },
  });
  const contentType = response.headers.get("Content-Type") ?? "text/html";
  const result = {
    site: site.href,
    finalUrl: response.url || site.href,
    status: response.status,
    fetchedAt: new Date().toISOString(),
  };
  if (!isHtml(contentType)) {
    await response.body?.cancel();
    return withFindings({ ...result, contentType }, [finding("not_html", contentType)]);
  }
  const page = await read(response, contentType, result.finalUrl);
  const robots = `${page.robots},${response.headers.get("X-Robots-Tag") ?? ""}`;
  const findings = [...check({ ...result, ...page }, robots, brandName)];
  const { truncated, robots: _, ...facts } = page;
  return withFindings({ ...result, ...facts }, findings);
}

function withFindings(result, findings) {
  const lost = findings.reduce((sum, { id }) => sum + CHECKS[id][1], 0);
  return { ...result, findings, score: Math.max(0, 100 - lost) };
}

function finding(id, evidence) {
  const [severity, , message] = CHECKS[id];
  return { id, severity, message, ...(evidence === undefined ? {} : { evidence: String(evidence) }) };
}

function* check(page, robots, brandName) {
  if (page.status >= 400) yield finding("bad_status", page.status);
  if (page.finalUrl.startsWith("http:")) yield finding("not_https", page.finalUrl);
  if (NOINDEX.test(robots)) yield finding("noindex", robots.replace(/^,|,$/g, ""));
  yield* checkLength("title", page.title, TITLE_LENGTH);
  yield* checkLength("description", page.description, DESCRIPTION_LENGTH);
  if (!page.openGraph.title) yield finding("og_title_missing");
  if (!page.openGraph.image) yield finding("og_image_missing");
  if (page.icons.length === 0) yield finding("icon_missing");
  if (page.colors.length === 0) yield finding("theme_color_missing");
  const { h1 } = page.headings;
  if (h1.length === 0) yield finding("h1_missing");
  if (h1.length > 1) yield finding("h1_multiple", h1.join(" | "));
  if (page.images.withoutAlt > 0)
    yield finding("image_alt_missing", `${page.images.withoutAlt} of ${page.images.total}`);
  if (!page.language) yield finding("lang_missing");
  const brand = brandName || page.openGraph.site_name;
  if (brand && page.title && !mentions(page.title, brand)) yield finding("brand_not_in_title", brand);
  if (brand && h1.length > 0 && !mentions(h1.join(" "), brand)) yield finding("brand_not_in_h1", brand);
  if (page.truncated) yield finding("page_truncated");
}

function* checkLength(what, text, { min, max }) {
  const length = [...(text ?? "")].length; // code points: an emoji is one character
  if (length === 0) yield finding(`${what}_missing`);
  else if (length < min) yield finding(`${what}_too_short`, text);
  else if (length > max) yield finding(`${what}_too_long`, text);
}

function mentions(text, brand) {
  return tidy(text)
    .toLowerCase()
    .includes(tidy(String(brand)).toLowerCase());
}

/** What a page says about itself. Texts are collected raw, chunk by chunk, and decoded at the end only. */
async function read(response, contentType, finalUrl) {
  const raw = { title: null, meta: new Map(), canonical: null, language: null, base: null, colors: [] };
  const icons = [],
    fonts = [],
    hrefs = [];
  const headings = { h1: [], h2: [], h3: [], h4: [], h5: [], h6: [] };
  const images = { total: 0, withoutAlt: 0 };

  const rewriter = new HTMLRewriter()
    .on("html", { element: (e) => void (raw.language ??= attribute(e, "lang")) })
    .on("base", { element: (e) => void (raw.base ??= attribute(e, "href")) })
    .on(
      "title",
      firstText((text) => (raw.title = (raw.title ?? "") + text)),
    )
    .on("meta", { element: (e) => readMeta(e, raw) })
    .on("link", { element: (e) => readLink(e, raw, icons, fonts) })
    .on("a", { element: (e) => void hrefs.push(attribute(e, "href")) })
    .on("img", {
      element(e) {
        images.total += 1;
        if (!e.hasAttribute("alt")) images.withoutAlt += 1; // alt="" is right for decoration
      },
    });
  for (const [level, texts] of Object.entries(headings)) {
    rewriter.on(level, {
      element: () => void texts.push(""),
      text: (chunk) => void (texts[texts.length - 1] += chunk.text),
    });
  }

  const bounded = limit(response.body, MAX_BYTES);
  const html = new Response(asUtf8(bounded.stream, contentType), {
    headers: { "Content-Type": "text/html; charset=utf-8" },
  });
  await rewriter.transform(html).body?.pipeTo(new WritableStream());

  const base = URL.parse(raw.base ?? "", finalUrl) ?? new URL(finalUrl);
  const absolute = (href) => URL.parse(href ?? "", base)?.href ?? href;
  const openGraph = prefixed(raw.meta, "og:");
  if (openGraph.image) openGraph.image = absolute(openGraph.image);
  return {
    title: raw.title === null ? null : decode(raw.title),
    description: raw.meta.get("description") ?? null,
    canonical: raw.canonical && absolute(raw.canonical),
    language: raw.language,
    openGraph,
    twitter: prefixed(raw.meta, "twitter:"),
    icons: icons.map((icon) => ({ ...icon, href: absolute(icon.href) })),
    headings: Object.fromEntries(
      Object.entries(headings).map(([level, texts]) => [level, texts.slice(0, MAX_HEADINGS).map(decode)]),
    ),
    images,
    links: countLinks(hrefs, base),
    colors: raw.colors,
    fonts: [...new Set(fonts)],
    robots: raw.meta.get("robots") ?? "",
    truncated: bounded.isCut(),
  };
}

function readMeta(element, raw) {
  const name = (attribute(element, "property") ?? attribute(element, "name") ?? "").toLowerCase();
  const content = attribute(element, "content");
  if (!name || !content) return;
  if (name === "theme-color") raw.colors.push(content);
  if (!raw.meta.has(name)) raw.meta.set(name, content);
}

function readLink(element, raw, icons, fonts) {
  const rel = (attribute(element, "rel") ?? "").toLowerCase();
  const href = attribute(element, "href");
  if (!href) return;
  const kinds = rel.split(/\s+/);
  if (kinds.includes("canonical")) raw.canonical ??= href;
  if (kinds.some((kind) => kind === "icon" || kind.startsWith("apple-touch-icon"))) {
    icons.push({ rel, href, sizes: attribute(element, "sizes"), type: attribute(element, "type") });
  }
  const stylesheet = URL.parse(href, "https://relative.invalid/");
  if (stylesheet?.hostname === "fonts.googleapis.com") {
    for (const family of stylesheet.searchParams.getAll("family")) fonts.push(family.split(":")[0]);
  }
}

function prefixed(meta, prefix) {
  const found = [...meta].filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, content]) => [name.slice(prefix.length), content]));
}

function countLinks(hrefs, base) {
  const links = { internal: 0, external: 0 };
  const site = (url) => url.hostname.replace(/^www\./, "");
  for (const href of hrefs) {
    const url = href && !href.startsWith("#") ? URL.parse(href, base) : null;
    if (!url || !["http:", "https:"].includes(url.protocol)) continue; // mailto:, tel:, javascript:
    links[site(url) === site(base) ? "internal" : "external"] += 1;
  }
  return links;
}
