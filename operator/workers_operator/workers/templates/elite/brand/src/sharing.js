/** Checks and fixes the previews of shared links: Open Graph, and the card of X (Twitter). */
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
 * @param {(page: Page, parameters: Record<string, any>) => unknown} source the value that optimize would use
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
  missing("og:title", "warning", 5, "the network guesses the title of shared links.", (page, { brandName }) => {
    return titleOf(page.document) || brandName;
  }),
  missing("og:image", "warning", 8, "shared links have no image.", (_, { shareImage }) => shareImage),
  missing("og:description", "info", 2, "shared links have no description.", (page, { description }) => {
    return page.document.meta("description") ?? description;
  }),
  missing("og:url", "info", 1, "networks count shares of one page separately for each URL.", () => true),
  missing("og:type", "info", 1, "networks do not know the type of the page.", () => true),
  missing("og:site_name", "info", 1, "shared links do not show the brand.", (_, { brandName }) => brandName),
  missing("twitter:card", "info", 1, "X shows a small card without an image.", () => true),
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
