/** Return the message of a thrown value, which is not necessarily an Error. @param {any} thrown */
export function messageOf(thrown) {
  return String(thrown?.message ?? thrown);
}
