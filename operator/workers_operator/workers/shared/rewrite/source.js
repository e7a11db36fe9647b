/** HTML source that is right in any character set: everything beyond ASCII is a character reference. Pure. */

/** Text or an attribute's value, as source. @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"']|[^\x20-\x7e]/gu, (char) => `&#${char.codePointAt(0)};`);
}

/** Sets an attribute to a text. @param {Element} element @param {string} name @param {string} text */
export function setText(element, name, text) {
  element.setAttribute(name, escaped(text));
}

/** JSON that may stand in a <script>. @param {unknown} value */
export function scriptJson(value) {
  return JSON.stringify(value).replace(/[<>&]|[^\x20-\x7e]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
