/** Classifies paths: assets, carts and checkouts, and paths that belong to one visitor. */

export const ASSET = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
/** Path segments of carts and checkouts. */
const CART = words(`cart carts basket bag minicart warenkorb panier carrito cesta carrello winkelwagen winkelmandje
  koszyk kundvagn varukorg`);
const CHECKOUT = words(`checkout checkouts onepage payment payments pay order-received kasse bestellen commande paiement
  caja pago cassa pagamento afrekenen kassa zamowienie`);
/** Path segments, without extension, below which pages belong to one visitor. */
const PRIVATE = new Set([
  ...CART,
  ...CHECKOUT,
  ...words(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    konto mein-konto anmelden abmelden merkzettel compte mon-compte connexion cuenta mi-cuenta pedidos ordini
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`),
]);
const MAX_DECODINGS = 4;

/**
 * Return whether a path belongs to one visitor or starts with one of the prefixes in `neverCache`.
 * @param {string} pathname
 * @param {unknown} neverCache
 * @returns {boolean}
 */
export function isPrivatePath(pathname, neverCache) {
  const path = decoded(pathname);
  if (path === null) return true; // the origin's interpretation is unknown
  if (hasPrefix(path, neverCache)) return true;
  return segments(path).some((segment) => PRIVATE.has(segment));
}

/**
 * Return whether a path starts with one of the prefixes, ignoring case and escapes. A malformed path matches every
 * prefix.
 * @param {string} pathname
 * @param {unknown} prefixes
 * @returns {boolean}
 */
export function isBelowAny(pathname, prefixes) {
  const path = decoded(pathname);
  return path === null ? Array.isArray(prefixes) && prefixes.length > 0 : hasPrefix(path, prefixes);
}

/**
 * Return "cart" or "checkout" for paths of carts and checkouts, else null.
 * @param {string} pathname
 */
export function purchaseStep(pathname) {
  const found = segments(decoded(pathname) ?? "");
  if (found.some((segment) => CHECKOUT.has(segment))) return "checkout";
  return found.some((segment) => CART.has(segment)) ? "cart" : null;
}

/** @param {string} path @param {unknown} prefixes */
function hasPrefix(path, prefixes) {
  const listed = Array.isArray(prefixes) ? prefixes : [];
  return listed.some((prefix) => typeof prefix === "string" && path.startsWith(prefix.toLowerCase()));
}

/** @param {string} text */
function words(text) {
  return new Set(text.trim().split(/\s+/));
}

/**
 * Normalize a path as servers do, however often they unescape it: lower case, single slashes. Returns null if it is
 * malformed.
 * @param {string} pathname
 */
function decoded(pathname) {
  let path = pathname;
  for (let count = 0; count < MAX_DECODINGS; count += 1) {
    let next;
    try {
      next = decodeURIComponent(path);
    } catch {
      return null;
    }
    if (next === path) return path.toLowerCase().replace(/[/\\]+/g, "/");
    path = next;
  }
  return null;
}

/**
 * Servers disagree on where a name ends: `/account;x.css`, `/account%00.css` and `/account%3f.css` can all be /account.
 * @param {string} path
 */
function segments(path) {
  return path.split("/").map((segment) => /^[\w-]*/.exec(segment)?.[0] ?? "");
}
