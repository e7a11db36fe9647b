// Generated from templates/elite/design/src by `make bundles`.
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
function failureFor(request, title, status, code, message, details2 = {}) {
  const asHtml = (request.headers.get("Accept") ?? "").includes("text/html");
  if (!asHtml) return failure(status, code, message, details2, { Vary: "Accept" });
  return new Response(page(status, title, message), {
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
function page(status, title, message) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p><small>${status}</small></main></body></html>
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
  const known3 = /^(gzip|br)?$/i.test(headers.get("Content-Encoding") ?? "");
  return known3 ? {} : { encodeBody: "manual" };
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
function has(element, name) {
  return Object.hasOwn(element.attributes, name);
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
  let level2 = [first];
  for (let depth = 0; depth < bounds.depth && pages.length < bounds.pages; depth += 1) {
    const next = level2.flatMap((page2) => linksOf(page2, site)).filter((href) => !seen.has(href) && seen.add(href));
    const room = next.slice(0, bounds.pages - pages.length);
    const read = await inTurns(room, (href) => readPage(new URL(href), site, until));
    level2 = read.filter((page2) => page2.isHtml);
    pages.push(...level2);
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
  const known3 = Object.keys({ ...template.fixes, ...template.fileFixes });
  return {
    site,
    bounds: {
      depth: Math.min(wholeNumber(parameters.depth, DEFAULTS.depth), MOST.depth),
      pages: Math.max(1, Math.min(wholeNumber(parameters.pages, DEFAULTS.pages), MOST.pages))
    },
    optimizations: Array.isArray(asked) ? known3.filter((name) => asked.includes(name)) : template.defaults
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
function reportPage(report, title, prefix) {
  return new Response(html(report, title, prefix), {
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
function html(report, title, prefix) {
  const host = new URL(report.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${escapeHtml(`${report.score} · ${title} · ${host}`)}</title><style>${STYLE}</style></head>
<body><header><p class="kind">${escapeHtml(title)}</p><h1>${escapeHtml(host)}</h1>
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
function preview({ title, description, finalUrl }) {
  if (typeof title !== "string" && typeof description !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${escapeHtml(finalUrl)}</p>
<p class="headline">${escapeHtml(String(title ?? "No title"))}</p>
<p>${escapeHtml(String(description ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
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
  const known3 = { ...about, finalUrl: first.url, status: first.status };
  const listed = pages.map(({ url, status, bytes }) => ({ url, status, bytes }));
  if (!first.isHtml) {
    const { contentType } = first;
    const found2 = [finding(UNREADABLE.not_html, [{ header: "Content-Type", detail: contentType }], [])];
    return { ...known3, contentType, ...judged(found2), pages: listed };
  }
  for (const page2 of pages) template.prepare?.(page2);
  const context = { site, parameters };
  const sound = pages.filter((page2) => page2 === first || page2.isHtml && page2.status < 400);
  const access = findings(ACCESS, pages, context, optimizations);
  const found = bySeverity([...access, ...findings(template.audits, sound, context, optimizations)]);
  return { ...known3, ...judged(found), pages: listed, optimizations, ...template.facts?.(first) };
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

// shared/page/selector.js
var PART = /^(?:(\*|[a-z][\w-]*)|#([\w-]+)|\.((?:[\w-]|\\.)+)|\[([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([\w-]+)))?\]|:not\(([^()]+)\))/i;
function parseSelector(text) {
  const direct = [];
  const compounds = [];
  let weight = 0;
  for (const token of text.trim().replace(/\s*>\s*/g, " >").split(/\s+/)) {
    const child = token.startsWith(">");
    const compound = parseCompound(child ? token.slice(1) : token);
    if (!compound) return null;
    compounds.push(compound);
    direct.push(child);
    weight += weightOf(compound) + compound.not.reduce((sum, one) => sum + weightOf(one), 0);
  }
  return { compounds, direct, weight };
}
function weightOf({ tag, id, classes, attributes }) {
  return (id ? 1e4 : 0) + (classes.length + attributes.length) * 100 + (tag ? 1 : 0);
}
function parseCompound(text) {
  const compound = { tag: null, id: null, classes: [], attributes: [], not: [] };
  let rest = text;
  while (rest) {
    const found = PART.exec(rest);
    if (!found) return null;
    const [all, tag, id, name, attribute, double, single, bare2, not] = found;
    if (tag) compound.tag = tag === "*" ? null : tag.toLowerCase();
    else if (id) compound.id = id;
    else if (name) compound.classes.push(name.replace(/\\/g, ""));
    else if (attribute) compound.attributes.push([attribute.toLowerCase(), double ?? single ?? bare2 ?? null]);
    else if (not) {
      const inner = parseCompound(not.trim());
      if (!inner) return null;
      compound.not.push(inner);
    }
    rest = rest.slice(all.length);
  }
  return text ? compound : null;
}
function fitsCompound(element, compound) {
  const { tag, id, classes, attributes, not } = compound;
  if (tag && element.tag !== tag || id && element.attributes.id !== id) return false;
  if (classes.length > 0) {
    const own = classesOf(element);
    if (!classes.every((name) => own.has(name))) return false;
  }
  const fits2 = attributes.every(([name, value]) => {
    const own = element.attributes[name];
    return own !== void 0 && (value === null || own === value);
  });
  return fits2 && !not.some((one) => fitsCompound(element, one));
}
var known = /* @__PURE__ */ new WeakMap();
function classesOf(element) {
  let found = known.get(element);
  if (!found) known.set(element, found = new Set((element.attributes.class ?? "").split(/\s+/).filter(Boolean)));
  return found;
}
function fits(element, { compounds, direct }) {
  let at = compounds.length - 1;
  if (!fitsCompound(element, compounds[at])) return false;
  let around = element.parent;
  for (at -= 1; at >= 0; at -= 1) {
    const onlyParent = direct[at + 1];
    while (around && !fitsCompound(around, compounds[at])) around = onlyParent ? null : around.parent;
    if (!around) return false;
    around = around.parent;
  }
  return true;
}

// shared/page/cascade.js
var PHONE_WIDTH = 412;
var IMPORTANT = 1e9;
var INLINE = 1e8;
function holds(around) {
  if (/^@layer|^@supports/i.test(around)) return true;
  if (!/^@media/i.test(around) || /print|prefers-|orientation|hover|not /i.test(around)) return false;
  const [least, most] = ["min", "max"].map((end) => {
    const found = new RegExp(`${end}-width:\\s*([\\d.]+)(px|em|rem)`, "i").exec(around);
    return found ? Number(found[1]) * (found[2] === "px" ? 1 : 16) : null;
  });
  return (least ?? 0) <= PHONE_WIDTH && PHONE_WIDTH <= (most ?? Number.POSITIVE_INFINITY);
}
function applyStyles(elements, rules, properties) {
  const index = indexed(elements);
  const said = /* @__PURE__ */ new Map();
  const say = (element, name, one) => {
    const own = said.get(element) ?? {};
    if (!own[name] || own[name].rank <= one.rank) own[name] = one;
    said.set(element, own);
  };
  for (const { selector, declarations, important, media } of rules) {
    const names = properties.filter((name) => declarations.has(name));
    if (names.length === 0 || selector.startsWith("@") || !media.every(holds)) continue;
    for (const text of selector.split(",")) {
      const parsed = parseSelector(text);
      if (!parsed) continue;
      for (const element of candidates(index, parsed, elements)) {
        if (!fits(element, parsed)) continue;
        for (const name of names) {
          const rank = parsed.weight + (important.has(name) ? IMPORTANT : 0);
          say(element, name, { value: declarations.get(name) ?? "", rank });
        }
      }
    }
  }
  for (const element of elements) {
    for (const [name, value] of declarationsOf(element.attributes.style ?? ""))
      if (properties.includes(name)) say(element, name, { value, rank: INLINE });
    const own = said.get(element);
    if (own) element.styles = Object.fromEntries(Object.entries(own).map(([name, { value }]) => [name, value]));
  }
}
function indexed(elements) {
  const index = /* @__PURE__ */ new Map();
  const add = (key, element) => {
    const there = index.get(key);
    if (there) there.push(element);
    else index.set(key, [element]);
  };
  for (const element of elements) {
    add(element.tag, element);
    for (const name of classesOf(element)) add(`.${name}`, element);
  }
  return index;
}
function candidates(index, { compounds }, all) {
  const last = compounds[compounds.length - 1];
  if (last.classes.length > 0) return index.get(`.${last.classes[0]}`) ?? [];
  return last.tag ? index.get(last.tag) ?? [] : all;
}

// shared/checks/language.js
var TAG = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
function isLanguage(tag) {
  return TAG.test(tag);
}
function meantLanguage(text) {
  const tag = (text ?? "").trim().replaceAll("_", "-");
  return isLanguage(tag) ? tag : null;
}
function known2(said, xml, headers, parameters) {
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
      const fixable = html2 !== void 0 && known2(null, html2.attributes["xml:lang"], headers, parameters) !== null;
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
      const meant = known2(lang, html2.attributes["xml:lang"], headers, parameters);
      yield { selector: "html", detail: lang, fixable: meant !== null };
    }
  }
];
function fixLanguage({ on, headers, parameters }) {
  on("html", {
    element(html2) {
      const said = html2.getAttribute("lang");
      if (said && isLanguage(said.trim())) return;
      const lang = known2(said, html2.getAttribute("xml:lang"), headers, parameters);
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
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
function luminance(color) {
  const [r, g, b] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// templates/elite/design/src/contrast.js
var LEAST = 4.5;
var LEAST_LARGE = 3;
var SIMPLE = /^[a-z0-9]*(?:[.#][\w-]+)*$/i;
function stylesheetsOf(page2) {
  const screens = page2.document.links("stylesheet").filter((link) => !/print/i.test(attr(link, "media") ?? ""));
  return screens.flatMap((link) => URL.parse(attr(link, "href") ?? "", baseOf(page2))?.href ?? []);
}
function stylesOf(page2) {
  const linked = stylesheetsOf(page2).flatMap((href) => page2.assets.get(href)?.text ?? []);
  return [...linked, ...page2.document.all("style").map((style) => page2.document.source(style))];
}
function tooLow(declarations) {
  const text = opaqueColor(declarations.get("color"));
  const behind = opaqueColor(declarations.get("background-color") ?? declarations.get("background"));
  if (!text || !behind) return null;
  const size = Number.parseFloat(declarations.get("font-size") ?? "");
  const bold = /bold|[7-9]00/.test(declarations.get("font-weight") ?? "");
  const pixels = /r?em$/.test(declarations.get("font-size") ?? "") ? size * 16 : size;
  const least = pixels >= 24 || bold && pixels >= 18.66 ? LEAST_LARGE : LEAST;
  const found = contrast(text, behind);
  return found < least ? found : null;
}
function fitting({ document }, text) {
  const selector = parseSelector(text);
  return selector ? document.elements.filter((element) => !element.inert && fits(element, selector)) : [];
}
function mayFit(page2, selector) {
  return fitting(page2, selector.replace(/::?(before|after)/g, "")).length > 0;
}
function isUsed(page2, selector) {
  return fitting(page2, selector).some((element) => !isHidden(element) && page2.document.textOf(element) !== "");
}
var CONTRAST_AUDITS = [
  {
    id: "contrast_low",
    category: "colours",
    severity: "warning",
    weight: 5,
    message: "Some text has too little contrast with what is behind it.",
    fix: `Make the text darker or lighter until the contrast is at least ${LEAST} to 1.`,
    *check(page2) {
      const seen = /* @__PURE__ */ new Set();
      for (const { selector, declarations, media } of stylesOf(page2).flatMap(rulesOf)) {
        const found = media.length === 0 ? tooLow(declarations) : null;
        if (found === null) continue;
        for (const one of selector.split(",").map((text) => text.trim())) {
          if (!SIMPLE.test(one) || seen.has(one) || !isUsed(page2, one)) continue;
          seen.add(one);
          yield { selector: one, detail: `${found.toFixed(2)} to 1` };
        }
      }
      for (const element of page2.document.elements) {
        const found = element.attributes.style ? tooLow(declarationsOf(element.attributes.style)) : null;
        if (found !== null && !element.inert && !isHidden(element) && page2.document.textOf(element))
          yield { selector: selectorOf(element), detail: `${found.toFixed(2)} to 1` };
      }
    }
  }
];

// templates/elite/design/src/fonts.js
var GOOGLE = "https://fonts.googleapis.com";
var FILES = "https://fonts.gstatic.com";
var FACE = /@font-face\s*\{([^}]*)\}/gi;
function swapped(href) {
  const url = URL.parse(href, "https://relative.invalid/");
  if (!url || url.origin !== GOOGLE || !/^\/(css2?|icon)$/.test(url.pathname)) return null;
  if (url.pathname === "/icon" || /icon|symbols/i.test(url.search)) return null;
  if (url.searchParams.has("display")) return null;
  return `${href}${href.includes("?") ? "&" : "?"}display=swap`;
}
function withDisplay(css) {
  return css.replace(FACE, (rule, block) => {
    return /font-display/i.test(block) || /icon|awesome|glyph|symbol/i.test(block) ? rule : rule.replace("{", "{font-display:swap;");
  });
}
function isUsed2(page2, rules, family) {
  const name = family.replace(/["']/g, "").toLowerCase();
  return rules.some(({ selector, declarations }) => {
    const set = `${declarations.get("font-family") ?? ""} ${declarations.get("font") ?? ""}`.toLowerCase();
    if (selector.startsWith("@") || !name || !set.includes(name)) return false;
    return selector.split(",").some((one) => mayFit(page2, one));
  });
}
var FONT_AUDITS = [
  {
    id: "font_hides_text",
    category: "fonts",
    severity: "warning",
    weight: 3,
    message: "Text stays invisible while fonts load.",
    fix: "Add font-display: swap to @font-face, and &display=swap to addresses of Google Fonts.",
    fixedBy: "fonts",
    *check(page2) {
      for (const link of page2.document.links("stylesheet"))
        if (swapped(attr(link, "href") ?? "")) yield { selector: selectorOf(link) };
      const inline = page2.document.all("style").map((style) => page2.document.source(style)).join("\n");
      if (withDisplay(inline) !== inline) yield { selector: "style", detail: "@font-face" };
      const rules = stylesOf(page2).flatMap(rulesOf);
      for (const { selector, declarations } of rules) {
        if (selector.toLowerCase() !== "@font-face" || inline.includes(declarations.get("src") ?? "\0")) continue;
        const display = declarations.get("font-display") ?? "auto";
        const family = declarations.get("font-family") ?? "";
        if (!/^(block|swap|fallback|optional)$/i.test(display) && isUsed2(page2, rules, family))
          yield { selector, detail: family, fixable: false };
      }
    }
  },
  {
    id: "font_server_late",
    category: "fonts",
    severity: "info",
    weight: 1,
    message: "The server of the fonts is first spoken to when the style sheet has arrived.",
    fix: `Add <link rel="preconnect" href="${FILES}" crossorigin>, or serve the fonts yourself.`,
    fixedBy: "fonts",
    *check({ document }) {
      const sheet = document.links("stylesheet").find((link) => (attr(link, "href") ?? "").startsWith(GOOGLE));
      const early = document.links("preconnect").some((link) => (attr(link, "href") ?? "").includes("fonts.gstatic.com"));
      if (sheet && !early) yield { selector: selectorOf(sheet) };
    }
  }
];
function fixFonts({ on, css }) {
  let early = false;
  on('link[href*="fonts.g"]', {
    element(link) {
      const href = decode(link.getAttribute("href") ?? "");
      const rel = (link.getAttribute("rel") ?? "").toLowerCase();
      if (rel.includes("preconnect") && href.includes("fonts.gstatic.com")) early = true;
      if (!rel.includes("stylesheet") || !href.startsWith(GOOGLE)) return;
      const better = swapped(href);
      if (better) setText(link, "href", better);
      if (!early) link.before(`<link rel="preconnect" href="${FILES}" crossorigin>`, { html: true });
      early = true;
    }
  });
  css(withDisplay);
}

// templates/elite/design/src/forms.js
var UNLABELLED = /* @__PURE__ */ new Set(["hidden", "submit", "reset", "button", "image"]);
var OWN_NAMES = ["aria-label", "aria-labelledby", "title", "placeholder"];
var FILLED = [
  [/^e-?mail$|^email[-_]?address$|^user[-_]?email$/i, "email"],
  [/^tel$|^phone$|^phone[-_]?number$|^mobile$/i, "tel"],
  [/^first[-_]?name$|^fname$|^given[-_]?name$/i, "given-name"],
  [/^last[-_]?name$|^lname$|^surname$|^family[-_]?name$/i, "family-name"],
  [/^full[-_]?name$|^your[-_]?name$/i, "name"],
  [/^zip$|^zip[-_]?code$|^postal[-_]?code$|^postcode$/i, "postal-code"],
  [/^company$|^organi[sz]ation$/i, "organization"]
];
function namesItself(tag, get2) {
  const names = tag === "select" ? OWN_NAMES.slice(0, 3) : OWN_NAMES;
  return names.some((name) => decode(get2(name) ?? "") !== "") || /^(none|presentation)$/.test(get2("role") ?? "");
}
function labelFrom(get2) {
  return get2("id") ? null : wordsOf(decode(get2("name") ?? ""));
}
function autocompleteFor(get2) {
  if ((get2("autocomplete") ?? null) !== null) return null;
  const type = (get2("type") ?? "text").toLowerCase();
  if (!["text", "email", "tel"].includes(type)) return null;
  if (type !== "text") return type;
  const names = [get2("name"), get2("id")].map((name) => decode(name ?? ""));
  return FILLED.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? null;
}
function unlabelled(document) {
  const labelled = new Set(
    document.all("label").flatMap((label) => document.textOf(label) ? attr(label, "for") ?? [] : [])
  );
  return document.all("input", "select", "textarea").filter((field) => {
    const get2 = (name) => field.attributes[name];
    if (field.tag === "input" && UNLABELLED.has((attr(field, "type") ?? "text").toLowerCase())) return false;
    if (namesItself(field.tag, get2) || isHidden(field)) return false;
    const around = closest(field, "label");
    return !(around && document.textOf(around)) && !labelled.has(attr(field, "id") ?? "");
  });
}
function labelAudit(what, wanted) {
  return {
    id: `${what}_label_missing`,
    category: "forms",
    severity: "error",
    weight: 6,
    message: what === "input" ? "Some fields have no label." : "Some selection lists have no label.",
    fix: "Give each field a <label for> that says what to enter; a placeholder goes away while typing.",
    fixedBy: "labels",
    *check({ document }) {
      for (const field of unlabelled(document).filter(wanted)) {
        const fixable = labelFrom((name) => field.attributes[name]) !== null && closest(field, "label") === null;
        yield { selector: selectorOf(field), fixable };
      }
    }
  };
}
var FORM_AUDITS = [
  labelAudit("input", ({ tag }) => tag !== "select"),
  labelAudit("select", ({ tag }) => tag === "select"),
  {
    id: "image_button_alt_missing",
    category: "forms",
    severity: "error",
    weight: 4,
    message: "Some buttons are pictures without a text.",
    fix: 'Say what the button does: <input type="image" alt="Search">.',
    *check({ document }) {
      for (const field of document.all("input"))
        if (attr(field, "type") === "image" && !["alt", "aria-label", "title"].some((name) => attr(field, name)))
          yield { selector: selectorOf(field) };
    }
  },
  {
    id: "autocomplete_missing",
    category: "forms",
    severity: "info",
    weight: 1,
    message: "Some fields that browsers could fill in don't say what they are for.",
    fix: 'Add autocomplete="email", "tel", "given-name" and the like.',
    fixedBy: "autocomplete",
    *check({ document }) {
      for (const field of document.all("input")) {
        const value = autocompleteFor((name) => field.attributes[name]);
        if (value) yield { selector: selectorOf(field), detail: `autocomplete="${value}"` };
      }
    }
  }
];
function fixLabels({ on }) {
  let inLabel = false;
  const fields = ["input", "select", "textarea"].map((tag) => `${tag}[name]:not([id]):not([aria-label])`);
  on(fields.map((field) => `label ${field}`).join(", "), { element: () => void (inLabel = true) });
  on(fields.join(", "), {
    element(field) {
      const isInLabel = inLabel;
      inLabel = false;
      const get2 = (name) => field.getAttribute(name);
      const type = (get2("type") ?? "text").toLowerCase();
      if (isInLabel || field.tagName === "input" && UNLABELLED.has(type) || namesItself(field.tagName, get2)) return;
      const label = labelFrom(get2);
      if (label) setText(field, "aria-label", label);
    }
  });
}
function fixAutocomplete({ on }) {
  const types = ["[type=email i]", "[type=tel i]", "[type=text i]", ":not([type])"];
  on(types.map((type) => `input${type}:not([autocomplete])`).join(", "), {
    element(field) {
      const value = autocompleteFor((name) => field.getAttribute(name));
      if (value) field.setAttribute("autocomplete", value);
    }
  });
}

// templates/elite/design/src/headings.js
var TAGS = ["h1", "h2", "h3", "h4", "h5", "h6"];
function levelAfter(level2, last) {
  return last > 0 && level2 > last + 1 ? last + 1 : level2;
}
function levelOf(tag, ariaLevel) {
  const said = Number.parseInt(ariaLevel ?? "", 10);
  return said >= 1 ? said : Number(tag[1]);
}
var HEADING_AUDITS = [
  {
    id: "heading_order",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "Some headings skip a level.",
    fix: "Let levels grow one by one: after an h2 comes an h3, not an h4.",
    fixedBy: "headings",
    *check({ document }) {
      const all = document.all(...TAGS).filter((heading) => (attr(heading, "role") ?? "heading") === "heading");
      const shown = all.filter((heading) => !isHidden(heading));
      const repaired = levels(all.filter((heading) => !isHidden(heading, false)));
      const fixable = skips(shown.map((heading) => repaired.get(heading) ?? level(heading))).length === 0;
      for (const index of skips(shown.map(level)))
        yield {
          selector: selectorOf(shown[index]),
          detail: `${level(shown[index])} after ${level(shown[index - 1])}`,
          fixable
        };
    }
  }
];
function skips(levels2) {
  return levels2.flatMap((one, index) => index > 0 && one > levels2[index - 1] + 1 ? [index] : []);
}
function level(heading) {
  return levelOf(heading.tag, attr(heading, "aria-level"));
}
function levels(headings) {
  let last = 0;
  return new Map(headings.map((heading) => [heading, last = levelAfter(level(heading), last)]));
}
function fixHeadings({ on }) {
  let last = 0;
  let hidden = 0;
  on('[hidden], [aria-hidden="true"], [style*="none"], [style*="hidden"]', {
    element(element) {
      if (!hides((name) => element.getAttribute(name))) return;
      element.onEndTag(() => void (hidden -= 1));
      hidden += 1;
    }
  });
  on(TAGS.join(", "), {
    element(heading) {
      const role = heading.getAttribute("role");
      if (hidden > 0 || role && role !== "heading") return;
      const level2 = levelOf(heading.tagName, heading.getAttribute("aria-level"));
      const right = levelAfter(level2, last);
      if (right !== level2) heading.setAttribute("aria-level", String(right));
      last = right;
    }
  });
}

// templates/elite/design/src/images.js
var SEEN_FIRST = 4;
var HEAVY = /\.(png|jpe?g|gif|bmp|tiff?)([?#]|$)/i;
var IMAGE_AUDITS = [
  {
    id: "loaded_early",
    category: "images",
    severity: "info",
    weight: 2,
    message: "Images and frames further down are loaded at once.",
    fix: 'Add loading="lazy" to what is not in sight at first.',
    fixedBy: "lazy",
    *check({ document }) {
      for (const one of [...document.all("img").slice(SEEN_FIRST), ...document.all("iframe")])
        if (!has(one, "loading") && attr(one, "src"))
          yield { selector: selectorOf(one), fixable: one.tag === "iframe" || hasSizes(one.attributes) };
    }
  },
  {
    id: "image_format_old",
    category: "images",
    severity: "info",
    weight: 1,
    message: "Images come in formats of the last century only.",
    fix: "Offer AVIF or WebP in a <picture>; they need half of the bytes.",
    *check({ document }) {
      for (const image of document.all("img"))
        if (HEAVY.test(attr(image, "src") ?? "") && closest(image, "picture") === null)
          yield { selector: selectorOf(image) };
    }
  }
];
function hasSizes(attributes) {
  return /^\d+$/.test(attributes.width ?? "") && /^\d+$/.test(attributes.height ?? "");
}
function fixLazy({ on }) {
  let count = 0;
  on("img", {
    element(image) {
      count += 1;
      const attributes = { width: image.getAttribute("width") ?? "", height: image.getAttribute("height") ?? "" };
      if (count > SEEN_FIRST && !image.hasAttribute("loading") && hasSizes(attributes))
        image.setAttribute("loading", "lazy");
    }
  });
  on("iframe[src]", {
    element(frame) {
      if (!frame.hasAttribute("loading")) frame.setAttribute("loading", "lazy");
    }
  });
}

// templates/elite/design/src/landmarks.js
var PARTS = [
  ["banner", "header"],
  ["navigation", "nav"],
  ["contentinfo", "footer"]
];
function landmarks(document, role, tag) {
  return document.elements.filter(
    (e) => !e.inert && (e.attributes.role === void 0 ? e.tag === tag : attr(e, "role") === role) && !isHidden(e)
  );
}
var LANDMARK_AUDITS = [
  {
    id: "main_missing",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page doesn't say where its main content is.",
    fix: "Put what the page is about into one <main>.",
    *check({ document }) {
      if (landmarks(document, "main", "main").length === 0) yield { selector: "main" };
    }
  },
  {
    id: "landmarks_missing",
    category: "structure",
    severity: "info",
    weight: 1,
    message: "Header, navigation or footer are not marked as such.",
    fix: "Use <header>, <nav> and <footer>.",
    *check({ document }) {
      const lacks = PARTS.filter(([role, tag]) => landmarks(document, role, tag).length === 0).map(([, tag]) => tag);
      if (lacks.length > 0) yield { selector: lacks.join(", ") };
    }
  },
  {
    id: "bypass_missing",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "There is no way past the navigation: no main part, no heading, no link to the content.",
    fix: 'Add <main>, headings, or <a href="#content">Skip to content</a> as the first link.',
    *check({ document }) {
      const parts = landmarks(document, "main", "main").length > 0;
      const headings = document.all("h1", "h2", "h3", "h4", "h5", "h6").length > 0;
      const skips2 = document.all("a").some((a) => /^#[^!]./.test(attr(a, "href") ?? ""));
      const links = document.all("a").some((a) => attr(a, "href"));
      if (links && !parts && !headings && !skips2) yield { selector: "body" };
    }
  }
];

// templates/elite/design/src/layout.js
var UNSET = /^(auto|initial|unset|inherit)$/;
var LEAST_TARGET = 24;
function isSized(element) {
  const styles = element.styles ?? {};
  const explicit = (name) => {
    const value = styles[name];
    return value !== void 0 && !UNSET.test(value) || Number.parseInt(attr(element, name) ?? "", 10) >= 0;
  };
  const sides = ["width", "height", "aspect-ratio"].filter(explicit);
  return sides.length > 1 || /^(absolute|fixed)$/.test(styles.position ?? "");
}
var LAYOUT_AUDITS = [
  {
    id: "image_size_missing",
    category: "layout",
    severity: "warning",
    weight: 4,
    message: "Some images don't say how large they are: what stands below jumps when they arrive.",
    fix: "Give every <img> its width and height; CSS may still scale it.",
    *check({ document }) {
      for (const image of document.all("img"))
        if (!isSized(image) && !isHidden(image) && !/^data:image\/svg/.test(attr(image, "src") ?? ""))
          yield { selector: selectorOf(image) };
    }
  },
  {
    id: "frame_size_missing",
    category: "layout",
    severity: "info",
    weight: 2,
    message: "Some frames and videos don't say how large they are.",
    fix: "Give them width and height, or an aspect-ratio in CSS.",
    *check({ document }) {
      for (const frame of document.all("iframe", "video", "embed"))
        if (!isSized(frame) && !isHidden(frame)) yield { selector: selectorOf(frame) };
    }
  },
  {
    id: "tap_target_small",
    category: "layout",
    severity: "warning",
    weight: 3,
    message: `Some links or buttons are smaller than ${LEAST_TARGET} by ${LEAST_TARGET} pixels.`,
    fix: "Make them larger, or give them padding.",
    *check({ document }) {
      for (const target of document.all("a", "button", "input", "select")) {
        const style = declarationsOf(target.attributes.style ?? "");
        const sizes = ["width", "height"].map((name) => pixelsOf(style.get(name)));
        if (sizes.some((size) => size > 0 && size < LEAST_TARGET) && !isHidden(target))
          yield { selector: selectorOf(target), detail: target.attributes.style };
      }
    }
  }
];
function pixelsOf(value) {
  return /^\d+(\.\d+)?px$/.test(value ?? "") ? Number.parseFloat(value ?? "") : 0;
}

// templates/elite/design/src/names.js
var STYLE2 = "<style>.code24-name{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}</style>";
var NETWORKS = "Facebook Instagram LinkedIn YouTube GitHub Pinterest TikTok WhatsApp Dribbble Behance".split(" ");
var KNOWN = [
  [/twitter|x-twitter|\/\/(www\.)?x\.com/, "X (Twitter)"],
  [/youtu\.be/, "YouTube"],
  [/mailto:|envelope/, "E-mail"],
  [/tel:|phone/, "Phone"],
  [/toggler|hamburger|navbar-toggle|menu-toggle|menu-btn|sidebartoggle|fa-bars|bi-list/, "Menu"],
  [/btn-close|(^|[\s-])close($|[\s-])|fa-times|fa-xmark/, "Close"],
  [/scroll-?to-?top|back-?to-?top|page-top|(chevron|angle|arrow)-up/, "Back to top"],
  [/(^|[\s-])prev(ious)?($|[\s-])|(chevron|angle|arrow)-left/, "Previous"],
  [/(^|[\s-])next($|[\s-])|(chevron|angle|arrow)-right/, "Next"],
  [/search/, "Search"],
  [/(^|[\s-])cart|basket/, "Cart"],
  [/(^|[\s-])play($|[\s-])/, "Play"],
  [/(^|[\s-])user/, "Account"]
];
var ICON_CLASS = /^(?:fa|bi|icon|mdi|ti|ion|glyphicon|lni|ri|bx)-(.+)$/;
function nameFrom(classes, href) {
  const hints = [...classes, href].join(" ").toLowerCase();
  const network = NETWORKS.find((name) => hints.includes(name.toLowerCase()));
  const known3 = network ?? KNOWN.find(([pattern]) => pattern.test(hints))?.[1];
  if (known3) return known3;
  const icon = classes.flatMap((name) => ICON_CLASS.exec(name)?.[1] ?? []).find((name) => !/^\d|^(lg|sm|xs|fw)$/.test(name));
  return icon && wordsOf(icon) || wordsOf(fileName(href.replace(/^#/, "/")));
}
function isNamedByTag(get2) {
  return ["aria-label", "aria-labelledby", "title"].some((name) => decode(get2(name) ?? "") !== "");
}
function isNamedInside(document, element) {
  const inside = document.inside(element);
  const hidden = inside.filter((inner) => isHidden(inner));
  const pictures = inside.some((inner) => {
    if (isHidden(inner)) return false;
    const get2 = (name) => inner.attributes[name];
    return isNamedByTag(get2) || inner.tag === "img" && attr(inner, "alt") !== null;
  });
  if (pictures) return true;
  let text = document.textOf(element);
  for (const inner of [...hidden, ...inside.filter(({ tag }) => tag === "style" || tag === "script")])
    text = text.replace(document.textOf(inner), "");
  return text.trim() !== "";
}
function fixableName(document, element) {
  const classes = [element, ...document.inside(element)].flatMap((e) => (attr(e, "class") ?? "").split(/\s+/));
  return nameFrom(classes.filter(Boolean), attr(element, "href") ?? "") !== null;
}
function nameless(tag, what, weight) {
  return {
    id: `${what}_name_missing`,
    category: "names",
    severity: "error",
    weight,
    message: `Some ${what}s have no name: they are announced as "${what}" and nothing else.`,
    fix: `Give each ${what} a text, or an aria-label where it shows only an icon.`,
    fixedBy: "names",
    *check({ document }) {
      for (const element of document.all(tag)) {
        const role = attr(element, "role");
        if (tag === "a" && (!has(element, "href") || role !== null && role !== "link")) continue;
        if (isNamedByTag((name) => element.attributes[name]) || isHidden(element)) continue;
        if (isNamedInside(document, element)) continue;
        yield { selector: selectorOf(element), fixable: fixableName(document, element) };
      }
    }
  };
}
var NAME_AUDITS = [
  nameless("a", "link", 6),
  nameless("button", "button", 6),
  {
    id: "frame_title_missing",
    category: "names",
    severity: "error",
    weight: 4,
    message: "Some frames have no title.",
    fix: 'Say what each frame shows: <iframe title="Map of our shop">.',
    fixedBy: "frames",
    *check({ document }) {
      for (const frame of document.all("iframe", "frame"))
        if (!isNamedByTag((name) => frame.attributes[name]) && !isHidden(frame))
          yield { selector: selectorOf(frame), fixable: frame.tag === "iframe" };
    }
  },
  {
    id: "link_text_generic",
    category: "names",
    severity: "info",
    weight: 2,
    message: "Some links don't say where they lead.",
    fix: 'Name the target: "Prices for 2027" rather than "click here".',
    *check({ document, url }) {
      for (const link of document.all("a")) {
        const href = attr(link, "href");
        const target = href && URL.parse(href, url);
        if (!target || /^(mailto|javascript|tel):/.test(href) || /\bnofollow\b/.test(attr(link, "rel") ?? "")) continue;
        if (target.href.split("#")[0] === url.split("#")[0]) continue;
        if (GENERIC.has(document.textOf(link).toLowerCase()))
          yield { selector: selectorOf(link), detail: document.textOf(link) };
      }
    }
  }
];
var GENERIC = /* @__PURE__ */ new Set([
  "click here",
  "click this",
  "go",
  "here",
  "information",
  "learn more",
  "more",
  "more info",
  "more information",
  "right here",
  "read more",
  "see more",
  "start",
  "this",
  "hier klicken",
  "hier",
  "mehr",
  "mehr erfahren",
  "weiterlesen",
  "en savoir plus",
  "cliquez ici",
  "plus"
]);
function fixNames({ on, headers }) {
  if (restrictsStyles(headers)) return;
  let open = null;
  let styled = false;
  on("a[href], button", {
    element(element) {
      const get2 = (name) => element.getAttribute(name);
      if (isNamedByTag(get2) || element.tagName === "a" && (get2("role") ?? "link") !== "link") return;
      const current = { named: false, text: "", classes: classesOf2(element), href: decode(get2("href") ?? "") };
      open = current;
      element.onEndTag((end) => {
        if (open === current) open = null;
        if (current.named || decode(current.text) !== "") return;
        const name = nameFrom(current.classes, current.href);
        if (!name) return;
        end.before(`${styled ? "" : STYLE2}<span class="code24-name">${escaped(name)}</span>`, { html: true });
        styled = true;
      });
    },
    text(chunk) {
      if (open && !open.named) open.text += chunk.text;
    }
  });
  const telling = ["img", "[class]", "[aria-label]", "[title]"];
  on(telling.map((inner) => `a ${inner}, button ${inner}`).join(", "), {
    element(element) {
      if (!open) return;
      const get2 = (name) => element.getAttribute(name);
      open.classes.push(...classesOf2(element));
      const alt = lacksAlt(get2) ? altFrom(get2) : get2("alt");
      open.named ||= isNamedByTag(get2) || element.tagName === "img" && Boolean(alt?.trim());
    }
  });
}
function classesOf2(element) {
  return (element.getAttribute("class") ?? "").split(/\s+/).filter(Boolean);
}
function restrictsStyles(headers) {
  const policy = headers.get("Content-Security-Policy") ?? "";
  return /(style-src|default-src)/i.test(policy) && !/'unsafe-inline'/i.test(policy);
}
function fixFrames({ on }) {
  on("iframe", {
    element(frame) {
      if (isNamedByTag((name) => frame.getAttribute(name))) return;
      const host = URL.parse(frame.getAttribute("src") ?? "")?.hostname.replace(/^www\./, "");
      setText(frame, "title", host ? `Content from ${host}` : "Embedded content");
    }
  });
}

// templates/elite/design/src/structure.js
var IN_LISTS = /* @__PURE__ */ new Set(["li", "script", "template"]);
var STRUCTURE_AUDITS = [
  {
    id: "list_children_wrong",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some lists hold something other than list items.",
    fix: "Put only <li> into <ul> and <ol>.",
    *check({ document }) {
      for (const list of document.all("ul", "ol")) {
        if (attr(list, "role") !== null || isHidden(list)) continue;
        const wrong = document.inside(list).find((e) => {
          if (e.parent !== list || isHidden(e)) return false;
          return IN_LISTS.has(e.tag) ? !["listitem", null].includes(attr(e, "role")) : attr(e, "role") !== "listitem";
        });
        if (wrong) yield { selector: selectorOf(list), detail: selectorOf(wrong) };
      }
    }
  },
  {
    id: "list_item_alone",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some list items are in no list.",
    fix: "Put them into <ul> or <ol>.",
    *check({ document }) {
      for (const item of document.all("li")) {
        const list = item.parent;
        const role = list && attr(list, "role");
        const isList = list && (role ? role === "list" : ["ul", "ol", "menu"].includes(list.tag));
        if (!isList && attr(item, "role") === null && !isHidden(item)) yield { selector: selectorOf(item) };
      }
    }
  },
  {
    id: "ids_repeated",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Identifiers that labels and ARIA refer to are there twice.",
    fix: "Use each id once.",
    *check({ document }) {
      const named = ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for"];
      const used = new Set(
        document.elements.flatMap((e) => named.flatMap((name) => attr(e, name)?.split(/\s+/) ?? []))
      );
      const seen = /* @__PURE__ */ new Set();
      for (const element of document.elements) {
        const id = attr(element, "id");
        if (!id || element.inert) continue;
        if (seen.has(id) && used.has(id)) yield { selector: `#${id}` };
        seen.add(id);
      }
    }
  },
  {
    id: "tabindex_positive",
    category: "structure",
    severity: "warning",
    weight: 2,
    message: "Some elements jump the queue of the Tab key.",
    fix: "Use tabindex 0 or -1 only; let the order of the source lead.",
    fixedBy: "tabindex",
    *check({ document }) {
      for (const element of document.elements)
        if (!element.inert && Number(attr(element, "tabindex")) > 0)
          yield { selector: selectorOf(element), detail: `tabindex="${attr(element, "tabindex")}"` };
    }
  },
  {
    id: "refresh_by_itself",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page moves on by itself.",
    fix: "Redirect at the server, or let people choose.",
    *check({ document }) {
      for (const meta of document.all("meta"))
        if (attr(meta, "http-equiv")?.toLowerCase() === "refresh" && Number.parseInt(attr(meta, "content") ?? "0", 10) < 72e3)
          yield { selector: 'meta[http-equiv="refresh"]', detail: attr(meta, "content") ?? "" };
    }
  }
];
function fixTabindex({ on }) {
  on("[tabindex]", {
    element(element) {
      if (Number(element.getAttribute("tabindex")) > 0) element.setAttribute("tabindex", "0");
    }
  });
}

// templates/elite/design/src/viewport.js
var LEAST_SCALE = 5;
var PLAIN = "width=device-width, initial-scale=1";
function settingsOf(content) {
  return content.split(/[,;]/).flatMap((part) => {
    const [name, value = ""] = part.split("=").map((text) => text.trim().toLowerCase());
    return name ? [
      [name, value]
    ] : [];
  });
}
function blocksZoom([name, value]) {
  if (name === "user-scalable") return value === "no" || value !== "yes" && Math.abs(Number.parseFloat(value)) < 1;
  return name === "maximum-scale" && Number.parseFloat(value) >= 0 && Number.parseFloat(value) < LEAST_SCALE;
}
function zoomable(content) {
  const kept = settingsOf(content).filter((setting) => !blocksZoom(setting));
  return kept.map(([name, value]) => value ? `${name}=${value}` : name).join(", ");
}
function viewportOf(document) {
  return document.all("meta").find((meta) => attr(meta, "name")?.toLowerCase() === "viewport");
}
var VIEWPORT_AUDITS = [
  {
    id: "viewport_missing",
    category: "viewport",
    severity: "error",
    weight: 12,
    message: "The page has no viewport: phones show a desktop page, made small.",
    fix: `Add <meta name="viewport" content="${PLAIN}">.`,
    fixedBy: "viewport",
    *check({ document }) {
      const viewport = viewportOf(document);
      const settings = settingsOf((viewport && attr(viewport, "content")) ?? "");
      const usable = settings.some(([name]) => name === "width" || name === "initial-scale");
      if (!usable) yield { selector: 'meta[name="viewport"]', fixable: viewport !== void 0 || document.headEnds };
    }
  },
  {
    id: "viewport_blocks_zoom",
    category: "viewport",
    severity: "error",
    weight: 6,
    message: "The viewport keeps people from zooming in.",
    fix: "Take user-scalable=no and maximum-scale out of the viewport.",
    fixedBy: "viewport",
    *check({ document }) {
      const viewport = viewportOf(document);
      const content = (viewport && attr(viewport, "content")) ?? "";
      if (settingsOf(content).some(blocksZoom)) yield { selector: 'meta[name="viewport"]', detail: content };
    }
  }
];
function fixViewport({ on, atHeadEnd }) {
  let seen = false;
  on('meta[name="viewport" i]', {
    element(meta) {
      if (seen) return;
      seen = true;
      const settings = settingsOf(meta.getAttribute("content") ?? "");
      if (!settings.some(([name]) => name === "width" || name === "initial-scale")) setText(meta, "content", PLAIN);
      else if (settings.some(blocksZoom)) setText(meta, "content", zoomable(meta.getAttribute("content") ?? ""));
    }
  });
  atHeadEnd(() => seen ? "" : `<meta name="viewport" content="${PLAIN}">
`);
}

// templates/elite/design/src/template.js
var fixes = {
  language: fixLanguage,
  viewport: fixViewport,
  headings: fixHeadings,
  alt: fixAlt,
  names: fixNames,
  frames: fixFrames,
  labels: fixLabels,
  autocomplete: fixAutocomplete,
  lazy: fixLazy,
  fonts: fixFonts,
  tabindex: fixTabindex
};
var template_default = {
  type: "design",
  title: "Design report",
  audits: [
    ...VIEWPORT_AUDITS,
    ...LANGUAGE_AUDITS,
    ...HEADING_AUDITS,
    ...H1_AUDITS,
    ...LANDMARK_AUDITS,
    { ...ALT_AUDIT, severity: "error", weight: 8 },
    ...NAME_AUDITS,
    ...FORM_AUDITS,
    ...STRUCTURE_AUDITS,
    ...CONTRAST_AUDITS,
    ...LAYOUT_AUDITS,
    ...IMAGE_AUDITS,
    ...FONT_AUDITS
  ],
  fixes,
  defaults: Object.keys(fixes),
  assets: stylesheetsOf,
  prepare: (page2) => {
    const rules = stylesOf(page2).flatMap(rulesOf);
    applyStyles(page2.document.elements, rules, [
      "display",
      "visibility",
      "position",
      "width",
      "height",
      "aspect-ratio"
    ]);
  }
};

// templates/elite/design/src/index.js
var index_default = eliteWorker(template_default);
export {
  index_default as default
};
