/** Content types by file extension. */

/** @type {Record<string, string>} */
const TEXT = {
  css: "text/css",
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  ics: "text/calendar",
  js: "text/javascript",
  md: "text/markdown",
  mjs: "text/javascript",
  txt: "text/plain",
  vtt: "text/vtt",
  xml: "application/xml",
  json: "application/json",
  map: "application/json",
  rss: "application/rss+xml",
  atom: "application/atom+xml",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
  geojson: "application/geo+json",
};
/** @type {Record<string, string>} */
const BINARY = {
  aac: "audio/aac",
  avif: "image/avif",
  bmp: "image/bmp",
  eot: "application/vnd.ms-fontobject",
  flac: "audio/flac",
  gif: "image/gif",
  gz: "application/gzip",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  m4a: "audio/mp4",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  ogv: "video/ogg",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  ttf: "font/ttf",
  wasm: "application/wasm",
  wav: "audio/wav",
  weba: "audio/webm",
  webm: "video/webm",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  zip: "application/zip",
};
const UNKNOWN = "application/octet-stream";

/**
 * Return the content type of a file: the stored one, else that of its extension.
 * @param {string} key
 * @param {string | undefined} stored
 */
export function typeOf(key, stored) {
  if (stored && stored !== UNKNOWN) return stored;
  const extension = /\.([A-Za-z0-9]+)$/.exec(key)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(TEXT, extension)) return `${TEXT[extension]}; charset=utf-8`;
  return Object.hasOwn(BINARY, extension) ? BINARY[extension] : UNKNOWN;
}
