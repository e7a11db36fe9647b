// Generated from templates/elite/brand/src by `make bundles`.
// shared/html.js
function isHtml(contentType) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? "");
}
function limit(body, bytes) {
  let left = bytes;
  let cut3 = false;
  const reader2 = body?.getReader();
  const stream = new ReadableStream({
    async pull(controller) {
      const { value } = await reader2?.read() ?? {};
      if (!value) return controller.close();
      cut3 = value.byteLength > left;
      const part = value.subarray(0, left);
      if (part.byteLength > 0) controller.enqueue(part);
      left -= part.byteLength;
      if (!cut3) return void 0;
      controller.close();
      return reader2?.cancel();
    },
    cancel: (reason) => reader2?.cancel(reason)
  });
  return { stream, isCut: () => cut3, read: () => bytes - left };
}
var ENTITIES = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  reg: "®",
  trade: "™",
  hellip: "…",
  middot: "·",
  bull: "•",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  sbquo: "‚",
  bdquo: "„",
  laquo: "«",
  raquo: "»",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  sect: "§",
  deg: "°",
  times: "×",
  rarr: "→",
  shy: "",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  agrave: "à",
  aacute: "á",
  acirc: "â",
  atilde: "ã",
  aring: "å",
  aelig: "æ",
  ccedil: "ç",
  egrave: "è",
  eacute: "é",
  ecirc: "ê",
  euml: "ë",
  Eacute: "É",
  iacute: "í",
  icirc: "î",
  iuml: "ï",
  ntilde: "ñ",
  oacute: "ó",
  ocirc: "ô",
  otilde: "õ",
  oslash: "ø",
  oelig: "œ",
  ugrave: "ù",
  uacute: "ú",
  ucirc: "û"
};
function decode(text) {
  return tidy(
    text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (source, hex, decimal, name) => {
      if (name) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : source;
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 1114111 ? String.fromCodePoint(code) : "�";
    })
  );
}
function tidy(text) {
  return text.replace(/\s+/g, " ").trim();
}
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

