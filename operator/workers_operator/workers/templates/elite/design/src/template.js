/** The audits and fixes of "design". */
import { ALT_AUDIT, fixAlt } from "code24/checks/alt.js";
import { H1_AUDITS } from "code24/checks/headings.js";
import { applyStyles } from "code24/page/cascade.js";
import { rulesOf } from "code24/page/css.js";
import { fixLanguage, LANGUAGE_AUDITS } from "code24/checks/language.js";
import { CONTRAST_AUDITS, stylesheetsOf, stylesOf } from "./contrast.js";
import { fixFonts } from "code24/rewrite/fonts.js";
import { FONT_AUDITS } from "./fonts.js";
import { FORM_AUDITS, fixAutocomplete, fixLabels } from "./forms.js";
import { fixHeadings, HEADING_AUDITS } from "./headings.js";
import { fixLazy, IMAGE_AUDITS } from "./images.js";
import { LAYOUT_AUDITS } from "./layout.js";
import { fixFrames, fixNames, NAME_AUDITS } from "./names.js";
import { fixTabindex, LANDMARK_AUDITS, STRUCTURE_AUDITS } from "./structure.js";
import { fixViewport, VIEWPORT_AUDITS } from "./viewport.js";

const fixes = {
  language: fixLanguage,
  viewport: fixViewport,
  headings: fixHeadings,
  alt: fixAlt,
  names: fixNames,
  frames: fixFrames,
  labels: fixLabels,
  autocomplete: fixAutocomplete,
  lazy: fixLazy,
  fonts: fixFonts,
  tabindex: fixTabindex,
};

/** @type {import("code24/types.d.ts").EliteTemplate} */
export default {
  type: "design",
  title: "Design report",
  audits: [
    ...VIEWPORT_AUDITS,
    ...LANGUAGE_AUDITS,
    ...HEADING_AUDITS,
    ...H1_AUDITS,
    ...LANDMARK_AUDITS,
    { ...ALT_AUDIT, severity: "error", weight: 8 },
    ...NAME_AUDITS,
    ...FORM_AUDITS,
    ...STRUCTURE_AUDITS,
    ...CONTRAST_AUDITS,
    ...LAYOUT_AUDITS,
    ...IMAGE_AUDITS,
    ...FONT_AUDITS,
  ],
  fixes,
  defaults: Object.keys(fixes),
  assets: stylesheetsOf,
  prepare: (page) => {
    const rules = stylesOf(page).flatMap(rulesOf);
    applyStyles(page.document.elements, rules, [
      "display",
      "visibility",
      "position",
      "width",
      "height",
      "aspect-ratio",
    ]);
  },
};
