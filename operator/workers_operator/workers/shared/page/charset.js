/** The character set of a page: what the header says, else what the page's first bytes say, else UTF-8. */

const SNIFFED_BYTES = 1024; // where the HTML standard looks for <meta charset>

/** @param {string | null} contentType */
export function charsetOf(contentType) {
  return /charset=["']?([\w-]+)/i.exec(contentType ?? "")?.[1] ?? null;
}

/** What HTMLRewriter reads: it refuses pages of any other. */
const REWRITABLE = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;

/** Whether a page of this Content-Type can be rewritten: all can that don't tell their character set. @param {string} contentType */
export function isRewritable(contentType) {
  return /charset/i.test(contentType) ? REWRITABLE.test(charsetOf(contentType) ?? "") : true;
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
 * A page's bytes as UTF-8, and what its own first bytes say of its character set.
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
 * The first bytes, enough to sniff, and whether there are no more. A stream that breaks off ends as well; reading on
 * tells why.
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
