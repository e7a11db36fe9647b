/** Reads an answer's HTML into a document: bounded in bytes and elements, whatever the site sends. */
import { messageOf } from "../errors.js";
import { limit } from "../html.js";
import { decoded } from "./charset.js";
import { isVoid, PageDocument } from "./document.js";

const MAX_ELEMENTS = 20_000;

/**
 * Never throws for what the page is like: a page that breaks off is read as far as it came (`broken` says why).
 * @param {Response} response
 * @param {number} maxBytes
 */
export async function readDocument(response, maxBytes) {
  const document = new PageDocument();
  const bounded = limit(response.body, maxBytes);
  /** @type {string | null} */
  let broken = null;
  try {
    const { stream, sniffed } = await decoded(bounded.stream, response.headers.get("Content-Type"));
    document.charset = sniffed;
    const html = new Response(stream, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await reader(document).transform(html).body?.pipeTo(new WritableStream());
  } catch (error) {
    broken = messageOf(error);
  }
  document.end();
  return { document, bytes: bounded.read(), truncated: bounded.isCut(), broken };
}

/** @param {PageDocument} document */
function reader(document) {
  return new HTMLRewriter()
    .on("*", {
      element(element) {
        if (document.elements.length >= MAX_ELEMENTS) throw new Error(`more than ${MAX_ELEMENTS} elements`);
        /** @type {import("../types.d.ts").PageElement | undefined} */
        let opened;
        const ends = hasEnd(element, () => opened && document.close(opened));
        opened = document.open(element.tagName, Object.fromEntries(element.attributes), !ends);
      },
    })
    .onDocument({
      doctype(found) {
        document.doctype = { name: found.name, publicId: found.publicId };
      },
      text(chunk) {
        if (chunk.text) document.text(chunk.text);
      },
    });
}

/** Whether an element may hold something; where `/>` ends it, as in SVG, there is no end tag to wait for. @param {Element} element @param {() => void} atEnd */
function hasEnd(element, atEnd) {
  if (isVoid(element.tagName)) return false;
  try {
    element.onEndTag(atEnd);
    return true;
  } catch {
    return false;
  }
}