// shared/answers.js
function json(status, value, headers = {}) {
  return Response.json(value, {
    status,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers }
  });
}
function healthy() {
  return json(200, { status: "ok" });
}
function failure(status, code, message, details2 = {}, headers = {}) {
  return json(status, { error: { code, message, ...details2 } }, headers);
}
function failureFor(request, title2, status, code, message, details2 = {}) {
  const asHtml = (request.headers.get("Accept") ?? "").includes("text/html");
  if (!asHtml) return failure(status, code, message, details2, { Vary: "Accept" });
  return new Response(page(status, title2, message), {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function fetchProblem(error, timeoutMs) {
  const late = error?.name === "TimeoutError" || error?.name === "AbortError";
  return late ? `no answer within ${timeoutMs} ms` : String(error?.message ?? error);
}
function page(status, title2, message) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title2)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${escapeHtml(title2)}</h1><p>${escapeHtml(message)}</p><small>${status}</small></main></body></html>
`;
}

// shared/config.js
var HEALTH_PATH = "/.well-known/code24/health";
function asksHealth(url) {
  return url.pathname.endsWith(HEALTH_PATH);
}
function readConfig(env) {
  const config = env.CONFIG ?? {};
  return { ...config, features: config.features ?? [], parameters: config.parameters ?? {} };
}
function httpUrl(parameters, name, example) {
  const value = parameters[name];
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    return { problem: `parameters.${name} must be an http(s) URL, e.g. ${example}` };
  if (url.username || url.password) return { problem: `parameters.${name} must not hold credentials.` };
  return { url };
}
function wholeNumber(value, otherwise) {
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}

// shared/page/charset.js
var SNIFFED_BYTES = 1024;
function charsetOf(contentType) {
  return /charset=["']?([\w-]+)/i.exec(contentType ?? "")?.[1] ?? null;
}
function sniff(bytes) {
  if (bytes[0] === 255 && bytes[1] === 254) return "utf-16le";
  if (bytes[0] === 254 && bytes[1] === 255) return "utf-16be";
  const text = String.fromCharCode(...bytes.subarray(0, SNIFFED_BYTES));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(text)?.[1] ?? null;
}
function isKnown(charset) {
  try {
    new TextDecoder(charset);
    return true;
  } catch {
    return false;
  }
}
async function decoded(stream, contentType) {
  const told = charsetOf(contentType);
  const reader2 = stream.getReader();
  const { first, end } = await beginning(reader2);
  const sniffed = sniff(first);
  const found = told && isKnown(told) ? told : sniffed ?? "utf-8";
  const whole = new ReadableStream({
    start(controller) {
      if (first.length > 0) controller.enqueue(first);
      if (end) controller.close();
    },
    async pull(controller) {
      const { done, value } = await reader2.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader2.cancel(reason)
  });
  const decoder = (
    new TextDecoderStream(isKnown(found) ? found : "utf-8")
  );
  return { stream: whole.pipeThrough(decoder).pipeThrough(
    new TextEncoderStream()
  ), sniffed };
}
async function beginning(reader2) {
  let first = new Uint8Array();
  try {
    while (first.length < SNIFFED_BYTES) {
      const { done, value } = await reader2.read();
      if (done) return { first, end: true };
      const joined = new Uint8Array(first.length + value.length);
      joined.set(first);
      joined.set(value, first.length);
      first = joined;
    }
  } catch (error) {
    if (first.length === 0) throw error;
  }
  return { first, end: false };
}

// shared/rewrite/addresses.js
function moved(value, site, prefix) {
  const start = value.trimStart();
  if (start.startsWith("/") && !start.startsWith("//")) return prefix + start;
  const { origin, host } = site;
  for (const own of [origin, `//${host}`]) {
    if (!start.toLowerCase().startsWith(own)) continue;
    const rest = start.slice(own.length);
    if (rest === "") return `${prefix}/`;
    if (/^[/?#]/.test(rest)) return prefix + (rest.startsWith("/") ? rest : `/${rest}`);
  }
  return value;
}
function movedSet(value, site, prefix) {
  return value.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (_, comma, space, address) => {
    return comma + space + moved(address, site, prefix);
  });
}
function movedInCss(css, site, prefix) {
  return css.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (_, start, address) => {
    return start + moved(address, site, prefix);
  });
}
var HELD = 8192;
function cssMover(site, prefix) {
  let held = "";
  return new TransformStream({
    transform(chunk, controller) {
      const text = held + latin1(chunk);
      const boundary = Math.max(...[...";{})"].map((char) => text.lastIndexOf(char))) + 1;
      const end = text.length - boundary > HELD ? text.length : boundary;
      held = text.slice(end);
      controller.enqueue(bytesOf(movedInCss(text.slice(0, end), site, prefix)));
    },
    flush(controller) {
      controller.enqueue(bytesOf(movedInCss(held, site, prefix)));
    }
  });
}
var AT_ONCE = 8192;
function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return text;
}
function bytesOf(text) {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

// shared/rewrite/source.js
function escaped(text) {
  return text.replace(/[&<>"']|[^\x20-\x7e]/gu, (char) => `&#${char.codePointAt(0)};`);
}
function scriptJson(value) {
  return JSON.stringify(value).replace(/[<>&]|[^\x20-\x7e]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

// shared/rewrite/rewriter.js
var KEPT_LINKS = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;
var MAX_STYLE = 512 * 1024;
function rewriterFor(asked) {
  const { site, prefix, parameters, url, headers, template, optimizations } = asked;
  const rewriter = new HTMLRewriter();
  const ends = { head: [], body: [] };
  const styles = [(css) => movedInCss(css, site, prefix)];
  const page2 = {
    url,
    site,
    prefix,
    parameters,
    headers,
    on: (selector, handlers) => void rewriter.on(selector, guarded(handlers)),
    atHeadEnd: (html2) => void ends.head.push(html2),
    atBodyEnd: (html2) => void ends.body.push(html2),
    css: (change) => void styles.push(change)
  };
  for (const name of optimizations) attempt(() => template.fixes[name]?.(page2));
  moveAddresses(page2);
  changeStyles(page2, styles);
  addAtEnds(page2, ends);
  return rewriter;
}
function guarded({ element, text }) {
  return {
    ...element && { element: (found) => void attempt(() => element(found)) },
    ...text && { text: (chunk) => void attempt(() => text(chunk)) }
  };
}
function attempt(work) {
  try {
    return work();
  } catch (error) {
    console.error("a fix was left out:", String(
      error?.message ?? error
    ));
    return void 0;
  }
}
function addAtEnds(page2, ends) {
  let headIsDone = false;
  const all = (parts) => parts.map((html2) => attempt(html2) ?? "").join("");
  const headHtml = () => {
    if (headIsDone) return "";
    headIsDone = true;
    return all(ends.head);
  };
  page2.on("head", { element: (head) => head.onEndTag((end) => void end.before(headHtml(), { html: true })) });
  page2.on("body", {
    element(body) {
      body.before(headHtml(), { html: true });
      if (ends.body.length > 0) body.onEndTag((end) => void end.before(all(ends.body), { html: true }));
    }
  });
}
function moveAddresses(page2) {
  const { on, site, prefix, url } = page2;
  const starts = ["/", site.origin];
  for (const name of ["href", "src", "action", "formaction", "poster", "data-src", "data"]) {
    const tag = name === "data" ? "object" : "";
    on(starts.map((start) => `${tag}[${name}^="${start}"]`).join(", "), {
      element(element) {
        const value = element.getAttribute(name) ?? "";
        const kept = element.tagName === "link" && KEPT_LINKS.test(element.getAttribute("rel") ?? "");
        const next = kept ? value : moved(value, site, prefix);
        if (next !== value) element.setAttribute(name, next);
      }
    });
  }
  on("link[rel][href]", {
    element(link) {
      const value = link.getAttribute("href") ?? "";
      const absolute = KEPT_LINKS.test(link.getAttribute("rel") ?? "") && URL.parse(decode(value), url)?.href;
      if (absolute && absolute !== value) setText(link, "href", absolute);
    }
  });
  for (const name of ["srcset", "imagesrcset", "data-srcset"]) changes(page2, `[${name}]`, name, movedSet);
  changes(page2, '[style*="url("]', "style", movedInCss);
}
function changes({ on, site, prefix }, selector, name, change) {
  on(selector, {
    element(element) {
      const value = element.getAttribute(name) ?? "";
      const next = change(value, site, prefix);
      if (next !== value) element.setAttribute(name, next);
    }
  });
}
function changeStyles({ on }, styles) {
  let held = "";
  on("style", {
    text(chunk) {
      if (held.length > MAX_STYLE) return;
      held += chunk.text;
      const isLast = chunk.lastInTextNode || held.length > MAX_STYLE;
      if (!isLast) return void chunk.remove();
      const css = held;
      if (chunk.lastInTextNode) held = "";
      chunk.replace(
        styles.reduce((text, change) => attempt(() => change(text)) ?? text, css),
        { html: true }
      );
    },
    element() {
      held = "";
    }
  });
}
function setText(element, name, text) {
  element.setAttribute(name, escaped(text));
}

// shared/rewrite/optimize.js
var TIMEOUT_MS = 3e4;
var NO_BODY = /* @__PURE__ */ new Set([101, 204, 205, 304]);
var NOT_SENT = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
var NOT_KEPT = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];
var CHARSETS = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
async function optimize(request, asked) {
  const url = new URL(request.url);
  const path = url.pathname.slice(asked.prefix.length);
  if (path === "") return redirect(`${asked.prefix}/${url.search}`);
  if (path === "/" && url.search === "" && asked.site.pathname !== "/")
    return redirect(asked.prefix + asked.site.pathname + asked.site.search);
  const target = targetOf(asked.site, path, url.search);
  let response;
  try {
    response = await ask(target, request);
  } catch (error) {
    const details2 = { site: asked.site.href, reason: fetchProblem(error, TIMEOUT_MS) };
    const message = "The site could not be read.";
    return failureFor(request, "The site does not answer", 502, "site_unreachable", message, details2);
  }
  return improved(response, target, request, asked);
}
function targetOf(site, path, search) {
  const target = new URL(site.origin);
  target.pathname = path;
  target.search = search;
  return target;
}
function redirect(location) {
  return new Response(null, { status: 302, headers: { Location: location, "Cache-Control": "no-store" } });
}
async function ask(target, request) {
  const headers = new Headers();
  for (const [name, value] of request.headers) if (!NOT_SENT.test(name)) headers.append(name, value);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("late", "TimeoutError")), TIMEOUT_MS);
  try {
    const { method, body } = request;
    return await fetch(target, { method, headers, body, redirect: "manual", signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
}
function improved(response, target, request, asked) {
  const { site, prefix } = asked;
  const headers = ownHeaders(response, target, asked);
  const type = headers.get("Content-Type") ?? "";
  const { status, statusText } = response;
  if (NO_BODY.has(status) || !response.body) return new Response(null, { status, statusText, headers });
  const whole = status !== 206;
  if (whole && isHtml(type) && isReadable(type)) {
    for (const name of NOT_KEPT) headers.delete(name);
    const rewriter = rewriterFor({ ...asked, url: target, headers });
    return rewriter.transform(new Response(response.body, { status, statusText, headers }));
  }
  const isCss = whole && /^text\/css\b/i.test(type);
  if (isCss) for (const name of NOT_KEPT) headers.delete(name);
  if (status === 200 && !isHtml(type)) fixFile(headers, target, request, asked);
  const body = isCss ? response.body.pipeThrough(cssMover(site, prefix)) : response.body;
  return new Response(body, { ...encoding(headers), status, statusText, headers });
}
function fixFile(headers, target, request, { template, optimizations }) {
  const accepts = request.headers.get("Accept-Encoding") ?? "";
  for (const name of optimizations) template.fileFixes?.[name]?.(headers, target, accepts);
}
function isReadable(type) {
  return /charset/i.test(type) ? CHARSETS.test(charsetOf(type) ?? "") : true;
}
function encoding(headers) {
  const known2 = /^(gzip|br)?$/i.test(headers.get("Content-Encoding") ?? "");
  return known2 ? {} : { encodeBody: "manual" };
}
function ownHeaders(response, target, { site, prefix }) {
  const headers = new Headers(response.headers);
  const location = headers.get("Location");
  const next = location && URL.parse(location, target);
  if (location && next) {
    const own = next.origin === site.origin;
    headers.set("Location", own ? moved(next.href, site, prefix) : location);
  }
  const cookies = headers.getSetCookie();
  headers.delete("Set-Cookie");
  for (const cookie of cookies) headers.append("Set-Cookie", cookie.replace(/;\s*domain=[^;]*/gi, ""));
  return headers;
}

// shared/page/document.js
var VOID = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" ")
);
var SIBLING_ENDS = new Set("li option dt dd tr td th p".split(" "));
var INERT = /* @__PURE__ */ new Set(["noscript", "template"]);
var MAX_SELECTOR = 160;
var MAX_DEPTH = 256;
function isVoid(tag) {
  return VOID.has(tag);
}
var PageDocument = class {
  elements = [];
  doctype = null;
  charset = null;
  #texts = [];
  #open = [];
  #ids = null;
  headEnds = false;
  open(tag, attributes, closed = isVoid(tag)) {
    const top = this.#open.at(-1);
    if (top && top.tag === tag && SIBLING_ENDS.has(tag)) this.close(top);
    const parent = this.#open.at(-1) ?? null;
    const index = this.elements.length;
    const at = this.#texts.length;
    const inert = parent !== null && (parent.inert || INERT.has(parent.tag));
    const element = { tag, index, last: index, parent, attributes, textStart: at, textEnd: at, inert };
    this.elements.push(element);
    if (tag === "body") this.headEnds = true;
    if (!closed && this.#open.length < MAX_DEPTH) this.#open.push(element);
    return element;
  }
  close(element) {
    if (!this.#open.includes(element)) return;
    if (element.tag === "head") this.headEnds = true;
    for (; ; ) {
      const ended = (
        this.#open.pop()
      );
      ended.textEnd = this.#texts.length;
      ended.last = this.elements.length - 1;
      if (ended === element) return;
    }
  }
  text(text) {
    this.#texts.push(text);
  }
  end() {
    const outermost = this.#open[0];
    if (outermost) {
      const headEnds = this.headEnds;
      this.close(outermost);
      this.headEnds = headEnds;
    }
  }
  all(...tags) {
    return this.elements.filter((element) => !element.inert && tags.includes(element.tag));
  }
  first(tag) {
    return this.elements.find((element) => !element.inert && element.tag === tag);
  }
  byId(id) {
    this.#ids ??= new Map(
      this.elements.filter((e) => e.attributes.id).map((e) => [
        attr(e, "id"),
        e
      ])
    );
    return this.#ids.get(id);
  }
  inside(element) {
    return this.elements.slice(element.index + 1, element.last + 1);
  }
  source(element) {
    return this.#texts.slice(element.textStart, element.textEnd).join("");
  }
  textOf(element) {
    return decode(this.source(element));
  }
  meta(name) {
    for (const element of this.all("meta")) {
      const found = attr(element, "property") ?? attr(element, "name");
      if (found?.toLowerCase() === name && attr(element, "content")) return attr(element, "content");
    }
    return null;
  }
  links(rel) {
    return this.all("link").filter(
      (link) => attr(link, "href") && (attr(link, "rel") ?? "").toLowerCase().split(/\s+/).includes(rel)
    );
  }
};
function attr(element, name) {
  const value = element.attributes[name];
  return value === void 0 ? null : decode(value) || null;
}
function closest(element, ...tags) {
  let at = element;
  while (at && !tags.includes(at.tag)) at = at.parent;
  return at;
}
function hides(get2) {
  if ((get2("hidden") ?? null) !== null || get2("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(get2("style") ?? "");
}
function isHidden(element, withStyles = true) {
  let at = element;
  for (; at; at = at.parent) {
    const { attributes, styles } = at;
    if (hides((name) => attributes[name])) return true;
    if (withStyles && (styles?.display === "none" || styles?.visibility === "hidden")) return true;
  }
  return false;
}
function selectorOf(element) {
  const { tag } = element;
  const id = attr(element, "id");
  if (id) return cut(`${tag}#${id}`);
  for (const name of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const value = attr(element, name);
    if (value) return `${tag}[${name}="${cut(value)}"]`;
  }
  const classes = attr(element, "class");
  return cut(classes ? `${tag}.${classes.split(/\s+/).join(".")}` : tag);
}
function cut(text) {
  return text.length > MAX_SELECTOR ? `${text.slice(0, MAX_SELECTOR)}…` : text;
}

// shared/page/read.js
var MAX_ELEMENTS = 2e4;
async function readDocument(response, maxBytes) {
  const document = new PageDocument();
  const bounded = limit(response.body, maxBytes);
  let broken = null;
  try {
    const { stream, sniffed } = await decoded(bounded.stream, response.headers.get("Content-Type"));
    document.charset = sniffed;
    const html2 = new Response(stream, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await reader(document).transform(html2).body?.pipeTo(new WritableStream());
  } catch (error) {
    broken = String(
      error?.message ?? error
    );
  }
  document.end();
  return { document, bytes: bounded.read(), truncated: bounded.isCut(), broken };
}
function reader(document) {
  return new HTMLRewriter().on("*", {
    element(element) {
      if (document.elements.length >= MAX_ELEMENTS) throw new Error(`more than ${MAX_ELEMENTS} elements`);
      let opened;
      const ends = hasEnd(element, () => opened && document.close(opened));
      opened = document.open(element.tagName, Object.fromEntries(element.attributes), !ends);
    }
  }).onDocument({
    doctype(found) {
      document.doctype = { name: found.name, publicId: found.publicId };
    },
    text(chunk) {
      if (chunk.text) document.text(chunk.text);
    }
  });
}
function hasEnd(element, atEnd) {
  if (isVoid(element.tagName)) return false;
  try {
    element.onEndTag(atEnd);
    return true;
  } catch {
    return false;
  }
}

// shared/site/origin.js
function isOwn(url, site) {
  if (url.username || url.password) return false;
  if (url.origin === site.origin) return true;
  const upgraded = url.protocol === site.protocol || site.protocol === "http:" && url.protocol === "https:";
  return upgraded && !url.port && !site.port && bare(url.hostname) === bare(site.hostname);
}
function bare(hostname) {
  return hostname.replace(/^www\./, "");
}

// shared/site/get.js
var TIMEOUT_MS2 = 8e3;
var MAX_REDIRECTS = 5;
var USER_AGENT = "Code24-Elite/2.0 (+https://code24.dev)";
var REDIRECTS = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
var Refused = class extends Error {
  constructor(id, detail, url, status) {
    super(id);
    this.id = id;
    this.detail = detail;
    this.url = url;
    this.status = status;
  }
};
async function get(from, site, { accept, timeoutMs = TIMEOUT_MS2 }) {
  const signal = AbortSignal.timeout(Math.max(1, timeoutMs));
  const headers = { "User-Agent": USER_AGENT, Accept: accept, "Accept-Encoding": "gzip" };
  const seen = /* @__PURE__ */ new Set();
  let url = new URL(from);
  for (; ; ) {
    url.hash = "";
    seen.add(url.href);
    const response = await fetch(url, { redirect: "manual", signal, headers });
    const location = REDIRECTS.has(response.status) ? response.headers.get("Location") : null;
    const next = location ? URL.parse(location, url) : null;
    if (!next) {
      const redirects = seen.size - 1;
      return { url: url.href, status: response.status, headers: response.headers, response, redirects };
    }
    await response.body?.cancel();
    next.hash = "";
    if (!isOwn(next, site)) throw new Refused("redirect_elsewhere", next.origin, url.href, response.status);
    if (seen.has(next.href) || seen.size > MAX_REDIRECTS)
      throw new Refused("redirect_loop", next.href, url.href, response.status);
    url = next;
  }
}

// shared/site/crawl.js
var MAX_PAGE_BYTES = 2 * 1024 * 1024;
var MAX_ASSET_BYTES = 1024 * 1024;
var MAX_ASSETS = 24;
var AT_ONCE2 = 4;
var TOTAL_MS = 2e4;
var ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
var NOT_PAGES = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;
async function crawl(site, bounds, wanted) {
  const until = Date.now() + TOTAL_MS;
  const first = await readPage(site, site, until);
  const pages = [first];
  const seen = /* @__PURE__ */ new Set([site.href, first.url]);
  let level = [first];
  for (let depth = 0; depth < bounds.depth && pages.length < bounds.pages; depth += 1) {
    const next = level.flatMap((page2) => linksOf(page2, site)).filter((href) => !seen.has(href) && seen.add(href));
    const room = next.slice(0, bounds.pages - pages.length);
    const read = await inTurns(room, (href) => readPage(new URL(href), site, until));
    level = read.filter((page2) => page2.isHtml);
    pages.push(...level);
  }
  await readAssets(pages, site, wanted, until);
  return pages;
}
async function readPage(url, site, until) {
  const found = await get(url, site, { accept: ACCEPT, timeoutMs: Math.min(TIMEOUT_MS2, until - Date.now()) });
  const contentType = found.headers.get("Content-Type") ?? "text/html";
  const about = { url: found.url, status: found.status, headers: found.headers, contentType, assets: /* @__PURE__ */ new Map() };
  if (!isHtml(contentType)) {
    await found.response.body?.cancel();
    return { ...about, isHtml: false, bytes: 0, truncated: false, document: new PageDocument() };
  }
  const { document, bytes, truncated, broken } = await readDocument(found.response, MAX_PAGE_BYTES);
  if (broken && document.elements.length === 0) throw new Error(broken);
  return { ...about, isHtml: true, document, bytes, truncated: truncated || broken !== null };
}
function linksOf(page2, site) {
  const base = baseOf(page2);
  const found = /* @__PURE__ */ new Set();
  for (const element of page2.document.all("a")) {
    const url = URL.parse(attr(element, "href") ?? "", base);
    if (!url || !attr(element, "href") || !isOwn(url, site) || NOT_PAGES.test(url.pathname)) continue;
    if (/\bnofollow\b/i.test(attr(element, "rel") ?? "")) continue;
    url.hash = "";
    found.add(url.href);
  }
  return [...found];
}
function baseOf(page2) {
  const base = page2.document.first("base");
  return URL.parse((base && attr(base, "href")) ?? "", page2.url) ?? new URL(page2.url);
}
async function readAssets(pages, site, wanted, until) {
  const own = new Set(pages.flatMap(wanted).filter((href) => URL.canParse(href) && isOwn(new URL(href), site)));
  const read = await inTurns([...own].slice(0, MAX_ASSETS), (href) => readAsset(new URL(href), site, until));
  const assets = new Map(read.map((asset) => [asset.asked, asset]));
  for (const page2 of pages) page2.assets = assets;
}
async function readAsset(url, site, until) {
  const found = await get(url, site, { accept: "*/*", timeoutMs: Math.min(TIMEOUT_MS2, until - Date.now()) });
  const type = found.headers.get("Content-Type") ?? "";
  const bounded = limit(found.response.body, MAX_ASSET_BYTES);
  const content = new Uint8Array(await new Response(bounded.stream).arrayBuffer());
  const isText = /css|javascript|json|text/.test(type);
  const text = isText ? new TextDecoder().decode(content) : "";
  return { asked: url.href, url: found.url, status: found.status, headers: found.headers, bytes: content.length, text };
}
async function inTurns(hrefs, read) {
  const found = [];
  for (let at = 0; at < hrefs.length; at += AT_ONCE2) {
    const settled = await Promise.allSettled(hrefs.slice(at, at + AT_ONCE2).map(read));
    for (const one of settled) if (one.status === "fulfilled") found.push(one.value);
  }
  return found;
}

// shared/elite/access.js
var UNREADABLE = Object.fromEntries(
  [
    {
      id: "redirect_elsewhere",
      message: "The site redirects to another site, which is not read.",
      fix: "Set parameters.site to the address that visitors end up at."
    },
    {
      id: "redirect_loop",
      message: "The site redirects in circles, or too often.",
      fix: "Let the address lead to the page directly."
    },
    {
      id: "not_html",
      message: "The site answers with something other than HTML, so nothing could be checked.",
      fix: "Set parameters.site to the address of a page."
    }
  ].map((about) => [
    about.id,
    { ...about, category: "access", severity: "error", weight: 100 }
  ])
);
var ACCESS = [
  {
    id: "bad_status",
    category: "access",
    severity: "error",
    weight: 40,
    message: "The site answers with an error status.",
    fix: "Repair the page, or set parameters.site to one that works.",
    *checkSite([first]) {
      if (first.status >= 400) yield { page: first.url, header: "Status", detail: String(first.status) };
    }
  },
  {
    id: "link_broken",
    category: "access",
    severity: "warning",
    weight: 5,
    message: "Some links lead to pages that answer with an error.",
    fix: "Repair or redirect those pages, or take the links out.",
    *checkSite([, ...others]) {
      for (const page2 of others) if (page2.status >= 400) yield { page: page2.url, detail: `status ${page2.status}` };
    }
  },
  {
    id: "not_https",
    category: "access",
    severity: "error",
    weight: 15,
    message: "The page is served over plain http.",
    fix: "Serve the site over https and redirect http there.",
    *checkSite([first]) {
      if (first.url.startsWith("http:")) yield { page: first.url, detail: first.url };
    }
  },
  {
    id: "page_truncated",
    category: "access",
    severity: "info",
    weight: 0,
    message: `The page was not read to its end; ${MAX_PAGE_BYTES} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(page2) {
      if (page2.truncated) yield { detail: `${page2.bytes} bytes` };
    }
  }
];

// shared/elite/findings.js
var MAX_EVIDENCE = 5;
var MAX_DETAIL = 300;
var ORDER = { error: 0, warning: 1, info: 2 };
function findings(audits, pages, context, optimizations) {
  return audits.flatMap((audit) => {
    const evidence = pages.flatMap(
      (page2) => audit.check ? [...audit.check(page2, context)].map((one) => withPage({ page: page2.url, ...one })) : []
    );
    if (audit.checkSite) evidence.push(...[...audit.checkSite(pages, context)].map(withPage));
    return evidence.length > 0 ? [finding(audit, evidence, optimizations)] : [];
  });
}
function bySeverity(found) {
  return found.sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || b.weight - a.weight);
}
function withPage(evidence) {
  return evidence.page ? { ...evidence, page: pathOf(evidence.page) } : evidence;
}
function finding(audit, evidence, optimizations) {
  const { id, category, severity, weight, message, fix, fixedBy } = audit;
  const isOn = fixedBy !== void 0 && optimizations.includes(fixedBy);
  const fixable = isOn && evidence.every((one) => one.fixable !== false);
  const shown = evidence.slice(0, MAX_EVIDENCE).map(({ fixable: _, detail, ...where }) => ({
    ...where,
    ...detail === void 0 ? {} : { detail: cut2(decode(detail)) }
  }));
  return { id, category, severity, weight, message, fix, fixable, count: evidence.length, evidence: shown };
}
function score(found) {
  return Math.max(0, 100 - found.reduce((sum, { weight }) => sum + weight, 0));
}
function summary(found) {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of found) counts[severity] += 1;
  return counts;
}
function pathOf(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
function cut2(text) {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL - 1)}…` : text;
}

// shared/elite/history.js
var KEPT = 30;
var LEAST_MS = 6e4;
function keyOf(type, site) {
  return `report:${type}:${site.slice(0, 400)}`;
}
function withRun(runs, run) {
  const last = runs.at(-1);
  const same = last && ["score", "error", "warning", "info"].every((key) => Reflect.get(last, key) === Reflect.get(run, key));
  if (same && Date.parse(run.at) - Date.parse(last.at) < LEAST_MS) return { runs, changed: false };
  return { runs: [...runs, run].slice(-KEPT), changed: true };
}
function validRuns(value) {
  if (!Array.isArray(value)) return [];
  return value.filter((run) => Number.isFinite(run?.score) && !Number.isNaN(Date.parse(run?.at)));
}
async function withTrend(report, history2, ctx) {
  if (!history2) return report;
  const key = keyOf(report.type, report.site);
  try {
    const before = validRuns(await history2.get(key, "json"));
    const { runs, changed } = withRun(before, { at: report.fetchedAt, score: report.score, ...report.summary });
    if (changed) ctx.waitUntil(history2.put(key, JSON.stringify(runs)).catch(complain));
    return { ...report, trend: runs };
  } catch (error) {
    complain(error);
    return report;
  }
}
function complain(error) {
  console.error("the trend is lost:", String(error?.message ?? error));
}

// shared/elite/parameters.js
var DEFAULTS = { depth: 1, pages: 5 };
var MOST = { depth: 3, pages: 10 };
function readParameters(parameters, template) {
  const { url: site, problem } = httpUrl(parameters, "site", "https://example.com/");
  if (!site) return { problem: problem ?? "" };
  site.hash = "";
  const asked = parameters.optimizations;
  const known2 = Object.keys({ ...template.fixes, ...template.fileFixes });
  return {
    site,
    bounds: {
      depth: Math.min(wholeNumber(parameters.depth, DEFAULTS.depth), MOST.depth),
      pages: Math.max(1, Math.min(wholeNumber(parameters.pages, DEFAULTS.pages), MOST.pages))
    },
    optimizations: Array.isArray(asked) ? known2.filter((name) => asked.includes(name)) : template.defaults
  };
}

// shared/elite/report_charts.js
var RADIUS = 52;
var WIDTH = 220;
var HEIGHT = 56;
function ring(score2) {
  const length = 2 * Math.PI * RADIUS;
  const filled = length * score2 / 100;
  const circle = `cx="60" cy="60" r="${RADIUS}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${score2} of 100"><circle class="track" ${circle}/>
<circle class="fill" ${circle} stroke-linecap="round" stroke-dasharray="${filled.toFixed(1)} ${length.toFixed(1)}"
 transform="rotate(-90 60 60)"${score2 === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${score2}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}
function trendLine(runs) {
  const step = runs.length > 1 ? WIDTH / (runs.length - 1) : 0;
  const at = runs.map(({ score: score2 }, index) => [runs.length > 1 ? index * step : WIDTH, HEIGHT - score2 / 100 * HEIGHT]);
  const line = at.map(([x2, y2]) => `${x2.toFixed(1)},${y2.toFixed(1)}`).join(" ");
  const [x, y] = at.at(-1) ?? [WIDTH, HEIGHT];
  const scores = runs.map(({ score: score2 }) => score2).join(", ");
  return `<svg viewBox="-6 -6 ${WIDTH + 12} ${HEIGHT + 12}" role="img" aria-label="Scores of the last runs: ${scores}">
<path class="axis" d="M0 ${HEIGHT}H${WIDTH}M0 0H${WIDTH}"/><polyline class="line" points="${line}"/>
<circle class="dot" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.5"/></svg>`;
}

// shared/elite/report_style.js
var STYLE = `
:root{color-scheme:light dark;--page:#f6f5f2;--card:#fff;--text:#1d1c1a;--quiet:#64605a;--line:#e2dfd8;--link:#1b4fc4;
--error:#b3261e;--error-soft:#fbeae8;--warning:#8f5400;--warning-soft:#fcf1dd;--info:#2b5b9e;--info-soft:#e8f0fb;
--good:#186a3b;--good-soft:#e3f3e9;--fair:#4d6a12}
@media(prefers-color-scheme:dark){:root{--page:#141413;--card:#1e1d1b;--text:#efece6;--quiet:#a8a39a;--line:#35332f;
--link:#9dbdff;--error:#ff9d94;--error-soft:#3a1d1a;--warning:#f3bd6b;--warning-soft:#35290f;--info:#9cc3f5;
--info-soft:#1a2a3f;--good:#7fd3a0;--good-soft:#15301f;--fair:#bfd477}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.25rem 3rem;max-width:60rem;background:var(--page);color:var(--text);
font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1,h2,p,ol,ul{margin:0;padding:0}ul{list-style:none}a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:.25rem}
h1{font-size:clamp(1.8rem,5vw,2.6rem);line-height:1.15;letter-spacing:-.02em;margin:.15rem 0 .4rem}
h2{font-size:1.05rem;line-height:1.3}.kind{font-weight:600;color:var(--quiet)}.quiet{color:var(--quiet);font-weight:400}
.about{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;color:var(--quiet);font-size:.92rem}
main>section{margin-top:1.5rem}.overview,.todo,.preview>div,details{background:var(--card);border:1px solid var(--line);
border-radius:.9rem}
.overview{display:grid;grid-template-columns:auto 1fr auto;gap:1.5rem 2.5rem;align-items:center;padding:1.6rem 1.9rem}
.score{text-align:center}.score svg{width:9.5rem;display:block}.score p{margin-top:.5rem}
.track{stroke:var(--line)}.fill{stroke:currentColor}.number{font-size:34px;font-weight:700;fill:var(--text)}
.of{font-size:11px;fill:var(--quiet)}.score.good{color:var(--good)}.score.fair{color:var(--fair)}
.score.warning{color:var(--warning)}.score.error{color:var(--error)}
.counts{display:grid;gap:.5rem;min-width:9.5rem}.counts li>*{display:flex;gap:.6rem;align-items:baseline;
padding:.45rem .9rem;border-radius:.6rem;color:inherit;text-decoration:none}
.counts b{font-size:1.35rem;line-height:1.2;min-width:2rem;
font-variant-numeric:tabular-nums}
.counts .error{color:var(--error)}.counts .warning{color:var(--warning)}.counts .info{color:var(--info)}
.counts .error>*{background:var(--error-soft)}.counts .warning>*{background:var(--warning-soft)}
.counts .info>*{background:var(--info-soft)}
.trend{width:15rem;font-size:.92rem;color:var(--quiet)}.trend h2,.trend b{color:var(--text)}
.trend svg{display:block;width:100%;margin:.4rem 0}.axis{stroke:var(--line);fill:none}
.line{fill:none;stroke:var(--link);stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}.dot{fill:var(--link)}
.todo{padding:1.4rem 1.9rem}.todo ol{margin:.5rem 0 0 1.2rem}.todo li{padding:.25rem 0 .25rem .3rem}
.todo li::marker{font-weight:700}.edge{margin-top:.9rem;padding:.6rem .9rem;border-radius:.6rem;background:var(--good-soft)}
.points{font-weight:600;white-space:nowrap;margin-left:.35rem}
.preview>div{margin-top:.6rem;padding:1.1rem 1.9rem}.where{font-size:.88rem;color:var(--quiet)}
.headline{font-size:1.2rem;line-height:1.35;color:var(--link);margin:.1rem 0 .2rem}
.group>p{color:var(--quiet);font-size:.92rem;margin:.1rem 0 .7rem}.group details{background:linear-gradient(var(--tone),var(--tone)) 0 0/.3rem 100% no-repeat var(--card)}
.group.error{--tone:var(--error)}.group.warning{--tone:var(--warning)}.group.info{--tone:var(--info)}
.group h2{color:var(--tone);font-size:1.2rem}details{border-radius:.6rem}details+details{margin-top:.5rem}
summary{display:flex;gap:1rem;align-items:baseline;padding:.75rem 1.2rem;cursor:pointer}
summary::after{content:"+";color:var(--quiet);font-weight:600;width:.8rem;
text-align:center}details[open]>summary::after{content:"\\2212"}
.message{flex:1}.tag{display:inline-block;margin-left:.35rem;padding:0 .55rem;border-radius:1rem;font-size:.82rem;
background:var(--good-soft);color:var(--good);white-space:nowrap}
details>:not(summary){margin:0 1.2rem .6rem}.evidence li{padding:.3rem 0;border-top:1px solid var(--line);font-size:.92rem}
.page{color:var(--quiet)}code{font:.86em ui-monospace,monospace}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.92rem}
footer a{margin-right:1.25rem}footer p+p{margin-top:.4rem}
@media(max-width:46rem){.overview{grid-template-columns:auto 1fr;padding:1.2rem}.trend{grid-column:1/-1;width:auto}.trend svg{max-width:20rem}
.preview>div{padding:1rem 1.2rem}
.todo{padding:1.2rem}.score svg{width:7.5rem}.points .quiet{display:none}}
`;

// shared/elite/report_page.js
var SEVERITIES = {
  error: { one: "error", many: "errors", lead: "Errors cost visitors or reach. Repair these first." },
  warning: { one: "warning", many: "warnings", lead: "Warnings are what visitors notice and search engines count." },
  info: { one: "hint", many: "hints", lead: "Hints are chances: small work, small gain." }
};
var FIRST = 3;
var POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
function reportPage(report, title2, prefix) {
  return new Response(html(report, title2, prefix), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": POLICY,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept"
    }
  });
}
function verdict(score2) {
  if (score2 >= 90) return { word: "Excellent", tone: "good" };
  if (score2 >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (score2 >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}
function html(report, title2, prefix) {
  const host = new URL(report.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${escapeHtml(`${report.score} · ${title2} · ${host}`)}</title><style>${STYLE}</style></head>
<body><header><p class="kind">${escapeHtml(title2)}</p><h1>${escapeHtml(host)}</h1>
<p class="about"><a href="${escapeHtml(report.finalUrl)}" rel="noreferrer">${escapeHtml(report.finalUrl)}</a>
<span>${pagesRead(report)}, ${date(report.fetchedAt)}</span></p></header>
<main>${overview(report)}${todo(report, prefix)}${preview(report)}${groups(report)}</main>
<footer><p><a href="${prefix}/report.json">This report as JSON</a> <a href="${prefix}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}
function pagesRead({ pages }) {
  return pages.length === 1 ? "one page read" : `${pages.length} pages read`;
}
function date(at) {
  return `<time datetime="${escapeHtml(at)}">${escapeHtml(at.slice(0, 16).replace("T", " "))} UTC</time>`;
}
function overview({ score: score2, summary: summary2, trend }) {
  const { word, tone } = verdict(score2);
  const counts = (
    Object.keys(SEVERITIES).map((severity) => {
      const { one, many } = SEVERITIES[severity];
      const count = summary2[severity];
      const text = `<b>${count}</b> ${count === 1 ? one : many}`;
      return `<li class="${severity}">${count > 0 ? `<a href="#${severity}">${text}</a>` : `<span>${text}</span>`}</li>`;
    })
  );
  return `<section class="overview" aria-label="Overview"><div class="score ${tone}">${ring(score2)}
<p><b>${word}</b></p></div><ul class="counts">${counts.join("")}</ul>${trend ? history(trend) : ""}</section>`;
}
function history(trend) {
  const last = trend.at(-1)?.score ?? 0;
  const change = last - (trend.at(-2)?.score ?? last);
  const words = trend.length < 2 ? "First run" : change === 0 ? "Unchanged" : `${change > 0 ? "+" : "−"}${Math.abs(change)} points`;
  return `<div class="trend"><h2>Trend</h2>${trendLine(trend)}<p><b>${words}</b> ${trend.length < 2 ? "" : `since the run before, ${trend.length} runs`}</p></div>`;
}
function todo({ findings: findings2 }, prefix) {
  if (findings2.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const first = [...findings2].sort((a, b) => b.weight - a.weight).slice(0, FIRST);
  const fixable = findings2.filter((found) => found.fixable);
  const gained = fixable.reduce((sum, { weight }) => sum + weight, 0);
  const items = first.map(
    ({ fix, weight, id }) => `<li><a href="#${id}">${escapeHtml(fix)}</a>${points(weight, "+")}</li>`
  );
  const edge = fixable.length === 0 ? "" : `<p class="edge">optimize repairs <b>${fixable.length} of ${findings2.length}</b> at the edge:
<a href="${prefix}/optimize/">see the improved page</a>${points(gained, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${items.join("")}</ol>${edge}</section>`;
}
function points(weight, sign) {
  if (weight === 0) return "";
  return ` <span class="points">${sign}${weight}<span class="quiet"> points</span></span>`;
}
function preview({ title: title2, description: description2, finalUrl }) {
  if (typeof title2 !== "string" && typeof description2 !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${escapeHtml(finalUrl)}</p>
<p class="headline">${escapeHtml(String(title2 ?? "No title"))}</p>
<p>${escapeHtml(String(description2 ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}
function groups({ findings: findings2 }) {
  return (
    Object.keys(SEVERITIES).map((severity) => {
      const own = findings2.filter((found) => found.severity === severity);
      if (own.length === 0) return "";
      const { many, lead } = SEVERITIES[severity];
      const heading = many[0].toUpperCase() + many.slice(1);
      return `<section class="group ${severity}" id="${severity}"><h2>${heading} <span class="quiet">${own.length}</span></h2>
<p>${lead}</p>${own.map(details).join("")}</section>`;
    }).join("")
  );
}
function details({ id, category, message, fix, fixable, weight, count, evidence }) {
  const tag = fixable ? ` <span class="tag">repaired by optimize</span>` : "";
  const more = count > evidence.length ? `<li class="quiet">and ${count - evidence.length} more</li>` : "";
  return `<details id="${id}"><summary><span class="message">${escapeHtml(message)}${tag}</span>${points(weight, "−")}</summary>
<p><b>What to do:</b> ${escapeHtml(fix)}</p><ul class="evidence">${evidence.map(place).join("")}${more}</ul>
<p class="quiet">${escapeHtml(category)} · <code>${escapeHtml(id)}</code></p></details>`;
}
function place({ page: page2, selector, header, detail }) {
  const where = selector ?? (header && `${header}:`);
  return `<li>${page2 ? `<span class="page">${escapeHtml(page2)}</span> ` : ""}${where ? `<code>${escapeHtml(where)}</code> ` : ""}${detail ? escapeHtml(detail) : ""}</li>`;
}

// shared/elite/worker.js
var REPORTS = /* @__PURE__ */ new Set(["", "/", "/report", "/report.json", "/report.html"]);
function eliteWorker(template) {
  return {
    fetch(request, env, ctx) {
      const url = new URL(request.url);
      const config = readConfig(env);
      const prefix = prefixOf(url, config.type ?? template.type);
      const path = url.pathname.slice(prefix.length);
      const optimizing = path === "/optimize" || path.startsWith("/optimize/");
      const reading = request.method === "GET" || request.method === "HEAD";
      if (!optimizing && !reading) return failure(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!optimizing && (asksHealth(url) || path === "/health")) return healthy();
      const read = readParameters(config.parameters, template);
      if (!read.site) {
        return failure(422, "invalid_parameters", read.problem, { field: "parameters.site" });
      }
      const { parameters } = config;
      if (optimizing) return optimize(request, { ...read, parameters, template, prefix: `${prefix}/optimize` });
      if (!REPORTS.has(path)) return failureFor(request, "Page not found", 404, "not_found", "There is no such page.");
      return answerReport(request, template, { ...read, parameters, prefix }, env, ctx);
    }
  };
}
function prefixOf(url, type) {
  const prefix = `/elite/${type}`;
  return url.pathname === prefix || url.pathname.startsWith(`${prefix}/`) ? prefix : "";
}
async function answerReport(request, template, asked, env, ctx) {
  try {
    const report = await withTrend(await makeReport(template, asked), env.HISTORY, ctx);
    return asksHtml(request) ? reportPage(report, template.title, asked.prefix) : json(200, report, { Vary: "Accept" });
  } catch (error) {
    const reason = fetchProblem(error, TIMEOUT_MS2);
    const details2 = { site: asked.site.href, reason };
    const message = "The site could not be read.";
    return failureFor(request, "The site does not answer", 502, "site_unreachable", message, details2);
  }
}
function asksHtml(request) {
  const path = new URL(request.url).pathname;
  if (path.endsWith(".json")) return false;
  return path.endsWith(".html") || (request.headers.get("Accept") ?? "").includes("text/html");
}
async function makeReport(template, { site, bounds, optimizations, parameters }) {
  const about = { type: template.type, site: site.href, fetchedAt: (/* @__PURE__ */ new Date()).toISOString() };
  let pages;
  try {
    pages = await crawl(site, bounds, template.assets);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const found2 = [finding(UNREADABLE[error.id], [{ header: "Location", detail: error.detail }], [])];
    return { ...about, finalUrl: error.url, status: error.status, ...judged(found2), pages: [] };
  }
  const [first] = pages;
  const known2 = { ...about, finalUrl: first.url, status: first.status };
  const listed = pages.map(({ url, status, bytes }) => ({ url, status, bytes }));
  if (!first.isHtml) {
    const { contentType } = first;
    const found2 = [finding(UNREADABLE.not_html, [{ header: "Content-Type", detail: contentType }], [])];
    return { ...known2, contentType, ...judged(found2), pages: listed };
  }
  for (const page2 of pages) template.prepare?.(page2);
  const context = { site, parameters };
  const sound = pages.filter((page2) => page2 === first || page2.isHtml && page2.status < 400);
  const access = findings(ACCESS, pages, context, optimizations);
  const found = bySeverity([...access, ...findings(template.audits, sound, context, optimizations)]);
  return { ...known2, ...judged(found), pages: listed, optimizations, ...template.facts?.(first) };
}
function judged(found) {
  return { score: score(found), summary: summary(found), findings: found };
}

// shared/checks/words.js
var NOISE = new Set(
  "img image images picture pic photo photos untitled bg background placeholder default thumb thumbnail large small medium file upload copy final icon icons dsc index html htm php jpg jpeg png gif svg webp avif".split(
    " "
  )
);
var SEEN = /[a-zà-ÿ]{3,}/i;
function wordsOf(name) {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u).filter((word) => word && !NOISE.has(word.toLowerCase()) && !/^\d+(x\d+)?$/i.test(word) && !isHash(word));
  const text = words.join(" ").slice(0, 80);
  return SEEN.test(text) ? text : null;
}
function isHash(word) {
  return /^[0-9a-f]{6,}$/i.test(word) && /\d/.test(word) || word.length > 12 && /\d/.test(word);
}
function fileName(address) {
  const path = address.split(/[?#]/)[0].replace(/\/+$/, "");
  const last = path.slice(path.lastIndexOf("/") + 1).replace(/\.[a-z0-9]{1,5}$/i, "");
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

// shared/checks/alt.js
function lacksAlt(get2) {
  const alt = get2("alt") ?? null;
  if (alt !== null && (alt === "" || alt.trim() !== "")) return false;
  if (["aria-label", "aria-labelledby", "title"].some((name) => (get2(name) ?? "").trim() !== "")) return false;
  return !/^(none|presentation)$/i.test(get2("role") ?? "") && get2("aria-hidden") !== "true";
}
function altFrom(get2) {
  const sizes = [get2("width"), get2("height")].map((size) => Number.parseInt(size ?? "", 10));
  if (sizes.some((size) => size <= 2) || (get2("alt") ?? null) !== null) return "";
  const src = decode(get2("src") ?? "");
  return src.startsWith("data:") ? null : wordsOf(fileName(src));
}
var ALT_AUDIT = {
  id: "image_alt_missing",
  category: "images",
  severity: "warning",
  weight: 5,
  message: "Some images have no alt attribute.",
  fix: 'Describe what each image shows; alt="" for pure decoration.',
  fixedBy: "alt",
  *check({ document }) {
    for (const image of document.all("img")) {
      const get2 = (name) => image.attributes[name];
      if (!lacksAlt(get2) || isHidden(image)) continue;
      yield { selector: selectorOf(image), detail: attr(image, "class") ?? void 0, fixable: altFrom(get2) !== null };
    }
  }
};
function fixAlt({ on }) {
  on('img:not([alt]), img[alt=" "]', {
    element(image) {
      const get2 = (name) => image.getAttribute(name);
      const alt = lacksAlt(get2) ? altFrom(get2) : null;
      if (alt !== null) setText(image, "alt", alt);
    }
  });
}

// shared/checks/headings.js
var H1_AUDITS = [
  {
    id: "h1_missing",
    category: "structure",
    severity: "warning",
    weight: 8,
    message: "The page has no main heading (h1).",
    fix: "Give every page one h1 that says what it is about.",
    *check({ document }) {
      if (!document.first("h1")) yield { selector: "body" };
    }
  },
  {
    id: "h1_multiple",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page has several main headings (h1).",
    fix: "Keep one h1; make the others h2.",
    *check({ document }) {
      const seen = document.all("h1").filter((heading) => !isHidden(heading));
      if (seen.length < 2) return;
      for (const heading of seen) yield { selector: selectorOf(heading), detail: document.textOf(heading) };
    }
  }
];

// shared/checks/language.js
var TAG = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
function isLanguage(tag) {
  return TAG.test(tag);
}
function meantLanguage(text) {
  const tag = (text ?? "").trim().replaceAll("_", "-");
  return isLanguage(tag) ? tag : null;
}
function known(said, xml, headers, parameters) {
  return meantLanguage(said) ?? meantLanguage(xml) ?? meantLanguage(parameters.language) ?? meantLanguage(headers.get("Content-Language"));
}
var LANGUAGE_AUDITS = [
  {
    id: "lang_missing",
    category: "language",
    severity: "warning",
    weight: 5,
    message: "The html element doesn't tell the language.",
    fix: 'Say it: <html lang="en">, or set parameters.language and let optimize do it.',
    fixedBy: "language",
    *check({ document, headers }, { parameters }) {
      const html2 = document.first("html");
      if (html2 && attr(html2, "lang")) return;
      const fixable = html2 !== void 0 && known(null, html2.attributes["xml:lang"], headers, parameters) !== null;
      yield { selector: "html", fixable };
    }
  },
  {
    id: "lang_invalid",
    category: "language",
    severity: "warning",
    weight: 4,
    message: "The language of the html element is no language tag.",
    fix: "Use a tag such as en, de-CH or pt-BR.",
    fixedBy: "language",
    *check({ document, headers }, { parameters }) {
      const html2 = document.first("html");
      const lang = html2 && attr(html2, "lang");
      if (!html2 || !lang || isLanguage(lang)) return;
      const meant = known(lang, html2.attributes["xml:lang"], headers, parameters);
      yield { selector: "html", detail: lang, fixable: meant !== null };
    }
  }
];
function fixLanguage({ on, headers, parameters }) {
  on("html", {
    element(html2) {
      const said = html2.getAttribute("lang");
      if (said && isLanguage(said.trim())) return;
      const lang = known(said, html2.getAttribute("xml:lang"), headers, parameters);
      if (lang) setText(html2, "lang", lang);
    }
  });
}

// shared/page/color.js
var NAMES = {
  black: "#000000",
  white: "#ffffff",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080"
};
function opaqueColor(value) {
  const text = (value ?? "").trim().toLowerCase();
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(NAMES[text] ?? text)?.[1];
  if (hex) {
    const long = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
    return (
      [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16))
    );
  }
  const parts = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*(?:1|1\.0|100%)\s*)?\)$/.exec(text);
  return parts && /** @type {Rgb} */
  parts.slice(1, 4).map((part) => Math.min(255, Number(part)));
}

// shared/page/css.js
var MAX_RULES = 8e3;
function rulesOf(source) {
  const css = source.replace(/\/\*[\s\S]*?(\*\/|$)/g, "");
  const rules = [];
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
            media: [...around]
          });
        }
        at = end;
      }
      start = at + 1;
    }
  }
  return rules;
}
function endOfString(css, at) {
  for (let end = at + 1; end < css.length; end += 1) {
    if (css[end] === "\\") end += 1;
    else if (css[end] === css[at] || css[end] === "\n") return end;
  }
  return css.length;
}
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
function declarationsOf(block) {
  const found = /* @__PURE__ */ new Map();
  for (const part of block.split(/;(?![^(]*\))/)) {
    const colon = part.indexOf(":");
    if (colon < 0 || part.includes("{")) continue;
    const value = part.slice(colon + 1).replace(/!\s*important/i, "").trim();
    found.set(part.slice(0, colon).trim().toLowerCase(), value);
  }
  return found;
}
function importantOf(block) {
  return new Set([...block.matchAll(/([\w-]+)\s*:[^;]*!\s*important/gi)].map(([, name]) => name.toLowerCase()));
}

// templates/elite/brand/src/facts.js
var MAX_HEADINGS = 50;
var LEVELS = ["h1", "h2", "h3", "h4", "h5", "h6"];
function facts(page2) {
  const { document } = page2;
  const base = baseOf(page2);
  const absolute = (href) => URL.parse(href ?? "", base)?.href ?? href;
  const openGraph = prefixed(document, "og:");
  if (openGraph.image) openGraph.image = String(absolute(openGraph.image));
  const canonical = document.links("canonical")[0];
  const html2 = document.first("html");
  const images = document.all("img");
  return {
    title: titleOf(document),
    description: document.meta("description"),
    canonical: canonical ? absolute(attr(canonical, "href")) : null,
    language: html2 ? attr(html2, "lang") : null,
    openGraph,
    twitter: prefixed(document, "twitter:"),
    icons: iconsOf(document).map((link) => ({
      rel: attr(link, "rel"),
      href: absolute(attr(link, "href")),
      sizes: attr(link, "sizes"),
      type: attr(link, "type")
    })),
    headings: Object.fromEntries(
      LEVELS.map((level) => [
        level,
        document.all(level).slice(0, MAX_HEADINGS).map((h) => document.textOf(h))
      ])
    ),
    images: { total: images.length, withoutAlt: images.filter((i) => lacksAlt((name) => i.attributes[name])).length },
    links: countLinks(document, base),
    colors: colorsOf(document),
    fonts: fontsOf(page2),
    truncated: page2.truncated
  };
}
function titleOf(document) {
  const title2 = document.all("title").find(({ parent }) => parent?.tag !== "svg");
  return title2 ? document.textOf(title2) : null;
}
function iconsOf(document) {
  return document.all("link").filter((link) => attr(link, "href") && /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(attr(link, "rel") ?? ""));
}
function colorsOf(document) {
  const named = document.all("meta").filter((meta) => attr(meta, "name")?.toLowerCase() === "theme-color");
  return named.flatMap((meta) => attr(meta, "content") ?? []);
}
function fontsOf(page2) {
  const families = /* @__PURE__ */ new Set();
  for (const link of page2.document.links("stylesheet")) {
    const url = URL.parse(attr(link, "href") ?? "", baseOf(page2));
    if (url?.hostname === "fonts.googleapis.com")
      for (const part of url.searchParams.getAll("family"))
        for (const family of part.split("|")) families.add(family.split(":")[0]);
  }
  return [...families];
}
function mentions(text, brand) {
  return tidy(text).toLowerCase().includes(tidy(String(brand)).toLowerCase());
}
function prefixed(document, prefix) {
  const found = {};
  for (const meta of document.all("meta")) {
    const name = (attr(meta, "property") ?? attr(meta, "name") ?? "").toLowerCase();
    const content = attr(meta, "content");
    if (content && name.startsWith(prefix)) found[name.slice(prefix.length)] ??= content;
  }
  return found;
}
function countLinks(document, base) {
  const links = { internal: 0, external: 0 };
  const site = (url) => url.hostname.replace(/^www\./, "");
  for (const element of document.all("a")) {
    const href = attr(element, "href");
    const url = href && !href.startsWith("#") ? URL.parse(href, base) : null;
    if (!url || !["http:", "https:"].includes(url.protocol)) continue;
    links[site(url) === site(base) ? "internal" : "external"] += 1;
  }
  return links;
}

// templates/elite/brand/src/search.js
var TITLE = { min: 10, max: 60 };
var DESCRIPTION = { min: 50, max: 160 };
var NOINDEX = /(^|,)\s*([\w-]+bot\s*:\s*)?(noindex|none)\s*(,|$)/i;
var lengthOf = (text) => [...text ?? ""].length;
function lengthAudits(what, { min, max }, weights, textOf, substitute) {
  const selector = what === "title" ? "title" : 'meta[name="description"]';
  const named = what === "title" ? "title" : "meta description";
  const common = { category: "search", severity: (
    "warning"
  ), weight: weights.length };
  return [
    {
      ...common,
      id: `${what}_missing`,
      severity: "error",
      weight: weights.missing,
      message: `The page has no ${named}.`,
      fix: `Write a ${named} of ${min} to ${max} characters for this page alone.`,
      fixedBy: what,
      *check(page2, { parameters }) {
        if (lengthOf(textOf(page2)) > 0) return;
        yield { selector, fixable: page2.document.headEnds && substitute(page2, parameters) !== null };
      }
    },
    {
      ...common,
      id: `${what}_too_short`,
      message: `The ${what} is shorter than ${min} characters.`,
      fix: `Say what the page offers, in ${min} to ${max} characters.`,
      *check(page2) {
        const text = textOf(page2);
        if (text && lengthOf(text) < min) yield { selector, detail: text };
      }
    },
    {
      ...common,
      id: `${what}_too_long`,
      message: `The ${what} is longer than ${max} characters.`,
      fix: `Put what matters first and stop at ${max} characters: the rest is cut off.`,
      *check(page2) {
        const text = textOf(page2);
        if (lengthOf(text) > max) yield { selector, detail: text ?? "" };
      }
    }
  ];
}
var title = (page2) => titleOf(page2.document);
var description = (page2) => page2.document.meta("description");
var SEARCH_AUDITS = [
  {
    id: "noindex",
    category: "search",
    severity: "error",
    weight: 15,
    message: "The page asks search engines not to list it.",
    fix: "Take noindex out of the robots meta tag or the X-Robots-Tag header, if the page is meant to be found.",
    *check({ document, headers }) {
      const robots = document.meta("robots");
      const header = headers.get("X-Robots-Tag");
      if (robots && NOINDEX.test(robots)) yield { selector: 'meta[name="robots"]', detail: robots };
      if (header && NOINDEX.test(header)) yield { header: "X-Robots-Tag", detail: header };
    }
  },
  ...lengthAudits("title", TITLE, { missing: 15, length: 5 }, title, ({ document }, parameters) => {
    if (titleOf(document) !== null) return null;
    return document.meta("og:title") ?? parameters.brandName ?? null;
  }),
  ...lengthAudits("description", DESCRIPTION, { missing: 10, length: 4 }, description, ({ document }, parameters) => {
    return document.meta("og:description") ?? parameters.description ?? null;
  }),
  {
    id: "canonical_missing",
    category: "search",
    severity: "info",
    weight: 1,
    message: "The page doesn't say which of its addresses is the one to list.",
    fix: `Add <link rel="canonical"> with the page's own full address.`,
    fixedBy: "canonical",
    *check({ document, status }) {
      if (status < 400 && document.links("canonical").length === 0)
        yield { selector: 'link[rel="canonical"]', fixable: document.headEnds };
    }
  },
  {
    id: "canonical_invalid",
    category: "search",
    severity: "warning",
    weight: 5,
    message: "The canonical address can't be followed as it stands.",
    fix: "Give one full address (https://…), the same in every canonical link of the page.",
    fixedBy: "canonical",
    *check(page2) {
      const links = page2.document.links("canonical");
      const hrefs = links.map((link) => attr(link, "href") ?? "");
      const different = new Set(hrefs.map((href) => URL.parse(href, baseOf(page2))?.href)).size > 1;
      for (const [index, link] of links.entries()) {
        const absolute = URL.canParse(hrefs[index]);
        const can = URL.canParse(hrefs[index], page2.url);
        if (different || !absolute)
          yield { selector: selectorOf(link), detail: hrefs[index], fixable: can && !different };
      }
    }
  },
  {
    id: "brand_not_in_title",
    category: "search",
    severity: "warning",
    weight: 5,
    message: "The brand's name isn't in the title.",
    fix: "End the title with the brand's name.",
    *check(page2, { parameters }) {
      const brand = parameters.brandName || page2.document.meta("og:site_name");
      const text = title(page2);
      if (brand && text && !mentions(text, brand)) yield { selector: "title", detail: String(brand) };
    }
  },
  {
    id: "brand_not_in_h1",
    category: "search",
    severity: "info",
    weight: 3,
    message: "The brand's name isn't in the main heading.",
    fix: "Say the brand's name in the home page's main heading.",
    *checkSite([first], { parameters }) {
      const brand = parameters.brandName || first.document.meta("og:site_name");
      const headings = first.document.all("h1").map((h1) => first.document.textOf(h1));
      if (brand && headings.length > 0 && !mentions(headings.join(" "), brand))
        yield { page: first.url, selector: "h1", detail: String(brand) };
    }
  }
];
function metaOf({ on }, property) {
  const found = { content: null };
  on(`meta[property="${property}" i], meta[name="${property}" i]`, {
    element(meta) {
      const content = decode(meta.getAttribute("content") ?? "");
      if (content) found.content ??= content;
    }
  });
  return found;
}
function titleSeen({ on }) {
  const found = { text: "" };
  on("title", { text: (chunk) => void (found.text += chunk.text) });
  return found;
}
function fixTitle(page2) {
  const shared = metaOf(page2, "og:title");
  let seen = false;
  page2.on("title", { element: () => void (seen = true) });
  page2.atHeadEnd(() => {
    const text = shared.content ?? page2.parameters.brandName;
    return seen || !text ? "" : `<title>${escaped(text)}</title>
`;
  });
}
function fixDescription(page2) {
  const own = metaOf(page2, "description");
  const shared = metaOf(page2, "og:description");
  page2.atHeadEnd(() => {
    const text = shared.content ?? page2.parameters.description;
    return own.content || !text ? "" : `<meta name="description" content="${escaped(text)}">
`;
  });
}
function fixCanonical(page2) {
  let seen = false;
  page2.on('link[rel~="canonical" i]', { element: (link) => void (seen ||= Boolean(link.getAttribute("href"))) });
  page2.atHeadEnd(() => seen ? "" : `<link rel="canonical" href="${escaped(canonicalOf(page2.url))}">
`);
}
var TRACKING = /^(utm_.*|gclid|fbclid|msclkid|mc_[ce]id)$/;
function canonicalOf(url) {
  const found = new URL(url);
  for (const name of [...found.searchParams.keys()]) if (TRACKING.test(name)) found.searchParams.delete(name);
  found.hash = "";
  return found.href;
}

// templates/elite/brand/src/identity.js
function manifestOf(page2) {
  const link = page2.document.links("manifest")[0];
  const href = link && URL.parse(attr(link, "href") ?? "", baseOf(page2))?.href;
  const asset = href ? page2.assets.get(href) : void 0;
  if (!link || !asset) return { link, content: void 0 };
  try {
    const content = asset.status < 400 ? JSON.parse(asset.text) : null;
    return { link, content: content && typeof content === "object" ? content : null };
  } catch {
    return { link, content: null };
  }
}
var IDENTITY_AUDITS = [
  {
    id: "icon_missing",
    category: "identity",
    severity: "warning",
    weight: 8,
    message: "The page declares no icon.",
    fix: 'Add <link rel="icon">, best an SVG; or set parameters.icon and let optimize add it.',
    fixedBy: "icons",
    *check({ document }, { parameters }) {
      if (iconsOf(document).length === 0)
        yield { selector: 'link[rel="icon"]', fixable: document.headEnds && Boolean(parameters.icon) };
    }
  },
  {
    id: "touch_icon_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no icon for home screens of iOS.",
    fix: 'Add <link rel="apple-touch-icon"> with a PNG of 180 by 180 pixels.',
    *checkSite([first]) {
      const touch = iconsOf(first.document).some((link) => /apple-touch-icon/i.test(attr(link, "rel") ?? ""));
      if (!touch) yield { page: first.url, selector: 'link[rel="apple-touch-icon"]' };
    }
  },
  {
    id: "manifest_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no web app manifest: the site can't be installed under its own name and icon.",
    fix: 'Add <link rel="manifest"> with name, icons and colours.',
    *checkSite([first]) {
      if (!manifestOf(first).link) yield { page: first.url, selector: 'link[rel="manifest"]' };
    }
  },
  {
    id: "manifest_invalid",
    category: "identity",
    severity: "warning",
    weight: 3,
    message: "The web app manifest can't be used.",
    fix: "Serve it as JSON with name and icons.",
    *checkSite([first]) {
      const { link, content } = manifestOf(first);
      if (!link || content === void 0) return;
      const lacks = content === null ? "no JSON" : ["name", "icons"].filter((key) => !content[key]?.length).join(", ");
      if (lacks) yield { page: first.url, selector: selectorOf(link), detail: content ? `without ${lacks}` : lacks };
    }
  },
  {
    id: "theme_color_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "The page declares no theme-color.",
    fix: 'Add <meta name="theme-color">; or set parameters.themeColor and let optimize add it.',
    fixedBy: "themeColor",
    *check({ document }, { parameters }) {
      if (colorsOf(document).length === 0)
        yield { selector: 'meta[name="theme-color"]', fixable: document.headEnds && Boolean(parameters.themeColor) };
    }
  },
  {
    id: "logo_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "No logo was recognised on the page.",
    fix: "Show the logo in the header, linked to the home page, with the brand's name as its alternative text.",
    *checkSite([first]) {
      const { document } = first;
      const logo = document.elements.some((element) => {
        if (element.inert || !["img", "svg", "a", "picture"].includes(element.tag)) return false;
        const hints = ["class", "id", "src", "alt"].map((name) => element.attributes[name] ?? "").join(" ");
        return /logo|brand/i.test(hints) || element.tag === "svg" && closest(element, "header") !== null;
      });
      if (!logo) yield { page: first.url, selector: "header img" };
    }
  }
];
function fixIcons(page2) {
  const { icon } = page2.parameters;
  if (!icon) return;
  let seen = false;
  page2.on("link", {
    element(link) {
      seen ||= /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(decode(link.getAttribute("rel") ?? ""));
    }
  });
  page2.atHeadEnd(() => seen ? "" : `<link rel="icon" href="${escaped(icon)}">
`);
}
function fixThemeColor(page2) {
  const { themeColor } = page2.parameters;
  if (!themeColor) return;
  const said = metaOf(page2, "theme-color");
  page2.atHeadEnd(() => said.content ? "" : `<meta name="theme-color" content="${escaped(themeColor)}">
`);
}

// templates/elite/brand/src/organization.js
var PROFILES = /^(www\.|[a-z]{2}\.)?(facebook|instagram|linkedin|youtube|tiktok|pinterest|twitter|x|xing|github|mastodon|threads|bsky)\.(com|net|social|app)$/;
var ORGANIZATION = /(Organization|Corporation|Business|Store|Restaurant|Hotel|Company|Brand|Person|Airline|NGO)$/;
var isOrganization = (thing) => typesOf(thing).some((type) => ORGANIZATION.test(type));
function structuredData(document) {
  const things = [];
  const broken = [];
  for (const [index, script] of jsonLd(document).entries()) {
    try {
      collect(JSON.parse(document.source(script)), things, 0);
    } catch {
      broken.push(`script[type="application/ld+json"]:nth-of-type(${index + 1})`);
    }
  }
  return { things, broken };
}
function jsonLd(document) {
  return document.all("script").filter((script) => attr(script, "type")?.toLowerCase() === "application/ld+json");
}
var MAX_DEPTH2 = 6;
function collect(value, things, depth) {
  if (value === null || typeof value !== "object" || depth > MAX_DEPTH2) return;
  if (value["@type"]) things.push(value);
  for (const inner of Object.values(value)) collect(inner, things, depth + 1);
}
function typesOf(thing) {
  return [thing["@type"]].flat().map(String);
}
var describes = (page2, wanted) => structuredData(page2.document).things.some(wanted);
function canDescribe(page2, parameters) {
  const named = Boolean(parameters.brandName ?? page2.document.meta("og:site_name"));
  return named && jsonLd(page2.document).length === 0 && page2.document.elements.some(({ tag }) => tag === "body");
}
function undescribed(what, id, weight, wanted) {
  return {
    id,
    category: "organization",
    severity: "info",
    weight,
    message: `The home page has no structured data of type ${what}.`,
    fix: `Describe it in JSON-LD (schema.org ${what}); or set parameters.brandName and let optimize do it.`,
    fixedBy: "structuredData",
    *checkSite([first], { parameters }) {
      if (first.status < 400 && !describes(first, wanted))
        yield {
          page: first.url,
          selector: 'script[type="application/ld+json"]',
          fixable: canDescribe(first, parameters)
        };
    }
  };
}
var ORGANIZATION_AUDITS = [
  {
    id: "structured_data_invalid",
    category: "organization",
    severity: "warning",
    weight: 4,
    message: "Some structured data is no JSON, so nobody reads it.",
    fix: "Repair the JSON; validator.schema.org shows where it breaks.",
    *check({ document }) {
      for (const selector of structuredData(document).broken) yield { selector };
    }
  },
  undescribed("Organization", "organization_missing", 2, isOrganization),
  undescribed("WebSite", "website_missing", 1, (thing) => typesOf(thing).includes("WebSite")),
  {
    id: "social_links_missing",
    category: "organization",
    severity: "info",
    weight: 1,
    message: "The page leads to no profile of the brand in social networks.",
    fix: "Link the profiles in the footer, and list them as sameAs in the structured data.",
    *checkSite([first]) {
      const { document } = first;
      const linked = document.all("a").some((a) => {
        const url = URL.parse(attr(a, "href") ?? "");
        return url !== null && PROFILES.test(url.hostname);
      });
      if (!linked && !describes(first, (thing) => [thing.sameAs].flat().some(Boolean)))
        yield { page: first.url, selector: "footer a" };
    }
  }
];
function fixStructuredData(page2) {
  const { site, url, parameters } = page2;
  if (url.pathname !== site.pathname) return;
  const siteName = metaOf(page2, "og:site_name");
  let seen = false;
  page2.on('script[type="application/ld+json" i]', { element: () => void (seen = true) });
  page2.atBodyEnd(() => {
    const name = parameters.brandName ?? siteName.content;
    if (seen || !name) return "";
    const home = `${site.origin}/`;
    const organization = {
      "@type": "Organization",
      "@id": `${home}#organization`,
      name,
      url: home,
      ...parameters.logo && { logo: parameters.logo },
      ...parameters.profiles?.length && { sameAs: parameters.profiles }
    };
    const website = { "@type": "WebSite", name, url: home, publisher: { "@id": organization["@id"] } };
    const data = { "@context": "https://schema.org", "@graph": [organization, website] };
    return `<script type="application/ld+json">${scriptJson(data)}<\/script>
`;
  });
}

// templates/elite/brand/src/consistency.js
var MOST_FONTS = 4;
var GENERIC = /^(serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-.*|inherit|initial|unset|-apple-system|blinkmacsystemfont|var\(.*)$/i;
var SHIPPED = /awesome|icons?\b|glyph|symbol|emoji|material/i;
function namesOf(page2) {
  const { document } = page2;
  const organization = structuredData(document).things.find((t) => isOrganization(t) && typeof t.name === "string");
  const said = [
    ["og:site_name", document.meta("og:site_name")],
    ["application-name", document.meta("application-name")],
    ["apple-mobile-web-app-title", document.meta("apple-mobile-web-app-title")],
    ["structured data", organization?.name],
    ["manifest", typeof manifestOf(page2).content?.name === "string" ? manifestOf(page2).content.name : null]
  ];
  return said.flatMap(([where, name]) => name ? [
    [where, tidy(name)]
  ] : []);
}
function familiesOf(page2) {
  const found = new Set(fontsOf(page2).map((family) => family.toLowerCase()));
  const { document } = page2;
  const sheets = document.links("stylesheet").flatMap((link) => {
    const href = URL.parse(attr(link, "href") ?? "", baseOf(page2))?.href;
    return href && page2.assets.get(href)?.text || [];
  });
  const blocks = [...sheets, ...document.all("style").map((style) => document.source(style))].flatMap(rulesOf);
  const declared = blocks.filter(({ selector }) => !selector.startsWith("@")).map(({ declarations }) => declarations);
  declared.push(
    ...document.elements.flatMap(({ attributes }) => attributes.style ? declarationsOf(attributes.style) : [])
  );
  for (const declarations of declared) {
    const first = declarations.get("font-family")?.split(",")[0].trim().replace(/^["']|["']$/g, "").toLowerCase();
    if (first && !GENERIC.test(first) && !SHIPPED.test(first)) found.add(first);
  }
  return found;
}
var CONSISTENCY_AUDITS = [
  {
    id: "titles_repeated",
    category: "consistency",
    severity: "warning",
    weight: 3,
    message: "Several pages have the same title.",
    fix: "Give each page a title of its own.",
    *checkSite(pages) {
      const seen = /* @__PURE__ */ new Map();
      for (const page2 of pages) {
        const title2 = titleOf(page2.document);
        if (title2 && seen.has(title2)) yield { page: page2.url, selector: "title", detail: title2 };
        else if (title2) seen.set(title2, page2);
      }
    }
  },
  {
    id: "names_differ",
    category: "consistency",
    severity: "warning",
    weight: 3,
    message: "The brand's name is written in different ways.",
    fix: "Use one spelling in og:site_name, application-name, manifest and structured data.",
    *checkSite(pages) {
      const all = pages.flatMap((page2) => namesOf(page2).map(([where, name]) => ({ page: page2.url, where, name })));
      const spelled = new Map(all.map((one) => [one.name, one]));
      if (spelled.size < 2) return;
      for (const { page: page2, where, name } of spelled.values()) yield { page: page2, selector: where, detail: name };
    }
  },
  {
    id: "colors_differ",
    category: "consistency",
    severity: "info",
    weight: 1,
    message: "Pages and manifest name different theme colours.",
    fix: "Use the brand's colour everywhere; a second one for dark mode belongs in a media attribute.",
    *checkSite(pages) {
      const seen = /* @__PURE__ */ new Map();
      for (const page2 of pages) {
        const plain = page2.document.all("meta").some((meta) => attr(meta, "media")) ? [] : colorsOf(page2.document);
        for (const color of [...plain, ...[manifestOf(page2).content?.theme_color].filter(Boolean)]) {
          const key = opaqueColor(String(color))?.join() ?? String(color).toLowerCase();
          if (!seen.has(key)) seen.set(key, { page: page2.url, detail: String(color) });
        }
      }
      if (seen.size > 1) for (const one of seen.values()) yield { ...one, selector: "theme-color" };
    }
  },
  {
    id: "fonts_many",
    category: "consistency",
    severity: "info",
    weight: 1,
    message: `The pages use more than ${MOST_FONTS} font families.`,
    fix: "Choose one family for headings and one for text.",
    *checkSite(pages) {
      const families = new Set(pages.flatMap((page2) => [...familiesOf(page2)]));
      if (families.size > MOST_FONTS) yield { selector: "font-family", detail: [...families].join(", ") };
    }
  }
];

// templates/elite/brand/src/hreflang.js
var isValid = (code) => code.toLowerCase() === "x-default" || meantLanguage(code) === code;
var HREFLANG_AUDITS = [
  {
    id: "hreflang_invalid",
    category: "languages",
    severity: "warning",
    weight: 4,
    message: "Some hreflang links have no valid language or no full address.",
    fix: "Use tags such as en or de-CH, and full addresses (https://…).",
    fixedBy: "hreflang",
    *check({ document, url }) {
      for (const link of document.links("alternate")) {
        const code = attr(link, "hreflang");
        if (code === null) continue;
        const href = attr(link, "href") ?? "";
        const fixable = (isValid(code) || meantLanguage(code) !== null) && URL.canParse(href, url);
        if (!isValid(code) || !URL.canParse(href)) yield { selector: selectorOf(link), detail: code, fixable };
      }
    }
  },
  {
    id: "hreflang_incomplete",
    category: "languages",
    severity: "info",
    weight: 1,
    message: "The hreflang links leave out the page itself.",
    fix: "List every language's page on each of them, the page itself included.",
    *check({ document, url }) {
      const links = document.links("alternate").filter((link) => attr(link, "hreflang"));
      const self = links.some((link) => URL.parse(attr(link, "href") ?? "", url)?.href === url);
      if (links.length > 0 && !self) yield { selector: 'link[rel="alternate"][hreflang]' };
    }
  }
];
function fixHreflang({ on }) {
  on("link[hreflang]", {
    element(link) {
      const code = (link.getAttribute("hreflang") ?? "").trim();
      const meant = meantLanguage(code);
      if (!isValid(code) && meant) setText(link, "hreflang", meant);
    }
  });
}

// templates/elite/brand/src/sharing.js
function missing(property, severity, weight, effect, source) {
  return {
    id: `${property.replace(":", "_")}_missing`,
    category: "sharing",
    severity,
    weight,
    message: `There is no ${property}: ${effect}`,
    fix: `Add <meta property="${property}"> to the head.`,
    fixedBy: "sharing",
    *check(page2, { parameters }) {
      if (page2.status >= 400 || page2.document.meta(property)) return;
      const fixable = page2.document.headEnds && Boolean(source(page2, parameters));
      yield { selector: `meta[property="${property}"]`, fixable };
    }
  };
}
var SHARING_AUDITS = [
  missing("og:title", "warning", 5, "shared links show whatever the network guesses.", (page2, { brandName }) => {
    return titleOf(page2.document) || brandName;
  }),
  missing("og:image", "warning", 8, "shared links have no picture.", (_, { shareImage }) => shareImage),
  missing("og:description", "info", 2, "shared links have no text.", (page2, { description: description2 }) => {
    return page2.document.meta("description") ?? description2;
  }),
  missing("og:url", "info", 1, "shares of one page count as several.", () => true),
  missing("og:type", "info", 1, "networks don't know what the link is.", () => true),
  missing("og:site_name", "info", 1, "shared links don't name the brand.", (_, { brandName }) => brandName),
  missing("twitter:card", "info", 1, "X shows a small card without a picture.", () => true)
];
function fixSharing(page2) {
  const { parameters, url } = page2;
  const title2 = titleSeen(page2);
  const description2 = metaOf(page2, "description");
  const said = Object.fromEntries(
    ["title", "image", "description", "url", "type", "site_name"].map((name) => [name, metaOf(page2, `og:${name}`)])
  );
  const card = metaOf(page2, "twitter:card");
  page2.atHeadEnd(() => {
    const { brandName, shareImage } = parameters;
    const home = url.pathname === "/";
    const known2 = {
      title: decode(title2.text) || brandName,
      image: shareImage,
      description: description2.content ?? parameters.description,
      url: canonicalOf(url),
      type: home ? "website" : "article",
      site_name: brandName
    };
    const lines = Object.entries(known2).flatMap(
      ([name, content]) => content && !said[name].content ? `<meta property="og:${name}" content="${escaped(content)}">
` : []
    );
    const kind = said.image.content || shareImage ? "summary_large_image" : "summary";
    if (!card.content) lines.push(`<meta name="twitter:card" content="${kind}">
`);
    return lines.join("");
  });
}

// templates/elite/brand/src/template.js
var fixes = {
  language: fixLanguage,
  title: fixTitle,
  description: fixDescription,
  canonical: fixCanonical,
  hreflang: fixHreflang,
  sharing: fixSharing,
  icons: fixIcons,
  themeColor: fixThemeColor,
  structuredData: fixStructuredData,
  alt: fixAlt
};
var template_default = {
  type: "brand",
  title: "Brand report",
  audits: [
    ...SEARCH_AUDITS,
    ...SHARING_AUDITS,
    ...IDENTITY_AUDITS,
    ...H1_AUDITS,
    ALT_AUDIT,
    ...LANGUAGE_AUDITS,
    ...ORGANIZATION_AUDITS,
    ...HREFLANG_AUDITS,
    ...CONSISTENCY_AUDITS
  ],
  fixes,
  defaults: Object.keys(fixes),
  assets: (page2) => {
    const links = [...page2.document.links("manifest"), ...page2.document.links("stylesheet")];
    return links.flatMap((link) => URL.parse(attr(link, "href") ?? "", baseOf(page2))?.href ?? []);
  },
  facts
};

// templates/elite/brand/src/index.js
var index_default = eliteWorker(template_default);
export {
  index_default as default
};
