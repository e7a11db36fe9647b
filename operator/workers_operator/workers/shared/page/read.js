/** Reads an answer's HTML into a document: bounded in bytes and elements, whatever the site sends. */
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
  const counting = count(bounded.stream);
  /** @type {string | null} */
  let broken = null;
  try {
    const text = await decoded(counting.stream, response.headers.get("Content-Type"));
    const html = new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await reader(document).transform(html).body?.pipeTo(new WritableStream());
  } catch (error) {
    broken = String(/** @type {any} */ (error)?.message ?? error);
  }
  document.end();
  return { document, bytes: counting.bytes(), truncated: bounded.isCut(), broken };
}

/** @param {PageDocument} document */
function reader(document) {
  return new HTMLRewriter()
    .on("*", {
      element(element) {
        if (document.elements.length >= MAX_ELEMENTS) throw new Error(`more than ${MAX_ELEMENTS} elements`);
        const closed = isVoid(element.tagName) || isSelfClosed(element);
        const opened = document.open(element.tagName, Object.fromEntries(element.attributes), closed);
        if (!closed) element.onEndTag(() => document.close(opened));
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

/** Whether `/>` ends it, as it does in SVG and MathML: there is no end tag to come. @param {Element} element */
function isSelfClosed(element) {
  const { selfClosing, namespaceURI } = /** @type {any} */ (element);
  return Boolean(selfClosing) && namespaceURI !== "http://www.w3.org/1999/xhtml";
}

/** @param {ReadableStream<Uint8Array>} stream */
function count(stream) {
  let bytes = 0;
  const counter = new TransformStream({
    /** @param {Uint8Array} chunk @param {any} controller */
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
  return { stream: stream.pipeThrough(counter), bytes: () => bytes };
}
