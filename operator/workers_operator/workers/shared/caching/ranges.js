/** Range requests (RFC 9110, section 14). */

/**
 * Return the requested range of `size` bytes: {offset, length}, null for the whole file, or "none" if it cannot be
 * satisfied. Requests for several ranges get the whole file, as the RFC allows.
 * @param {Headers} asked the request headers
 * @param {Headers} own the file's headers, for If-Range
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
 * Return whether If-Range allows a partial response.
 * @param {string | null} condition
 * @param {Headers} own
 */
function isSameFile(condition, own) {
  if (condition === null) return true;
  return [own.get("ETag"), own.get("Last-Modified")].some((value) => value === condition && !value.startsWith("W/"));
}
