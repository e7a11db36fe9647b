/**
 * Reads and changes a page's source before HTMLRewriter: for changes that would call a handler for each of thousands of
 * elements (16 µs each, plus garbage collection), or that depend on what follows a tag. It also computes how many bytes
 * of output from HTMLRewriter are certain for a given input.
 */
import { messageOf } from "../errors.js";
import { putText } from "./addresses.js";
import { Lexer, says } from "./lexer.js";

/**
 * A reader of the source (see Visitor in lexer.js) that can request changes to the current token, in order.
 * @typedef {{
 *   attribute?: (source: Uint8Array, tag: string, named: number, nameEnd: number, from: number, to: number, edit: Edit) => void,
 *   tag?: (source: Uint8Array, tag: string, isEnd: boolean, from: number, to: number, isForeign: boolean, edit: Edit) => void,
 *   text?: (source: Uint8Array, from: number, to: number, inside: string) => void,
 *   heldFrom?: () => number,
 *   letGo?: () => void,
 * }} Reader `heldFrom`: start of a part that has to wait for more input, else Infinity; `letGo`: that part is discarded, or will be read again
 */
/** @typedef {(from: number, to: number, text: string) => void} Edit the text has one character per byte */
/** @typedef {{from: number, to: number, text: string}} Change */

const MOST_HELD = 2048; // bytes that a reader can hold back
/** Attributes, and the href of <link>, whose values fixes replace, possibly by shorter ones. */
const REPLACED = ["as", "alt", "lang", "title", "content", "tabindex", "hreflang", "aria-level"];

export class Ahead {
  #unsure = 0;
  #inStyle = false;
  /** @type {Change[]} */
  #changes = [];
  #lexer = new Lexer(this);
  #readers;
  /** @type {Edit} */
  #edit = (from, to, text) => void this.#changes.push({ from, to, text });

  /** @param {Reader[]} readers */
  constructor(readers) {
    this.#readers = readers;
  }

  /**
   * `end`: up to where the source can be passed on, as `bytes` with its changes; the rest must be passed in again, with
   * more input. `sure`: the minimum number of bytes that HTMLRewriter emits for them if nothing is removed. A tag that
   * is serialized again loses unnecessary white space, and the text of a style is emitted at its end.
   * @param {Uint8Array} source
   * @param {boolean} isLast whether this is the end of the source
   * @returns {{end: number, bytes: Uint8Array, sure: number}}
   */
  read(source, isLast) {
    this.#unsure = 0;
    this.#changes = [];
    const read = this.#lexer.read(source);
    const end = isLast ? source.length : this.#holdBack(read);
    const changes = this.#changes.filter(({ from }) => from < end);
    const bytes = changed(source.subarray(0, end), changes);
    return { end, bytes, sure: Math.max(0, bytes.length - this.#unsure) };
  }

  /** @type {import("./lexer.js").Visitor["attribute"]} */
  attribute(source, tag, named, nameEnd, from, to) {
    const length = nameEnd - named;
    const isReplaced = REPLACED.some((name) => name.length === length && says(source, named, name));
    if (isReplaced || (tag === "link" && length === 4)) this.#unsure += to - from;
    this.#each((reader) => reader.attribute?.(source, tag, named, nameEnd, from, to, this.#edit));
  }

  /** @type {import("./lexer.js").Visitor["tag"]} */
  tag(source, tag, isEnd, from, to, spare, isForeign) {
    this.#unsure += spare;
    if (tag === "style") this.#inStyle = !isEnd;
    this.#each((reader) => reader.tag?.(source, tag, isEnd, from, to, isForeign, this.#edit));
  }

  /** @type {import("./lexer.js").Visitor["text"]} */
  text(source, from, to, inside) {
    if (this.#inStyle) this.#unsure += to - from;
    this.#each((reader) => reader.text?.(source, from, to, inside));
  }

  /** Call all readers. A reader that throws is removed, so that it does not break the page. @param {(reader: Reader) => void} tell */
  #each(tell) {
    for (const reader of this.#readers) {
      try {
        tell(reader);
      } catch (error) {
        console.error("a fix was left out:", messageOf(error));
        this.#readers = this.#readers.filter((other) => other !== reader);
      }
    }
  }

  /** @param {number} end */
  #holdBack(end) {
    const from = Math.min(...this.#readers.map((reader) => reader.heldFrom?.() ?? Infinity));
    if (from >= end) return end;
    this.#each((reader) => reader.letGo?.());
    if (end - from > MOST_HELD) return end;
    this.#lexer.reset();
    this.#inStyle = false;
    return from;
  }
}

/** @param {Uint8Array} source @param {Change[]} changes in order */
function changed(source, changes) {
  if (changes.length === 0) return source;
  const grown = changes.reduce((sum, { from, to, text }) => sum + text.length - (to - from), 0);
  const result = new Uint8Array(source.length + grown);
  let read = 0;
  let written = 0;
  for (const { from, to, text } of changes) {
    result.set(source.subarray(read, from), written);
    written += from - read;
    putText(text, result, written);
    written += text.length;
    read = to;
  }
  result.set(source.subarray(read), written);
  return result;
}
