/** Parses style sheets into rules with their declarations, as far as audits need them. Invalid parts are skipped. Pure. */

/** @typedef {{selector: string, declarations: Map<string, string>, important: Set<string>, media: string[]}} Rule */

const MAX_RULES = 8000;

/** @param {string} source @returns {Rule[]} */
export function rulesOf(source) {
  const css = source.replace(/\/\*[\s\S]*?(\*\/|$)/g, "");
  /** @type {Rule[]} */
  const rules = [];
  /** @type {string[]} */
  const around = [];
  let start = 0;
  for (let at = 0; at < css.length && rules.length < MAX_RULES; at += 1) {
    const char = css[at];
    if (char === '"' || char === "'") at = endOfString(css, at);
    else if (char === ";") start = at + 1;
    else if (char === "}") {
      around.pop();
      start = at + 1;
    } else if (char === "{") {
      const prelude = css.slice(start, at).trim();
      if (/^@(media|supports|layer|container)\b/i.test(prelude)) around.push(prelude);
      else {
        const end = endOfBlock(css, at);
        if (prelude) {
          const block = css.slice(at + 1, end);
          rules.push({
            selector: prelude,
            declarations: declarationsOf(block),
            important: importantOf(block),
            media: [...around],
          });
        }
        at = end;
      }
      start = at + 1;
    }
  }
  return rules;
}

/** @param {string} css @param {number} at */
function endOfString(css, at) {
  for (let end = at + 1; end < css.length; end += 1) {
    if (css[end] === "\\") end += 1;
    else if (css[end] === css[at] || css[end] === "\n") return end;
  }
  return css.length;
}

/** @param {string} css @param {number} at */
function endOfBlock(css, at) {
  let depth = 0;
  for (let end = at; end < css.length; end += 1) {
    const char = css[end];
    if (char === '"' || char === "'") end = endOfString(css, end);
    else if (char === "{") depth += 1;
    else if (char === "}" && --depth === 0) return end;
  }
  return css.length;
}

/** Return the declarations of a block or a style attribute; for duplicates, the last one. @param {string} block @returns {Map<string, string>} */
export function declarationsOf(block) {
  const found = new Map();
  for (const part of block.split(/;(?![^(]*\))/)) {
    const colon = part.indexOf(":");
    if (colon < 0 || part.includes("{")) continue;
    const value = part
      .slice(colon + 1)
      .replace(/!\s*important/i, "")
      .trim();
    found.set(part.slice(0, colon).trim().toLowerCase(), value);
  }
  return found;
}

/** Return the names of the properties that a block declares `!important`. @param {string} block */
function importantOf(block) {
  return new Set([...block.matchAll(/([\w-]+)\s*:[^;]*!\s*important/gi)].map(([, name]) => name.toLowerCase()));
}
