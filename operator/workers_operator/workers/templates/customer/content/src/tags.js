/**
 * Replaces `<esi:…>` tags in a streamed page. It searches the bytes, which works for every ASCII-compatible character set.
 * An HTML parser is unsuitable: it would treat everything after an unknown start tag as the element's content.
 */

const MARK = new TextEncoder().encode("esi:");
const MAX_TAG = 4096; // bytes; a longer match is not a tag
const [LESS, SLASH, GREATER] = [60, 47, 62];
const ATTRIBUTE = /([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** @typedef {{name: string, isEnd: boolean, attributes: Record<string, string>}} Tag */
/** @typedef {(tag: Tag) => Promise<Uint8Array | {until: string} | null>} Replace */
/** @typedef {TransformStreamDefaultController<Uint8Array>} Controller */

/**
 * Return a stream that replaces each tag with the bytes that `replace` returns for it. If `replace` returns {until}, the
 * stream drops everything up to the end tag of that name.
 * @param {Replace} replace
 * @returns {TransformStream<Uint8Array, Uint8Array>}
 */
export function replacing(replace) {
  let pending = new Uint8Array();
  /** @type {string | null} */
  let until = null;
  /** @param {Controller} controller @param {Uint8Array} bytes */
  const write = (controller, bytes) => void (until === null && bytes.length > 0 && controller.enqueue(bytes));
  /** @param {Controller} controller @param {boolean} isLast @returns {Promise<boolean>} whether another tag may follow */
  const step = async (controller, isLast) => {
    const start = tagStart(pending);
    const end = start < 0 ? -1 : pending.indexOf(GREATER, start);
    const isOpen = start >= 0 && end < 0 && pending.length - start < MAX_TAG && !isLast;
    if (start < 0 || isOpen) {
      const certain = isLast ? pending.length : start < 0 ? certainEnd(pending) : start;
      write(controller, pending.subarray(0, certain));
      pending = pending.slice(certain);
      return false;
    }
    write(controller, pending.subarray(0, start));
    if (end < 0 || end - start >= MAX_TAG) {
      write(controller, pending.subarray(start, start + 1));
      pending = pending.slice(start + 1);
      return true;
    }
    const tag = read(pending.subarray(start, end + 1));
    pending = pending.slice(end + 1);
    if (until !== null) {
      if (tag.isEnd && tag.name === until) until = null;
      return true;
    }
    const given = await replace(tag);
    if (given instanceof Uint8Array) write(controller, given);
    else until = given?.until ?? null;
    return true;
  };
  /** @param {Controller} controller @param {boolean} isLast */
  const drain = async (controller, isLast) => {
    let isMore = true;
    while (isMore) isMore = await step(controller, isLast);
  };
  return new TransformStream({
    transform(chunk, controller) {
      pending = join(pending, chunk);
      return drain(controller, false);
    },
    flush: (controller) => drain(controller, true),
  });
}

/** Return the offset of the first tag, or -1. @param {Uint8Array} bytes */
function tagStart(bytes) {
  for (let at = bytes.indexOf(LESS); at >= 0; at = bytes.indexOf(LESS, at + 1)) {
    const name = bytes[at + 1] === SLASH ? at + 2 : at + 1;
    if (name + MARK.length <= bytes.length && MARK.every((byte, index) => bytes[name + index] === byte)) return at;
  }
  return -1;
}

/** Return the offset before which no incomplete tag can start. @param {Uint8Array} bytes */
function certainEnd(bytes) {
  const at = bytes.lastIndexOf(LESS);
  return at >= 0 && bytes.length - at < MARK.length + 2 ? at : bytes.length;
}

/** @param {Uint8Array} bytes @returns {Tag} */
function read(bytes) {
  const text = new TextDecoder().decode(bytes);
  const [, slash, name] = /^<(\/?)esi:([a-z]*)/i.exec(text) ?? ["", "", ""];
  const found = Array.from(text.matchAll(ATTRIBUTE), ([, key, double, single]) => [
    key.toLowerCase(),
    double ?? single,
  ]);
  return { name: name.toLowerCase(), isEnd: slash === "/", attributes: Object.fromEntries(found) };
}

/** @param {Uint8Array} left @param {Uint8Array} right */
function join(left, right) {
  const all = new Uint8Array(left.length + right.length);
  all.set(left);
  all.set(right, left.length);
  return all;
}
