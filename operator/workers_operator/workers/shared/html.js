/** Helpers for reading HTML: HTMLRewriter accepts and returns raw source text, in any character set and of any length. */

/** Return whether a response is HTML, judged by its Content-Type: a page at /profile/x.css is still a page. @param {string | null} contentType */
export function isHtml(contentType) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? "");
}

/** @param {{headers: Headers}} response */
export function isPage(response) {
  return isHtml(response.headers.get("Content-Type"));
}

/**
 * Create a stream that ends after `bytes`, so that an endless page cannot exhaust the Worker. `read` returns the bytes
 * so far.
 * @param {ReadableStream<Uint8Array> | null} body
 * @param {number} bytes
 */
export function limit(body, bytes) {
  let left = bytes;
  let cut = false;
  const reader = body?.getReader();
  const stream = new ReadableStream({
    async pull(controller) {
      const { value } = (await reader?.read()) ?? {};
      if (!value) return controller.close();
      cut = value.byteLength > left;
      const part = value.subarray(0, left);
      if (part.byteLength > 0) controller.enqueue(part);
      left -= part.byteLength;
      if (!cut) return undefined;
      controller.close();
      return reader?.cancel();
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  return { stream, isCut: () => cut, read: () => bytes - left };
}

// HTMLRewriter returns source text with character references. These are the named ones that occur in titles and
// descriptions; unknown ones are left unchanged.
/** @type {Record<string, string>} */
const ENTITIES = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  reg: "®",
  trade: "™",
  hellip: "…",
  middot: "·",
  bull: "•",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  sbquo: "‚",
  bdquo: "„",
  laquo: "«",
  raquo: "»",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  sect: "§",
  deg: "°",
  times: "×",
  rarr: "→",
  shy: "",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  agrave: "à",
  aacute: "á",
  acirc: "â",
  atilde: "ã",
  aring: "å",
  aelig: "æ",
  ccedil: "ç",
  egrave: "è",
  eacute: "é",
  ecirc: "ê",
  euml: "ë",
  Eacute: "É",
  iacute: "í",
  icirc: "î",
  iuml: "ï",
  ntilde: "ñ",
  oacute: "ó",
  ocirc: "ô",
  otilde: "õ",
  oslash: "ø",
  oelig: "œ",
  ugrave: "ù",
  uacute: "ú",
  ucirc: "û",
};

/** Decode character references, and collapse white space as browsers do. @param {string} text */
export function decode(text) {
  return tidy(
    text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (source, hex, decimal, name) => {
      if (name) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : source;
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
    }),
  );
}

/** @param {string} text */
export function tidy(text) {
  return text.replace(/\s+/g, " ").trim();
}

/** @param {string} text */
export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
