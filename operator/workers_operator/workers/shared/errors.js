/** What was thrown, in words: nobody promises that it is an Error. @param {any} thrown */
export function messageOf(thrown) {
  return String(thrown?.message ?? thrown);
}
