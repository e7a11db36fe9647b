/** Checks and fixes structured data about the company (JSON-LD, schema.org), and its social media profiles. */
import { attr } from "code24/page/document.js";
import { scriptJson } from "code24/rewrite/source.js";
import { metaOf } from "./search.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */

const PROFILES =
  /^(www\.|[a-z]{2}\.)?(facebook|instagram|linkedin|youtube|tiktok|pinterest|twitter|x|xing|github|mastodon|threads|bsky)\.(com|net|social|app)$/;
const ORGANIZATION = /(Organization|Corporation|Business|Store|Restaurant|Hotel|Company|Brand|Person|Airline|NGO)$/;

/** Return whether a JSON-LD object describes a company. @param {Record<string, any>} thing */
export const isOrganization = (thing) => typesOf(thing).some((type) => ORGANIZATION.test(type));

/** Return the objects in a page's JSON-LD, and the selectors of scripts with invalid JSON. @param {Page["document"]} document */
export function structuredData(document) {
  /** @type {Record<string, any>[]} */
  const things = [];
  /** @type {string[]} */
  const broken = [];
  for (const [index, script] of jsonLd(document).entries()) {
    try {
      collect(JSON.parse(document.source(script)), things, 0);
    } catch {
      broken.push(`script[type="application/ld+json"]:nth-of-type(${index + 1})`);
    }
  }
  return { things, broken };
}

/** @param {Page["document"]} document */
function jsonLd(document) {
  return document.all("script").filter((script) => attr(script, "type")?.toLowerCase() === "application/ld+json");
}

const MAX_DEPTH = 6;

/** @param {any} value @param {Record<string, any>[]} things @param {number} depth */
function collect(value, things, depth) {
  if (value === null || typeof value !== "object" || depth > MAX_DEPTH) return;
  if (value["@type"]) things.push(value);
  for (const inner of Object.values(value)) collect(inner, things, depth + 1);
}

/** @param {Record<string, any>} thing */
function typesOf(thing) {
  return [thing["@type"]].flat().map(String);
}

/** @param {Page} page @param {(thing: Record<string, any>) => boolean} wanted */
const describes = (page, wanted) => structuredData(page.document).things.some(wanted);

/** Return whether optimize can add structured data to a page. @param {Page} page @param {Record<string, any>} parameters */
function canDescribe(page, parameters) {
  const named = Boolean(parameters.brandName ?? page.document.meta("og:site_name"));
  return named && jsonLd(page.document).length === 0 && page.document.elements.some(({ tag }) => tag === "body");
}

/** @param {string} what @param {string} id @param {number} weight @param {(thing: Record<string, any>) => boolean} wanted @returns {Audit} */
function undescribed(what, id, weight, wanted) {
  return {
    id,
    category: "organization",
    severity: "info",
    weight,
    message: `The home page has no structured data of type ${what}.`,
    fix: `Describe it in JSON-LD (schema.org ${what}); or set parameters.brandName and let optimize do it.`,
    fixedBy: "structuredData",
    *checkSite([first], { parameters }) {
      if (first.status < 400 && !describes(first, wanted))
        yield {
          page: first.url,
          selector: 'script[type="application/ld+json"]',
          fixable: canDescribe(first, parameters),
        };
    },
  };
}

/** @type {Audit[]} */
export const ORGANIZATION_AUDITS = [
  {
    id: "structured_data_invalid",
    category: "organization",
    severity: "warning",
    weight: 4,
    message: "Some structured data is not valid JSON and is ignored.",
    fix: "Correct the JSON; validator.schema.org shows the errors.",
    *check({ document }) {
      for (const selector of structuredData(document).broken) yield { selector };
    },
  },
  undescribed("Organization", "organization_missing", 2, isOrganization),
  undescribed("WebSite", "website_missing", 1, (thing) => typesOf(thing).includes("WebSite")),
  {
    id: "social_links_missing",
    category: "organization",
    severity: "info",
    weight: 1,
    message: "The page does not link to the brand's social media profiles.",
    fix: "Link the profiles in the footer, and list them as sameAs in the structured data.",
    *checkSite([first]) {
      const { document } = first;
      const linked = document.all("a").some((a) => {
        const url = URL.parse(attr(a, "href") ?? "");
        return url !== null && PROFILES.test(url.hostname);
      });
      if (!linked && !describes(first, (thing) => [thing.sameAs].flat().some(Boolean)))
        yield { page: first.url, selector: "footer a" };
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixStructuredData(page) {
  const { site, url, parameters } = page;
  if (url.pathname !== site.pathname) return; // only the home page describes the company
  const siteName = metaOf(page, "og:site_name");
  let seen = false;
  page.on('script[type="application/ld+json" i]', { element: () => void (seen = true) });
  page.atBodyEnd(() => {
    const name = parameters.brandName ?? siteName.content;
    if (seen || !name) return "";
    const home = `${site.origin}/`;
    const organization = {
      "@type": "Organization",
      "@id": `${home}#organization`,
      name,
      url: home,
      ...(parameters.logo && { logo: parameters.logo }),
      ...(parameters.profiles?.length && { sameAs: parameters.profiles }),
    };
    const website = { "@type": "WebSite", name, url: home, publisher: { "@id": organization["@id"] } };
    const data = { "@context": "https://schema.org", "@graph": [organization, website] };
    return `<script type="application/ld+json">${scriptJson(data)}</script>\n`;
  });
}
