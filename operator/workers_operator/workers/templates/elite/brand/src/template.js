/** The audits and fixes of "brand". */
import { ALT_AUDIT, fixAlt } from "code24/checks/alt.js";
import { H1_AUDITS } from "code24/checks/headings.js";
import { fixLanguage, LANGUAGE_AUDITS } from "code24/checks/language.js";
import { attr } from "code24/page/document.js";
import { baseOf } from "code24/site/crawl.js";
import { CONSISTENCY_AUDITS } from "./consistency.js";
import { facts } from "./facts.js";
import { fixHreflang, HREFLANG_AUDITS } from "./hreflang.js";
import { fixIcons, fixThemeColor, IDENTITY_AUDITS } from "./identity.js";
import { fixStructuredData, ORGANIZATION_AUDITS } from "./organization.js";
import { fixCanonical, fixDescription, fixTitle, SEARCH_AUDITS } from "./search.js";
import { fixSharing, SHARING_AUDITS } from "./sharing.js";

const fixes = {
  language: fixLanguage,
  title: fixTitle,
  description: fixDescription,
  canonical: fixCanonical,
  hreflang: fixHreflang,
  sharing: fixSharing,
  icons: fixIcons,
  themeColor: fixThemeColor,
  structuredData: fixStructuredData,
  alt: fixAlt,
};

/** @type {import("code24/types.d.ts").EliteTemplate} */
export default {
  type: "brand",
  title: "Brand report",
  audits: [
    ...SEARCH_AUDITS,
    ...SHARING_AUDITS,
    ...IDENTITY_AUDITS,
    ...H1_AUDITS,
    ALT_AUDIT,
    ...LANGUAGE_AUDITS,
    ...ORGANIZATION_AUDITS,
    ...HREFLANG_AUDITS,
    ...CONSISTENCY_AUDITS,
  ],
  fixes,
  defaults: Object.keys(fixes),
  assets: (page) => {
    const links = [...page.document.links("manifest"), ...page.document.links("stylesheet")];
    return links.flatMap((link) => URL.parse(attr(link, "href") ?? "", baseOf(page))?.href ?? []);
  },
  facts,
};
