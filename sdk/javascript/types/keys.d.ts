/** Return a key for one call: 128 random bits, as far as the runtime has a source of them (Node 18 has no global one). */
export function newKey(): string;
