/** Parts of a file (RFC 9110, 14). */

/**
 * The part that is wanted of `size` bytes: {offset, length}; null for all of it; "none" where there is no such part.
 * Several parts at once are answered with all, as servers may.
 * @param {Headers} asked the request's
 * @param {Headers} own the file's: a part of something else than the visitor has already is of no use (If-Range)
 * @param {number} size
 * @returns {{offset: number, length: number} | "none" | null}
 */
export function rangeOf(asked, own, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(asked.get("Range")?.trim() ?? "") ?? [];
  if (first === undefined || first + last === "" || !isSameFile(asked.get("If-Range"), own)) return null;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "none" : { offset: size - length, length };
  }
  if (last !== "" && Number(last) < Number(first)) return null;
  if (Number(first) >= size) return "none";
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return { offset: Number(first), length: end - Number(first) };
}

/**
 * Whether a part belongs to the file of which the visitor has the rest.
 * @param {string | null} condition
 * @param {Headers} own
 */
function isSameFile(condition, own) {
  if (condition === null) return true;
  return [own.get("ETag"), own.get("Last-Modified")].some((value) => value === condition && !value.startsWith("W/"));
}
