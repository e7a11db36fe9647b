/** Checks and fixes the accessible names of links, buttons and frames. */
import { fileName, wordsOf } from "code24/checks/words.js";
import { decode } from "code24/html.js";
import { charsetOf } from "code24/page/charset.js";
import { attr, has, isHidden, selectorOf } from "code24/page/document.js";
import { unmoved } from "code24/rewrite/addresses.js";
import { escaped, setText } from "code24/rewrite/source.js";
import { NamelessLinks } from "./nameless.js";

/** @typedef {import("code24/types.d.ts").PageElement} PageElement */
/** @typedef {import("code24/page/document.js").PageDocument} PageDocument */

const STYLE =
  "<style>.code24-name{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}</style>";

const NETWORKS = "Facebook Instagram LinkedIn YouTube GitHub Pinterest TikTok WhatsApp Dribbble Behance".split(" ");
/** @type {[RegExp, string][]} hints → name */
const KNOWN = [
  [/twitter|x-twitter|\/\/(www\.)?x\.com/, "X (Twitter)"],
  [/youtu\.be/, "YouTube"],
  [/mailto:|envelope/, "E-mail"],
  [/tel:|phone/, "Phone"],
  [/toggler|hamburger|navbar-toggle|menu-toggle|menu-btn|sidebartoggle|fa-bars|bi-list/, "Menu"],
  [/btn-close|(^|[\s-])close($|[\s-])|fa-times|fa-xmark/, "Close"],
  [/scroll-?to-?top|back-?to-?top|page-top|(chevron|angle|arrow)-up/, "Back to top"],
  [/(^|[\s-])prev(ious)?($|[\s-])|(chevron|angle|arrow)-left/, "Previous"],
  [/(^|[\s-])next($|[\s-])|(chevron|angle|arrow)-right/, "Next"],
  [/search/, "Search"],
  [/(^|[\s-])cart|basket/, "Cart"],
  [/(^|[\s-])play($|[\s-])/, "Play"],
  [/(^|[\s-])user/, "Account"],
];
const ICON_CLASS = /^(?:fa|bi|icon|mdi|ti|ion|glyphicon|lni|ri|bx)-(.+)$/;

