/** Who is signed in. The token is kept for this tab only, and goes nowhere but into the header of requests. */
import { signal } from "@preact/signals";

const KEY = "code24-token";

function remembered(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off: the token lasts as long as the page
  }
}

export const token = signal<string | null>(remembered());
/** Why somebody was signed out. */
export const farewell = signal("");

export function signIn(given: string): void {
  token.value = given;
  farewell.value = "";
  try {
    sessionStorage.setItem(KEY, given);
  } catch {
    // as above
  }
}

export function signOut(why = ""): void {
  token.value = null;
  farewell.value = why;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}
