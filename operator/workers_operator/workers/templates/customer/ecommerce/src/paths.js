/** What a shop's paths tell: assets, carts and checkouts, and everything that belongs to one visitor. */

export const ASSET = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
/** Path segments of a cart and of a checkout. */
const CART = words("cart carts basket bag minicart");
const CHECKOUT = words("checkout checkouts onepage payment payments pay order-received");
/** Path segments, without their extension, below which pages belong to one visitor. */
const PRIVATE = new Set([
  ...CART,
  ...CHECKOUT,
  ...words(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`),
]);

/** Whether a path belongs to one visitor, or begins with one of the prefixes in `neverCache`. */
export function isPrivatePath(pathname, neverCache) {
  const path = decoded(pathname);
  if (path === null) return true; // nobody can tell what the origin makes of it
  const prefixes = Array.isArray(neverCache) ? neverCache : [];
  if (prefixes.some((prefix) => typeof prefix === "string" && path.startsWith(prefix.toLowerCase()))) return true;
  return segments(path).some((segment) => PRIVATE.has(segment));
}

/** "cart" or "checkout" for the paths of these, else null. */
export function purchaseStep(pathname) {
  const found = segments(decoded(pathname) ?? "");
  if (found.some((segment) => CHECKOUT.has(segment))) return "checkout";
  return found.some((segment) => CART.has(segment)) ? "cart" : null;
}

function words(text) {
  return new Set(text.split(/\s+/));
}

/** A path as servers read it: lower case, each slash once; null where its escapes are broken. */
function decoded(pathname) {
  try {
    return decodeURIComponent(pathname).toLowerCase().replace(/\/+/g, "/");
  } catch {
    return null;
  }
}

function segments(path) {
  return path.split("/").map((segment) => segment.split(/[.;]/)[0]);
}
