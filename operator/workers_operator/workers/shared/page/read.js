/** Parses the HTML of a response into a document, with limits on bytes and elements. */
import { messageOf } from "../errors.js";
import { limit } from "../html.js";
import { decoded } from "./charset.js";
import { isVoid, PageDocument } from "./document.js";

const MAX_ELEMENTS = 20_000;

/**
 * Never throws because of the page's content. If the response is cut off, the document contains the part that arrived,
 * and `broken` the reason.
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

/** Return whether an element can have content. An element closed by `/>`, as in SVG, has no end tag. @param {Element} element @param {() => void} atEnd */
function hasEnd(element, atEnd) {
  if (isVoid(element.tagName)) return false;
  try {
    element.onEndTag(atEnd);
    return true;
  } catch {
    return false;
  }
}
