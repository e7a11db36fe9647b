/** Generates HTML source that is valid in any character set: non-ASCII characters become character references. Pure. */

/** Escape text or an attribute value. @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"']|[^\x20-\x7e]/gu, (char) => `&#${char.codePointAt(0)};`);
}

/** Set an attribute to a text. @param {Element} element @param {string} name @param {string} text */
export function setText(element, name, text) {
  element.setAttribute(name, escaped(text));
}

/** Serialize JSON for use inside a <script>. @param {unknown} value */
export function scriptJson(value) {
  return JSON.stringify(value).replace(/[<>&]|[^\x20-\x7e]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
