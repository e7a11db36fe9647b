/**
 * Finds the boundaries of tags, comments and texts in the available part of a page's source:
 * https://html.spec.whatwg.org/multipage/parsing.html#tokenization, boundaries only. It works on bytes, in every
 * ASCII-compatible character set, and allocates no tokens, because every rewritten page passes through it.
 */

/**
 * Receives the tokens. For a start tag, first its attributes with a value, which spans `from` … `to` without quotes;
 * then the tag, from its `<` to after its `>`, with `spare` bytes of unnecessary white space. The name of a tag is ""
 * if it is not one of NAMES. `inside`: the raw text element around a text, or "".
 * @typedef {{
 *   attribute: (source: Uint8Array, tag: string, named: number, nameEnd: number, from: number, to: number) => void,
 *   tag: (source: Uint8Array, tag: string, isEnd: boolean, from: number, to: number, spare: number, isForeign: boolean) => void,
 *   text: (source: Uint8Array, from: number, to: number, inside: string) => void,
 * }} Visitor
 */

const [SPACE, BANG, DOUBLE, SINGLE, DASH, SLASH, LESS, EQUALS, MORE, QUESTION, BRACKET] = [..." !\"'-/<=>?]"].map(
  (char) => char.charCodeAt(0),
);
const COMMENT = "--";
/** Elements that contain only text, up to their end tag. */
const TEXTS = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
const FOREIGN = ["svg", "math"];
const NAMES = [...TEXTS, ...FOREIGN, "a", "button", "link", "object", "select"];
/** Start tags that end SVG and MathML at any depth. */
const ENDS_FOREIGN =
  `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
  menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`.split(/\s+/);
const CDATA = "<![CDATA[";

export class Lexer {
  /** The current comment or raw text element, or "". */
  #inside = "";
  #isOpening = false; // at the start of a comment
  #depth = 0; // of nesting in SVG and MathML, where <style> and <title> can contain elements
  #spare = 0; // of the last tag
  /** The boundaries of the last tag's attribute names and values, four numbers each. @type {number[]} */
  #bounds = [];
  #visitor;

  /** @param {Visitor} visitor */
  constructor(visitor) {
    this.#visitor = visitor;
  }

