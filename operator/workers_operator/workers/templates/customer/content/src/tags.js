/**
 * Finding `<esi:…>` in a page that streams. It is looked for in the bytes, as the page has it in any character set: HTML knows
 * no such element, and readers of HTML would take all that follows for its content.
 */

const MARK = new TextEncoder().encode("esi:");
const MAX_TAG = 4096; // bytes; what is longer is no tag
const [LESS, SLASH, GREATER] = [60, 47, 62];
const ATTRIBUTE = /([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** @typedef {{name: string, isEnd: boolean, attributes: Record<string, string>}} Tag */
/** @typedef {(tag: Tag) => Promise<Uint8Array | {until: string} | null>} Replace */
/** @typedef {TransformStreamDefaultController<Uint8Array>} Controller */

/**
 * A stream that passes all on but tags, for which it writes what `replace` gives for them. Between a tag for which that is
 * the name of an end tag, as {until}, and that one, nothing is written.
 * @param {Replace} replace
 * @returns {TransformStream<Uint8Array, Uint8Array>}
 */
export function replacing(replace) {
  let pending = new Uint8Array();
  /** @type {string | null} */
  let until = null;
  /** @param {Controller} controller @param {Uint8Array} bytes */
  const write = (controller, bytes) => void (until === null && bytes.length > 0 && controller.enqueue(bytes));
  /** @param {Controller} controller @param {boolean} isLast @returns {Promise<boolean>} whether there may be more */
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

/** Where the first tag begins, or -1. @param {Uint8Array} bytes */
function tagStart(bytes) {
  for (let at = bytes.indexOf(LESS); at >= 0; at = bytes.indexOf(LESS, at + 1)) {
    const name = bytes[at + 1] === SLASH ? at + 2 : at + 1;
    if (name + MARK.length <= bytes.length && MARK.every((byte, index) => bytes[name + index] === byte)) return at;
  }
  return -1;
}

/** Up to where no tag can begin that is not seen yet. @param {Uint8Array} bytes */
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
