/** The character set of a page: what the header says, else what the page's first bytes say, else UTF-8. */

const SNIFFED_BYTES = 1024; // where the HTML standard looks for <meta charset>

/** @param {string | null} contentType */
export function charsetOf(contentType) {
  return /charset=["']?([\w-]+)/i.exec(contentType ?? "")?.[1] ?? null;
}

/** What a byte order mark or a <meta> in the first bytes of a page says, or null. @param {Uint8Array} bytes */
export function sniff(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const text = String.fromCharCode(...bytes.subarray(0, SNIFFED_BYTES));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(text)?.[1] ?? null;
}

/** Whether the runtime can read a character set. @param {string} charset */
export function isKnown(charset) {
  try {
    new TextDecoder(charset);
    return true;
  } catch {
    return false; // a typing error of the site shouldn't cost the reading
  }
}

/**
 * A page's bytes as UTF-8.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {string | null} contentType
 */
export async function decoded(stream, contentType) {
  const told = charsetOf(contentType);
  const reader = stream.getReader();
  const first = await reader.read();
  const found = told && isKnown(told) ? told : (first.value && sniff(first.value)) || "utf-8";
  const rest = new ReadableStream({
    start(controller) {
      if (first.value) controller.enqueue(first.value);
      if (first.done) controller.close();
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const decoder = /** @type {any} */ (new TextDecoderStream(isKnown(found) ? found : "utf-8"));
  return rest.pipeThrough(decoder).pipeThrough(/** @type {any} */ (new TextEncoderStream()));
}
