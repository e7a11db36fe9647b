/** Determines the character set of a page: from the Content-Type header, else from the first bytes, else UTF-8. */

const SNIFFED_BYTES = 1024; // the HTML standard looks for <meta charset> in these only

/** @param {string | null} contentType */
export function charsetOf(contentType) {
  return /charset=["']?([\w-]+)/i.exec(contentType ?? "")?.[1] ?? null;
}

/** The character sets that HTMLRewriter supports; it rejects pages with any other. */
const REWRITABLE = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;

/** Return whether a page with this Content-Type can be rewritten. Pages without a declared character set can. @param {string} contentType */
export function isRewritable(contentType) {
  return /charset/i.test(contentType) ? REWRITABLE.test(charsetOf(contentType) ?? "") : true;
}

/** Return the character set in a byte order mark or <meta> in the first bytes of a page, or null. @param {Uint8Array} bytes */
export function sniff(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const text = String.fromCharCode(...bytes.subarray(0, SNIFFED_BYTES));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(text)?.[1] ?? null;
}

/** Return whether the runtime can decode a character set. @param {string} charset */
export function isKnown(charset) {
  try {
    new TextDecoder(charset);
    return true;
  } catch {
    return false; // a typo in the site's charset should not prevent parsing
  }
}

/**
 * Convert a page to UTF-8, and return the character set that its first bytes declare.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {string | null} contentType
 */
export async function decoded(stream, contentType) {
  const told = charsetOf(contentType);
  const reader = stream.getReader();
  const { first, end } = await beginning(reader);
  const sniffed = sniff(first);
  const found = told && isKnown(told) ? told : (sniffed ?? "utf-8");
  const whole = new ReadableStream({
    start(controller) {
      if (first.length > 0) controller.enqueue(first);
      if (end) controller.close();
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const decoder = /** @type {any} */ (new TextDecoderStream(isKnown(found) ? found : "utf-8"));
  return { stream: whole.pipeThrough(decoder).pipeThrough(/** @type {any} */ (new TextEncoderStream())), sniffed };
}

/**
 * Read enough bytes to sniff the character set; also return whether the stream has ended. A broken stream counts as
 * ended: the next read returns its error.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 */
async function beginning(reader) {
  let first = new Uint8Array();
  try {
    while (first.length < SNIFFED_BYTES) {
      const { done, value } = await reader.read();
      if (done) return { first, end: true };
      const joined = new Uint8Array(first.length + value.length);
      joined.set(first);
      joined.set(value, first.length);
      first = joined;
    }
  } catch (error) {
    if (first.length === 0) throw error;
  }
  return { first, end: false };
}
