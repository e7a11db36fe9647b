/** How a shared link looks: Open Graph, and the card of X (Twitter). */
import { escaped } from "code24/rewrite/source.js";
import { titleOf } from "./facts.js";
import { canonicalOf, metaOf, titleSeen } from "./search.js";
import { decode } from "code24/html.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */

/**
 * @param {string} property
 * @param {Audit["severity"]} severity
 * @param {number} weight
 * @param {string} effect
 * @param {(page: Page, parameters: Record<string, any>) => unknown} source what optimize would make it of
 * @returns {Audit}
 */
function missing(property, severity, weight, effect, source) {
  return {
    id: `${property.replace(":", "_")}_missing`,
    category: "sharing",
    severity,
    weight,
    message: `There is no ${property}: ${effect}`,
    fix: `Add <meta property="${property}"> to the head.`,
    fixedBy: "sharing",
    *check(page, { parameters }) {
      if (page.status >= 400 || page.document.meta(property)) return;
      const fixable = page.document.headEnds && Boolean(source(page, parameters));
      yield { selector: `meta[property="${property}"]`, fixable };
    },
  };
}

/** @type {Audit[]} */
export const SHARING_AUDITS = [
  missing("og:title", "warning", 5, "shared links show whatever the network guesses.", (page, { brandName }) => {
    return titleOf(page.document) || brandName;
  }),
  missing("og:image", "warning", 8, "shared links have no picture.", (_, { shareImage }) => shareImage),
  missing("og:description", "info", 2, "shared links have no text.", (page, { description }) => {
    return page.document.meta("description") ?? description;
  }),
  missing("og:url", "info", 1, "shares of one page count as several.", () => true),
  missing("og:type", "info", 1, "networks don't know what the link is.", () => true),
  missing("og:site_name", "info", 1, "shared links don't name the brand.", (_, { brandName }) => brandName),
  missing("twitter:card", "info", 1, "X shows a small card without a picture.", () => true),
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixSharing(page) {
  const { parameters, url } = page;
  const title = titleSeen(page);
  const description = metaOf(page, "description");
  const said = Object.fromEntries(
    ["title", "image", "description", "url", "type", "site_name"].map((name) => [name, metaOf(page, `og:${name}`)]),
  );
  const card = metaOf(page, "twitter:card");
  page.atHeadEnd(() => {
    const { brandName, shareImage } = parameters;
    const home = url.pathname === "/";
    /** @type {Record<string, string | null | undefined>} */
    const known = {
      title: decode(title.text) || brandName,
      image: shareImage,
      description: description.content ?? parameters.description,
      url: canonicalOf(url),
      type: home ? "website" : "article",
      site_name: brandName,
    };
    const lines = Object.entries(known).flatMap(([name, content]) =>
      content && !said[name].content ? `<meta property="og:${name}" content="${escaped(content)}">\n` : [],
    );
    const kind = said.image.content || shareImage ? "summary_large_image" : "summary";
    if (!card.content) lines.push(`<meta name="twitter:card" content="${kind}">\n`);
    return lines.join("");
  });
}
