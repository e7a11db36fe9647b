/** Parses colours and computes their contrast according to WCAG 2.2. Pure. */

/** @typedef {[number, number, number]} Rgb */

/** @type {Record<string, string>} */
const NAMES = {
  black: "#000000",
  white: "#ffffff",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080",
};

/** Parse an opaque colour. Returns null for transparent colours and for formats that are not supported. @param {string | undefined} value @returns {Rgb | null} */
export function opaqueColor(value) {
  const text = (value ?? "").trim().toLowerCase();
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(NAMES[text] ?? text)?.[1];
  if (hex) {
    const long = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
    return /** @type {Rgb} */ ([0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)));
  }
  const parts = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*(?:1|1\.0|100%)\s*)?\)$/.exec(text);
  return parts && /** @type {Rgb} */ (parts.slice(1, 4).map((part) => Math.min(255, Number(part))));
}

/** Return the contrast ratio, from 1 (equal colours) to 21 (black on white). @param {Rgb} one @param {Rgb} other */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {Rgb} color */
function luminance(color) {
  const [r, g, b] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
