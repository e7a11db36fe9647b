/**
 * A page's source, read and changed just ahead of HTMLRewriter: where that would be called for each of thousands of elements
 * (16 µs each, and memory that has to be collected), and where it can't tell what follows a tag. It also tells how many bytes
 * are sure to come out of HTMLRewriter for those that go in.
 */
import { messageOf } from "../errors.js";
import { putText } from "./addresses.js";
import { Lexer, says } from "./lexer.js";

/**
 * Somebody who reads along (see Visitor in lexer.js) and may ask for changes of what is at hand, in their order.
 * @typedef {{
 *   attribute?: (source: Uint8Array, tag: string, named: number, nameEnd: number, from: number, to: number, edit: Edit) => void,
 *   tag?: (source: Uint8Array, tag: string, isEnd: boolean, from: number, to: number, isForeign: boolean, edit: Edit) => void,
 *   text?: (source: Uint8Array, from: number, to: number, inside: string) => void,
 *   heldFrom?: () => number,
 *   letGo?: () => void,
 * }} Reader `heldFrom`: where something begins that can't go on before more is read, else Infinity; `letGo`: it will be read again, or not at all
 */
/** @typedef {(from: number, to: number, text: string) => void} Edit the text has a character for each byte */
/** @typedef {{from: number, to: number, text: string}} Change */

const MOST_HELD = 2048; // bytes that a reader may keep from going on
/** Attributes, and <link>'s href, that fixes give another value, which may be a shorter one. */
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
   * `end`: up to where the source may go on, as `bytes` with its changes; what is behind has to come again, with more.
   * `sure`: how many bytes come out of HTMLRewriter for these at least where nothing is removed. A tag that is written anew
   * has no more white space than it needs, and a style's text waits for its end.
   * @param {Uint8Array} source
   * @param {boolean} isLast nothing more comes
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

  /** A reader that throws is left out from there on: that never costs the page. @param {(reader: Reader) => void} tell */
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

/** @param {Uint8Array} source @param {Change[]} changes in their order */
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