/** Derive a name from classes and URL, or return null. @param {string[]} classes @param {string} href */
export function nameFrom(classes, href) {
  const hints = [...classes, href].join(" ").toLowerCase();
  const network = NETWORKS.find((name) => hints.includes(name.toLowerCase()));
  const known = network ?? KNOWN.find(([pattern]) => pattern.test(hints))?.[1];
  if (known) return known;
  const icon = classes
    .flatMap((name) => ICON_CLASS.exec(name)?.[1] ?? [])
    .find((name) => !/^\d|^(lg|sm|xs|fw)$/.test(name));
  return (icon && wordsOf(icon)) || wordsOf(fileName(href.replace(/^#/, "/")));
}

/** Return whether an element's own attributes name it. @param {(name: string) => string | null | undefined} get */
function isNamedByTag(get) {
  return ["aria-label", "aria-labelledby", "title"].some((name) => decode(get(name) ?? "") !== "");
}

/** Return whether the content of an element names it. @param {PageDocument} document @param {PageElement} element */
function isNamedInside(document, element) {
  const inside = document.inside(element);
  const hidden = inside.filter((inner) => isHidden(inner));
  const pictures = inside.some((inner) => {
    if (isHidden(inner)) return false;
    const get = (/** @type {string} */ name) => inner.attributes[name];
    return isNamedByTag(get) || (inner.tag === "img" && attr(inner, "alt") !== null);
  });
  if (pictures) return true;
  let text = document.textOf(element);
  for (const inner of [...hidden, ...inside.filter(({ tag }) => tag === "style" || tag === "script")])
    text = text.replace(document.textOf(inner), "");
  return text.trim() !== "";
}

/** @param {PageDocument} document @param {PageElement} element */
function fixableName(document, element) {
  const classes = [element, ...document.inside(element)].flatMap((e) => (attr(e, "class") ?? "").split(/\s+/));
  return nameFrom(classes.filter(Boolean), attr(element, "href") ?? "") !== null;
}

/** @param {string} tag @param {string} what @param {number} weight @returns {import("code24/types.d.ts").Audit} */
function nameless(tag, what, weight) {
  return {
    id: `${what}_name_missing`,
    category: "names",
    severity: "error",
    weight,
    message: `Some ${what}s have no name: screen readers only announce "${what}".`,
    fix: `Give each ${what} a text, or an aria-label if it only shows an icon.`,
    fixedBy: "names",
    *check({ document }) {
      for (const element of document.all(tag)) {
        const role = attr(element, "role");
        if (tag === "a" && (!has(element, "href") || (role !== null && role !== "link"))) continue;
        if (isNamedByTag((name) => element.attributes[name]) || isHidden(element)) continue;
        if (isNamedInside(document, element)) continue;
        yield { selector: selectorOf(element), fixable: fixableName(document, element) };
      }
    },
  };
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const NAME_AUDITS = [
  nameless("a", "link", 6),
  nameless("button", "button", 6),
  {
    id: "frame_title_missing",
    category: "names",
    severity: "error",
    weight: 4,
    message: "Some frames have no title.",
    fix: 'Describe what each frame shows: <iframe title="Map of our shop">.',
    fixedBy: "frames",
    *check({ document }) {
      for (const frame of document.all("iframe", "frame"))
        if (!isNamedByTag((name) => frame.attributes[name]) && !isHidden(frame))
          yield { selector: selectorOf(frame), fixable: frame.tag === "iframe" };
    },
  },
  {
    id: "link_text_generic",
    category: "names",
    severity: "info",
    weight: 2,
    message: "Some link texts do not describe their target.",
    fix: 'Name the target: "Prices for 2027" instead of "click here".',
    *check({ document, url }) {
      for (const link of document.all("a")) {
        const href = attr(link, "href");
        const target = href && URL.parse(href, url);
        if (!target || /^(mailto|javascript|tel):/.test(href) || /\bnofollow\b/.test(attr(link, "rel") ?? "")) continue;
        if (target.href.split("#")[0] === url.split("#")[0]) continue;
        if (GENERIC.has(document.textOf(link).toLowerCase()))
          yield { selector: selectorOf(link), detail: document.textOf(link) };
      }
    },
  },
];

const GENERIC = new Set([
  "click here",
  "click this",
  "go",
  "here",
  "information",
  "learn more",
  "more",
  "more info",
  "more information",
  "right here",
  "read more",
  "see more",
  "start",
  "this",
  "hier klicken",
  "hier",
  "mehr",
  "mehr erfahren",
  "weiterlesen",
  "en savoir plus",
  "cliquez ici",
  "plus",
]);

/**
 * Insert a visually hidden name at the end of nameless links and buttons. An element is only known to be nameless at its
 * end, so the source is read ahead: HTMLRewriter handlers for every link and its content would be too slow.
 * @param {import("code24/types.d.ts").Rewriting} page
 */
export function fixNames({ headers, readAhead }) {
  if (restrictsStyles(headers)) return; // without the style, the name would be visible
  let style = STYLE;
  const charset = charsetOf(headers.get("Content-Type")) ?? "utf-8";
  readAhead(
    new NamelessLinks(charset, (classes, href) => {
      const name = nameFrom(classes, href);
      const html = name && `${style}<span class="code24-name">${escaped(name)}</span>`;
      if (html) style = "";
      return html ?? "";
    }),
  );
}

/** @param {Headers} headers */
function restrictsStyles(headers) {
  const policy = headers.get("Content-Security-Policy") ?? "";
  return /(style-src|default-src)/i.test(policy) && !/'unsafe-inline'/i.test(policy);
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixFrames({ on, site, prefix }) {
  on("iframe", {
    element(frame) {
      if (isNamedByTag((name) => frame.getAttribute(name))) return;
      const src = frame.getAttribute("src") ?? "";
      const address = unmoved(src, prefix);
      const host = URL.parse(address ?? "", address === src ? undefined : site)?.hostname.replace(/^www\./, "");
      setText(frame, "title", host ? `Content from ${host}` : "Embedded content");
    },
  });
}