  /**
   * Pass all complete tokens to the visitor.
   * @param {Uint8Array} source
   * @returns {number} start of the first incomplete token: from there on, the source must be passed in again, with more input
   */
  read(source) {
    let at = 0;
    while (at < source.length) {
      const next = this.#step(source, at);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  /** Reset the state: the next input is the start of a page. */
  reset() {
    this.#inside = "";
    this.#depth = 0;
  }

  /** @param {Uint8Array} source @param {number} at */
  #step(source, at) {
    if (this.#inside === COMMENT) return this.#comment(source, at);
    if (this.#inside) return this.#textUpToEndTag(source, at);
    return source[at] === LESS ? this.#markup(source, at) : this.#text(source, at, find(source, LESS, at));
  }

  /** @param {Uint8Array} source @param {number} from @param {number} to */
  #text(source, from, to) {
    if (to > from) this.#visitor.text(source, from, to, this.#inside);
    return to;
  }

  /** @param {Uint8Array} source @param {number} at */
  #comment(source, at) {
    const text = this.#isOpening ? at + 2 : at; // <!--> is a complete comment, <!--!> is not
    for (let end = find(source, MORE, at + 2); end < source.length; end = find(source, MORE, end + 1)) {
      const dashes = source[end - 1] === BANG && end - 3 >= text ? end - 3 : end - 2;
      if (source[dashes] !== DASH || source[dashes + 1] !== DASH) continue;
      this.#inside = "";
      return end + 1;
    }
    const held = Math.max(at, source.length - 3); // they can be part of its end
    if (held > text) this.#isOpening = false;
    return held > text ? held : at;
  }

  /** @param {Uint8Array} source @param {number} at */
  #textUpToEndTag(source, at) {
    for (let open = find(source, LESS, at); open < source.length; open = find(source, LESS, open + 1)) {
      const to = open + 2 + this.#inside.length;
      const isCut = to >= source.length && (open + 1 === source.length || source[open + 1] === SLASH);
      if (!isCut && !(source[open + 1] === SLASH && isNameEnd(source[to]) && says(source, open + 2, this.#inside)))
        continue;
      if (open > at) return this.#text(source, at, open);
      if (isCut) return at;
      this.#inside = "";
      return this.#markup(source, open);
    }
    return this.#text(source, at, source.length);
  }

  /** @param {Uint8Array} source @param {number} at */
  #markup(source, at) {
    const next = source[at + 1];
    if (isLetter(next)) return this.#tag(source, at, at + 1);
    if (source.length < at + 4) return at; // too short to classify
    if (next === SLASH && isLetter(source[at + 2])) return this.#tag(source, at, at + 2);
    if (next !== SLASH && next !== BANG && next !== QUESTION) return this.#text(source, at, at + 1);
    if (next === BANG && source[at + 2] === DASH && source[at + 3] === DASH) {
      this.#inside = COMMENT;
      this.#isOpening = true;
      return at + 2;
    }
    if (this.#depth > 0 && says(source, at, CDATA)) return this.#cdata(source, at);
    const end = find(source, MORE, at + 2);
    return end < source.length ? end + 1 : at;
  }

  /** @param {Uint8Array} source @param {number} at */
  #cdata(source, at) {
    let end = find(source, MORE, at);
    while (end < source.length && (source[end - 1] !== BRACKET || source[end - 2] !== BRACKET))
      end = find(source, MORE, end + 1);
    return end < source.length ? end + 1 : at;
  }

  /** @param {Uint8Array} source @param {number} from @param {number} named start of the tag's name */
  #tag(source, from, named) {
    const nameEnd = skipName(source, named);
    const end = this.#attributes(source, nameEnd);
    if (end >= source.length) return from;
    const isEnd = named > from + 1;
    const name = NAMES.find((one) => one.length === nameEnd - named && says(source, named, one)) ?? "";
    if (FOREIGN.includes(name)) this.#depth = Math.max(0, this.#depth + depthOf(isEnd, source[end - 1] === SLASH));
    else if (
      this.#depth > 0 &&
      !isEnd &&
      ENDS_FOREIGN.some((one) => one.length === nameEnd - named && says(source, named, one))
    )
      this.#depth = 0;
    if (!isEnd && this.#depth === 0 && TEXTS.includes(name)) this.#inside = name;
    const bounds = this.#bounds;
    for (let at = 0; at < bounds.length && !isEnd; at += 4)
      this.#visitor.attribute(source, name, bounds[at], bounds[at + 1], bounds[at + 2], bounds[at + 3]);
    this.#visitor.tag(source, name, isEnd, from, end + 1, this.#spare, this.#depth > 0);
    return end + 1;
  }

  /** Read the attributes up to the tag's `>`, or up to the end of the source. @param {Uint8Array} source @param {number} from */
  #attributes(source, from) {
    this.#spare = 0;
    this.#bounds.length = 0;
    let at = from;
    for (;;) {
      const named = this.#skipSpace(source, at, SLASH);
      if (named >= source.length || source[named] === MORE) return named;
      const nameEnd = skipName(source, named + 1, EQUALS);
      at = this.#skipSpace(source, nameEnd);
      if (source[at] !== EQUALS) continue;
      at = this.#skipSpace(source, at + 1);
      const quote = source[at];
      const isQuoted = quote === DOUBLE || quote === SINGLE;
      const to = isQuoted ? find(source, quote, at + 1) : skipUnquoted(source, at);
      this.#bounds.push(named, nameEnd, isQuoted ? at + 1 : at, to);
      at = isQuoted ? to + 1 : to;
    }
  }

  /** @param {Uint8Array} source @param {number} from @param {number} [other] a byte to treat like white space */
  #skipSpace(source, from, other = SPACE) {
    let at = from;
    while (source[at] <= SPACE || source[at] === other) at += 1;
    this.#spare += at - from;
    return at;
  }
}

/** @param {boolean} isEnd @param {boolean} isClosed */
function depthOf(isEnd, isClosed) {
  if (isEnd) return -1;
  return isClosed ? 0 : 1;
}

/** Return the position of a byte, or the end of the source. @param {Uint8Array} source @param {number} byte @param {number} from */
function find(source, byte, from) {
  let at = from;
  while (at < source.length && source[at] !== byte) at += 1;
  return Math.min(at, source.length);
}

/** @param {Uint8Array} source @param {number} from @param {number} [other] another byte that ends it */
function skipName(source, from, other = MORE) {
  let at = from;
  while (at < source.length && !isNameEnd(source[at]) && source[at] !== other) at += 1;
  return at;
}

/** @param {Uint8Array} source @param {number} from */
function skipUnquoted(source, from) {
  let at = from;
  while (source[at] > SPACE && source[at] !== MORE) at += 1;
  return at;
}

/** Return whether a word, given in lower case, is at a position, ignoring case. @param {Uint8Array} source @param {number} from @param {string} word */
export function says(source, from, word) {
  for (let at = 0; at < word.length; at += 1) if ((source[from + at] | 32) !== (word.charCodeAt(at) | 32)) return false;
  return true;
}

/** @param {number} byte */
function isNameEnd(byte) {
  return byte <= SPACE || byte === SLASH || byte === MORE;
}

/** @param {number | undefined} byte */
function isLetter(byte) {
  return byte !== undefined && (byte | 32) >= 97 && (byte | 32) <= 122;
}
