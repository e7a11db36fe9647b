/** Audits that every elite worker runs first: whether the site can be read at all. */
import { MAX_PAGE_BYTES } from "../site/crawl.js";

/** @typedef {import("../types.d.ts").Audit} Audit */

/** @type {Record<string, Audit>} by id: findings that replace all others */
export const UNREADABLE = Object.fromEntries(
  [
    {
      id: "redirect_elsewhere",
      message: "The site redirects to another site, which is not read.",
      fix: "Set parameters.site to the address that visitors end up at.",
    },
    {
      id: "redirect_loop",
      message: "The site redirects in circles, or too often.",
      fix: "Let the address lead to the page directly.",
    },
    {
      id: "not_html",
      message: "The site answers with something other than HTML, so nothing could be checked.",
      fix: "Set parameters.site to the address of a page.",
    },
  ].map((about) => [about.id, /** @type {Audit} */ ({ ...about, category: "access", severity: "error", weight: 100 })]),
);

/** @type {Audit[]} */
export const ACCESS = [
  {
    id: "bad_status",
    category: "access",
    severity: "error",
    weight: 40,
    message: "The site answers with an error status.",
    fix: "Repair the page, or set parameters.site to one that works.",
    *checkSite([first]) {
      if (first.status >= 400) yield { page: first.url, header: "Status", detail: String(first.status) };
    },
  },
  {
    id: "link_broken",
    category: "access",
    severity: "warning",
    weight: 5,
    message: "Some links lead to pages that answer with an error.",
    fix: "Repair or redirect those pages, or take the links out.",
    *checkSite([, ...others]) {
      for (const page of others) if (page.status >= 400) yield { page: page.url, detail: `status ${page.status}` };
    },
  },
  {
    id: "not_https",
    category: "access",
    severity: "error",
    weight: 15,
    message: "The page is served over plain http.",
    fix: "Serve the site over https and redirect http there.",
    *checkSite([first]) {
      if (first.url.startsWith("http:")) yield { page: first.url, detail: first.url };
    },
  },
  {
    id: "page_truncated",
    category: "access",
    severity: "info",
    weight: 0,
    message: `The page was not read to its end; ${MAX_PAGE_BYTES} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(page) {
      if (page.truncated) yield { detail: `${page.bytes} bytes` };
    },
  },
];
