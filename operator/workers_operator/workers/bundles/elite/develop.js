// Generated from templates/elite/develop/src by `make bundles`.
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
  const known = /^(gzip|br)?$/i.test(headers.get("Content-Encoding") ?? "");
  return known ? {} : { encodeBody: "manual" };
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
  const known = Object.keys({ ...template.fixes, ...template.fileFixes });
  return {
    site,
    bounds: {
      depth: Math.min(wholeNumber(parameters.depth, DEFAULTS.depth), MOST.depth),
      pages: Math.max(1, Math.min(wholeNumber(parameters.pages, DEFAULTS.pages), MOST.pages))
    },
    optimizations: Array.isArray(asked) ? known.filter((name) => asked.includes(name)) : template.defaults
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
  const known = { ...about, finalUrl: first.url, status: first.status };
  const listed = pages.map(({ url, status, bytes }) => ({ url, status, bytes }));
  if (!first.isHtml) {
    const { contentType } = first;
    const found2 = [finding(UNREADABLE.not_html, [{ header: "Content-Type", detail: contentType }], [])];
    return { ...known, contentType, ...judged(found2), pages: listed };
  }
  for (const page2 of pages) template.prepare?.(page2);
  const context = { site, parameters };
  const sound = pages.filter((page2) => page2 === first || page2.isHtml && page2.status < 400);
  const access = findings(ACCESS, pages, context, optimizations);
  const found = bySeverity([...access, ...findings(template.audits, sound, context, optimizations)]);
  return { ...known, ...judged(found), pages: listed, optimizations, ...template.facts?.(first) };
}
function judged(found) {
  return { score: score(found), summary: summary(found), findings: found };
}

// templates/elite/develop/src/blocking.js
var TRACKERS = /^(https?:)?\/\/(www\.googletagmanager\.com\/gtag\/js|www\.google-analytics\.com\/analytics\.js|static\.cloudflareinsights\.com\/|plausible\.io\/js\/|connect\.facebook\.net\/|snap\.licdn\.com\/|static\.hotjar\.com\/|cdn\.segment\.com\/|js\.hs-scripts\.com\/|www\.clarity\.ms\/)/i;
function blocks(get2) {
  const type = decode(get2("type") ?? "").toLowerCase();
  if (!/^(|text\/javascript|application\/javascript)$/.test(type)) return false;
  return Boolean(get2("src")) && [get2("async"), get2("defer")].every((value) => (value ?? null) === null);
}
var BLOCKING_AUDITS = [
  {
    id: "tracker_blocks",
    category: "speed",
    severity: "warning",
    weight: 4,
    message: "Scripts that count visitors keep the page waiting.",
    fix: "Add async to them, as their makers say.",
    fixedBy: "trackers",
    *check({ document }) {
      for (const script of document.all("script"))
        if (blocks((name) => script.attributes[name]) && TRACKERS.test(attr(script, "src") ?? ""))
          yield { selector: selectorOf(script) };
    }
  },
  {
    id: "script_blocks",
    category: "speed",
    severity: "warning",
    weight: 6,
    message: "Scripts in the head keep the page from being shown.",
    fix: 'Add defer to them, or move them to the end of the page; optimize does it once you turn "defer" on.',
    fixedBy: "defer",
    *check({ document }) {
      for (const script of document.all("script")) {
        if (!blocks((name) => script.attributes[name]) || TRACKERS.test(attr(script, "src") ?? "")) continue;
        if (closest(script, "head")) yield { selector: selectorOf(script) };
      }
    }
  },
  {
    id: "style_blocks",
    category: "speed",
    severity: "info",
    weight: 2,
    message: "Several style sheets have to arrive before anything is shown.",
    fix: "Make one of them, and load those for print or rare widths by a media attribute.",
    *check({ document }) {
      const sheets = document.links("stylesheet").filter((link) => {
        return !has(link, "disabled") && !/print/i.test(attr(link, "media") ?? "") && closest(link, "head");
      });
      if (sheets.length < 3) return;
      for (const sheet of sheets) yield { selector: selectorOf(sheet) };
    }
  },
  {
    id: "style_imports",
    category: "speed",
    severity: "warning",
    weight: 3,
    message: "Style sheets import others, which are only found when the first ones are there.",
    fix: "Link them in the page side by side.",
    *check({ document, assets }) {
      for (const { url, text, headers } of assets.values())
        if (/css/.test(headers.get("Content-Type") ?? "") && /^\s*(@charset[^;]*;\s*)?@import\b/.test(text.replace(/\/\*[\s\S]*?\*\//g, "")))
          yield { selector: `link[href="${new URL(url).pathname}"]` };
      for (const style of document.all("style"))
        if (/@import\b/.test(document.source(style))) yield { selector: "style", detail: "@import" };
    }
  }
];
function fixTrackers({ on }) {
  on("script[src]", {
    element(script) {
      if (blocks((name) => script.getAttribute(name)) && TRACKERS.test(decode(script.getAttribute("src") ?? "")))
        script.setAttribute("async", "");
    }
  });
}
function fixDefer({ on }) {
  on("head script[src]", {
    element(script) {
      if (blocks((name) => script.getAttribute(name))) script.setAttribute("defer", "");
    }
  });
}

// templates/elite/develop/src/resources.js
var LOADED = {
  script: ["script", "src"],
  img: ["image", "src"],
  iframe: ["frame", "src"],
  source: ["image", "src"]
};
function resourcesOf(page2) {
  const base = baseOf(page2);
  const found = /* @__PURE__ */ new Map();
  for (const element of page2.document.elements) {
    if (element.inert) continue;
    const isSheet = element.tag === "link" && /\bstylesheet\b/i.test(attr(element, "rel") ?? "");
    const [kind, name] = isSheet ? (
      ["style", "href"]
    ) : LOADED[element.tag] ?? [];
    const url = name && URL.parse(attr(element, name) ?? "", base);
    if (!kind || !name || !url || !has(element, name) || !/^https?:$/.test(url.protocol)) continue;
    url.hash = "";
    if (!found.has(url.href)) found.set(url.href, { url, kind, element });
  }
  return [...found.values()];
}
function thirdParties(page2) {
  const own = new URL(page2.url).hostname.split(".").slice(-2).join(".");
  const hosts = /* @__PURE__ */ new Map();
  for (const resource of resourcesOf(page2)) {
    const { hostname } = resource.url;
    if (hostname === own || hostname.endsWith(`.${own}`)) continue;
    hosts.set(hostname, [...hosts.get(hostname) ?? [], resource]);
  }
  return hosts;
}
function inlineScripts({ document }) {
  return document.all("script").flatMap((element) => {
    const type = (attr(element, "type") ?? "").toLowerCase();
    const runs = /^(|module|text\/javascript|application\/javascript)$/.test(type);
    return runs && !has(element, "src") ? [{ element, source: document.source(element) }] : [];
  });
}

// templates/elite/develop/src/budgets.js
var BUDGETS = {
  htmlKb: 150,
  inlineKb: 50,
  scriptsKb: 400,
  stylesKb: 150,
  requests: 60,
  thirdParties: 5,
  elements: 1400
};
function kilobytes(page2, kind) {
  const own = resourcesOf(page2).filter((resource) => resource.kind === kind);
  return own.reduce((sum, { url }) => sum + (page2.assets.get(url.href)?.bytes ?? 0), 0) / 1e3;
}
function inlineKb(page2) {
  const styles = page2.document.all("style").map((style) => page2.document.source(style));
  const attributes = page2.document.elements.map((element) => attr(element, "style") ?? "");
  const sources = [...inlineScripts(page2).map(({ source }) => source), ...styles, ...attributes];
  return sources.reduce((sum, text) => sum + text.length, 0) / 1e3;
}
var MEASURES = [
  [
    "html_heavy",
    "htmlKb",
    3,
    "The page itself is heavier than its budget.",
    "Send what is seen first; load the rest on demand.",
    ({ bytes }) => bytes / 1e3
  ],
  [
    "inline_heavy",
    "inlineKb",
    3,
    "Scripts and styles in the page are heavier than their budget: they are loaded with every page.",
    "Move them into files, which browsers keep.",
    inlineKb
  ],
  [
    "scripts_heavy",
    "scriptsKb",
    5,
    "Scripts are heavier than their budget.",
    "Split them, and load what most visitors don't need on demand.",
    (page2) => kilobytes(page2, "script")
  ],
  [
    "styles_heavy",
    "stylesKb",
    3,
    "Style sheets are heavier than their budget.",
    "Take out rules that no page uses.",
    (page2) => kilobytes(page2, "style")
  ],
  [
    "requests_many",
    "requests",
    3,
    "The page loads more files than its budget.",
    "Join small files, and load images further down lazily.",
    (page2) => resourcesOf(page2).length
  ],
  [
    "third_parties_many",
    "thirdParties",
    3,
    "The page depends on more other sites than its budget.",
    "Drop what nobody looks at; serve fonts and libraries yourself.",
    (page2) => thirdParties(page2).size
  ],
  [
    "dom_large",
    "elements",
    2,
    "The page has more elements than its budget: everything that changes it is slow.",
    "Show long lists in parts.",
    ({ document }) => document.elements.length
  ]
];
var BUDGET_AUDITS = MEASURES.map(([id, budget, weight, message, fix, measure]) => ({
  id,
  category: "budgets",
  severity: "warning",
  weight,
  message,
  fix,
  *check(page2, { parameters }) {
    const most = parameters.budgets?.[budget] ?? BUDGETS[budget];
    const found = measure(page2);
    if (found > most) yield { detail: `${Math.ceil(found)} of ${most}${budget.endsWith("Kb") ? " kB" : ""}` };
  }
}));
BUDGET_AUDITS.push({
  id: "third_parties",
  category: "budgets",
  severity: "info",
  weight: 0,
  message: "Other sites that the page depends on, and that learn about its visitors.",
  fix: "Check that each of them is needed, and named in the privacy statement.",
  *check(page2) {
    for (const [host, resources] of thirdParties(page2)) yield { detail: `${host}: ${resources.length} files` };
  }
});

// templates/elite/develop/src/delivery.js
var LEAST_BYTES = 1400;
var LEAST_AGE = 7 * 24 * 3600;
var TEXT = /^(text\/|application\/(javascript|json|xml|manifest\+json)|image\/svg)/i;
var HASHED = /[.-](?=[\w-]*\d|[\w-]*[A-Z])[\w-]{8,}\.(?:m?js|css|woff2?|png|jpe?g|gif|webp|avif|svg)$/;
function filesOf(page2) {
  return resourcesOf(page2).flatMap(({ url, element }) => {
    const asset = page2.assets.get(url.href);
    return asset ? [{ asset, selector: selectorOf(element) }] : [];
  });
}
function keptFor(headers) {
  const control = headers.get("Cache-Control") ?? "";
  if (/no-store|no-cache/i.test(control)) return null;
  const age = /(?:^|[\s,])max-age=(\d+)/i.exec(control)?.[1];
  if (age) return Number(age);
  const expires = Date.parse(headers.get("Expires") ?? "");
  return Number.isNaN(expires) ? null : Math.max(0, (expires - Date.now()) / 1e3);
}
function isBare(headers, bytes) {
  return TEXT.test(headers.get("Content-Type") ?? "") && !headers.get("Content-Encoding") && bytes >= LEAST_BYTES;
}
var DELIVERY_AUDITS = [
  {
    id: "not_compressed",
    category: "delivery",
    severity: "warning",
    weight: 5,
    message: "Text is sent without compression.",
    fix: "Turn on gzip or Brotli at the server for HTML, CSS, JavaScript, JSON and SVG.",
    fixedBy: "compression",
    *check(page2) {
      if (isBare(page2.headers, page2.bytes))
        yield { header: "Content-Encoding", detail: `the page: ${page2.bytes} bytes`, fixable: false };
      for (const { asset, selector } of filesOf(page2))
        if (asset.status < 400 && isBare(asset.headers, asset.bytes))
          yield { selector, detail: `${asset.bytes} bytes` };
    }
  },
  {
    id: "kept_too_short",
    category: "delivery",
    severity: "warning",
    weight: 4,
    message: "Browsers load files again that haven't changed.",
    fix: "Send Cache-Control: public, max-age=31536000, immutable for files with a hash in their name; a week for others.",
    fixedBy: "caching",
    *check(page2) {
      for (const { asset, selector } of filesOf(page2)) {
        const seconds = keptFor(asset.headers);
        if (asset.status < 400 && (seconds ?? 0) < LEAST_AGE)
          yield {
            selector,
            detail: asset.headers.get("Cache-Control") ?? "no Cache-Control",
            fixable: saysNothing(asset.headers) && HASHED.test(new URL(asset.url).pathname)
          };
      }
    }
  },
  {
    id: "file_broken",
    category: "delivery",
    severity: "error",
    weight: 6,
    message: "The page loads files that are not there.",
    fix: "Repair the addresses, or take them out.",
    *check(page2) {
      for (const { asset, selector } of filesOf(page2))
        if (asset.status >= 400) yield { selector, detail: `status ${asset.status}` };
    }
  }
];
function saysNothing(headers) {
  return !headers.get("Cache-Control") && !headers.get("Expires");
}
function compressFile(headers, _, accepts) {
  const small = Number(headers.get("Content-Length") ?? LEAST_BYTES) < LEAST_BYTES;
  const none = !headers.get("Content-Encoding") && !/no-transform/i.test(headers.get("Cache-Control") ?? "");
  if (small || !none || !TEXT.test(headers.get("Content-Type") ?? "") || !/\bgzip\b/i.test(accepts)) return;
  headers.set("Content-Encoding", "gzip");
  headers.append("Vary", "Accept-Encoding");
  headers.delete("Content-Length");
  headers.delete("Accept-Ranges");
  const tag = headers.get("ETag");
  if (tag && !tag.startsWith("W/")) headers.set("ETag", `W/${tag}`);
}
function keepFile(headers, url) {
  if (saysNothing(headers) && HASHED.test(url.pathname))
    headers.set("Cache-Control", "public, max-age=31536000, immutable");
}

// templates/elite/develop/src/hints.js
var KINDS = [
  [/\.m?js$/i, "script"],
  [/\.css$/i, "style"],
  [/\.(woff2?|ttf|otf)$/i, "font"],
  [/\.(png|jpe?g|gif|webp|avif|svg)$/i, "image"]
];
function kindOf(href) {
  const path = URL.parse(href, "https://relative.invalid/")?.pathname ?? "";
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}
var HINT_AUDITS = [
  {
    id: "preload_as_missing",
    category: "hints",
    severity: "warning",
    weight: 2,
    message: "Some preloads don't say what they load, so they are loaded twice.",
    fix: 'Add as="font", "style", "script" or "image".',
    fixedBy: "preloads",
    *check({ document }) {
      for (const link of document.links("preload"))
        if (!attr(link, "as")) yield { selector: selectorOf(link), fixable: kindOf(attr(link, "href") ?? "") !== null };
    }
  },
  {
    id: "preload_font_twice",
    category: "hints",
    severity: "warning",
    weight: 2,
    message: "Some preloaded fonts are loaded a second time: fonts are asked for without credentials.",
    fix: "Add crossorigin to preloads of fonts, also for your own site.",
    fixedBy: "preloads",
    *check({ document }) {
      for (const link of document.links("preload"))
        if (attr(link, "as") === "font" && !has(link, "crossorigin")) yield { selector: selectorOf(link) };
    }
  },
  {
    id: "preload_unused",
    category: "hints",
    severity: "warning",
    weight: 3,
    message: "Some scripts, styles or images are preloaded that the page doesn't use.",
    fix: "Take the preloads out: they come before what is needed.",
    *check(page2) {
      const used = new Set(resourcesOf(page2).map(({ url }) => url.href));
      for (const link of page2.document.links("preload")) {
        const href = URL.parse(attr(link, "href") ?? "", baseOf(page2))?.href;
        const told = ["script", "style"].includes(attr(link, "as") ?? "") && !attr(link, "onload");
        if (href && told && !used.has(href)) yield { selector: selectorOf(link) };
      }
    }
  },
  {
    id: "preconnect_missing",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "Other sites' servers are spoken to only when their first file is needed.",
    fix: 'Add the two or three that matter most as <link rel="preconnect">; or list them in parameters.preconnect.',
    fixedBy: "preconnect",
    *check(page2, { parameters }) {
      const early = new Set(
        ["preconnect", "dns-prefetch"].flatMap(
          (rel) => page2.document.links(rel).flatMap((link) => URL.parse(attr(link, "href") ?? "", page2.url)?.hostname ?? [])
        )
      );
      const listed = new Set(
        (parameters.preconnect ?? []).map((url) => URL.parse(url)?.hostname)
      );
      for (const [host, resources] of thirdParties(page2)) {
        const needed = resources.some(({ kind }) => kind === "style" || kind === "script");
        if (needed && !early.has(host))
          yield {
            selector: selectorOf(resources[0].element),
            detail: host,
            fixable: listed.has(host) && page2.document.headEnds
          };
      }
    }
  },
  {
    id: "preconnect_many",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "There are more preconnects than browsers have use for.",
    fix: "Keep those to the two or three servers that matter most.",
    *check({ document }) {
      const hints = document.links("preconnect");
      if (hints.length > 4) yield { selector: 'link[rel="preconnect"]', detail: `${hints.length}` };
    }
  },
  {
    id: "early_hints_unused",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "No Link header tells what the page needs: Early Hints (103) have nothing to send ahead.",
    fix: "Send Link: <…>; rel=preload for style sheets and fonts; or list servers in parameters.preconnect.",
    fixedBy: "preconnect",
    *check({ headers }, { parameters }) {
      const told = /rel="?(preload|preconnect)/i.test(headers.get("Link") ?? "");
      if (!told) yield { header: "Link", fixable: (parameters.preconnect ?? []).length > 0 };
    }
  }
];
function fixPreloads({ on }) {
  on('link[rel~="preload" i][href]', {
    element(link) {
      let kind = link.getAttribute("as");
      if (!kind) {
        kind = kindOf(decode(link.getAttribute("href") ?? ""));
        if (kind) setText(link, "as", kind);
      }
      if (kind === "font" && !link.hasAttribute("crossorigin")) link.setAttribute("crossorigin", "");
    }
  });
}
function fixPreconnect({ headers, parameters, atHeadEnd }) {
  const origins = (parameters.preconnect ?? []).flatMap((url) => URL.parse(url)?.origin ?? []);
  if (origins.length === 0) return;
  for (const origin of origins) headers.append("Link", `<${origin}>; rel=preconnect`);
  atHeadEnd(() => origins.map((o) => `<link rel="preconnect" href="${escaped(o)}">
`).join(""));
}

// templates/elite/develop/src/security.js
var UPGRADE = "upgrade-insecure-requests";
var DISCLOSING = ["X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"];
var ADDED = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "SAMEORIGIN"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["Permissions-Policy", "geolocation=(self), camera=(), microphone=(), browsing-topics=()"]
];
function missing(id, header, severity, weight, message, applies = () => true) {
  const value = ADDED.find(([name]) => name === header)?.[1] ?? "max-age=31536000";
  return {
    id,
    category: "security",
    severity,
    weight,
    message,
    fix: `Send ${header}: ${value}.`,
    fixedBy: "headers",
    *checkSite([first]) {
      if (applies(first) && !first.headers.get(header)) yield { page: first.url, header };
    }
  };
}
var isHttps = (page2) => page2.url.startsWith("https:");
var framedByAnyone = (page2) => !/frame-ancestors/i.test(policyOf(page2));
function policyOf({ headers, document }) {
  const meta = document.all("meta").filter((m) => attr(m, "http-equiv")?.toLowerCase() === "content-security-policy");
  return [headers.get("Content-Security-Policy"), ...meta.map((m) => attr(m, "content"))].filter(Boolean).join("; ");
}
var SECURITY_AUDITS = [
  missing(
    "hsts_missing",
    "Strict-Transport-Security",
    "warning",
    4,
    "Browsers may be led to the site over plain http.",
    isHttps
  ),
  missing(
    "nosniff_missing",
    "X-Content-Type-Options",
    "warning",
    3,
    "Browsers may take files for something else than the site says."
  ),
  missing(
    "framing_allowed",
    "X-Frame-Options",
    "warning",
    3,
    "Any site may show this one in a frame and catch its clicks.",
    framedByAnyone
  ),
  missing(
    "referrer_policy_missing",
    "Referrer-Policy",
    "info",
    1,
    "The site doesn't say how much of its addresses others are told."
  ),
  missing(
    "permissions_policy_missing",
    "Permissions-Policy",
    "info",
    1,
    "Nothing keeps embedded content from asking for camera or position."
  ),
  {
    id: "csp_missing",
    category: "security",
    severity: "warning",
    weight: 4,
    message: "There is no policy for scripts: whatever gets into the page runs.",
    fix: "Send a Content-Security-Policy; begin with Content-Security-Policy-Report-Only, and nonces in place of 'unsafe-inline'.",
    *checkSite([first]) {
      if (!/(script|default)-src/i.test(policyOf(first))) yield { page: first.url, header: "Content-Security-Policy" };
    }
  },
  {
    id: "csp_weak",
    category: "security",
    severity: "info",
    weight: 2,
    message: "The policy for scripts allows what it is there to prevent.",
    fix: "Replace 'unsafe-inline' and wildcards by nonces or hashes with 'strict-dynamic'.",
    *checkSite([first]) {
      const sources = /(?:script|default)-src([^;]*)/i.exec(policyOf(first))?.[1] ?? "";
      const strict = /'(nonce|sha\d+)-/.test(sources);
      if (!strict && /'unsafe-inline'|(^|\s)(\*|https?:)(\s|$)/.test(sources))
        yield { page: first.url, header: "Content-Security-Policy", detail: sources.trim() };
    }
  },
  {
    id: "software_disclosed",
    category: "security",
    severity: "info",
    weight: 1,
    message: "Headers tell which software in which version runs the site.",
    fix: "Turn them off; nobody but attackers reads them.",
    fixedBy: "disclosure",
    *checkSite([first]) {
      for (const header of DISCLOSING)
        if (first.headers.get(header)) yield { page: first.url, header, detail: first.headers.get(header) ?? "" };
    }
  },
  {
    id: "cookie_insecure",
    category: "security",
    severity: "warning",
    weight: 3,
    message: "Cookies may travel over plain http, or along with requests of other sites.",
    fix: "Add Secure and SameSite=Lax, and HttpOnly where no script reads them.",
    fixedBy: "cookies",
    *check({ headers, url }) {
      if (!url.startsWith("https:")) return;
      for (const cookie of headers.getSetCookie())
        if (safeCookie(cookie) !== cookie) yield { header: "Set-Cookie", detail: cookie.split("=")[0] };
    }
  },
  {
    id: "mixed_content",
    category: "security",
    severity: "error",
    weight: 8,
    message: "The page is served over https, but loads things over plain http: browsers block or warn.",
    fix: "Use https addresses.",
    fixedBy: "mixedContent",
    *check(page2) {
      if (!page2.url.startsWith("https:")) return;
      const upgraded = new RegExp(UPGRADE, "i").test(policyOf(page2));
      for (const { url, element } of resourcesOf(page2))
        if (url.protocol === "http:" && !upgraded) yield { selector: selectorOf(element) };
    }
  },
  {
    id: "form_insecure",
    category: "security",
    severity: "error",
    weight: 8,
    message: "A form is sent over plain http.",
    fix: "Send it to an https address.",
    *check({ document, url }) {
      for (const form of document.all("form"))
        if (url.startsWith("https:") && /^http:/i.test(attr(form, "action") ?? ""))
          yield { selector: selectorOf(form) };
    }
  }
];
function safeCookie(cookie) {
  const secure = /;\s*secure\b/i.test(cookie) ? "" : "; Secure";
  const sameSite = /;\s*samesite\s*=/i.test(cookie) ? "" : "; SameSite=Lax";
  return cookie + secure + sameSite;
}
function fixHeaders({ headers, url }) {
  const ancestors = /frame-ancestors/i.test(headers.get("Content-Security-Policy") ?? "");
  for (const [name, value] of ADDED) {
    if (name === "X-Frame-Options" && ancestors) continue;
    if (!headers.has(name)) headers.set(name, value);
  }
  if (url.protocol === "https:" && !headers.has("Strict-Transport-Security"))
    headers.set("Strict-Transport-Security", "max-age=31536000");
}
function fixDisclosure({ headers }) {
  for (const name of DISCLOSING) headers.delete(name);
}
function fixCookies({ headers, url }) {
  if (url.protocol !== "https:") return;
  const cookies = headers.getSetCookie().map(safeCookie);
  headers.delete("Set-Cookie");
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
}
function fixMixedContent({ headers, url }) {
  if (url.protocol !== "https:") return;
  const policy = headers.get("Content-Security-Policy");
  if (!policy) headers.set("Content-Security-Policy", UPGRADE);
  else if (!policy.includes(UPGRADE)) headers.set("Content-Security-Policy", `${policy}; ${UPGRADE}`);
}

// templates/elite/develop/src/standards.js
var TAGS = "acronym applet basefont bgsound big blink center dir font frame frameset isindex keygen marquee nobr strike tt xmp".split(
  " "
);
var SHADY_DOCTYPE = /transitional|frameset|html 3|html 2/i;
var APIS = [
  ["document.write()", /(?<![.\w])document\.write(ln)?\s*\(/, "create elements"],
  ["unload events", /addEventListener\s*\(\s*["']unload["']|\bonunload\s*=/, "use pagehide"],
  ["synchronous XMLHttpRequest", /\.open\s*\(\s*["']\w+["']\s*,[^,()]+,\s*false\s*\)/, "use fetch()"],
  ["Web SQL", /\bopenDatabase\s*\(/, "use IndexedDB"],
  ["Application Cache", /\bapplicationCache\b/, "use a service worker"],
  ["document.all", /\bdocument\.all\b/, "use querySelector()"]
];
var STANDARDS_AUDITS = [
  {
    id: "doctype_missing",
    category: "standards",
    severity: "error",
    weight: 6,
    message: "Browsers show the page as those of the nineties: it has no HTML doctype.",
    fix: "Begin the page with <!doctype html>.",
    *check({ document }) {
      const { doctype } = document;
      const right = doctype?.name?.toLowerCase() === "html" && !SHADY_DOCTYPE.test(doctype.publicId ?? "");
      if (!right) yield { selector: "!doctype", detail: doctype?.publicId ?? void 0 };
    }
  },
  {
    id: "charset_missing",
    category: "standards",
    severity: "warning",
    weight: 4,
    message: "The page doesn't tell its character set in time: special characters may break.",
    fix: 'Put <meta charset="utf-8"> first in the head, or send it in Content-Type.',
    *check({ document, contentType }) {
      if (!charsetOf(contentType) && !document.charset) yield { selector: "meta[charset]" };
    }
  },
  {
    id: "tag_deprecated",
    category: "standards",
    severity: "warning",
    weight: 2,
    message: "Some tags are no longer part of HTML.",
    fix: "Use CSS in place of them.",
    *check({ document }) {
      for (const element of document.all(...TAGS)) yield { selector: selectorOf(element) };
    }
  },
  {
    id: "api_deprecated",
    category: "standards",
    severity: "warning",
    weight: 4,
    message: "Scripts use interfaces that browsers slow down or take away.",
    fix: "Replace them as the evidence says.",
    *check(page2) {
      const own = inlineScripts(page2).map(({ source }) => (
        ["script", source]
      ));
      for (const { url, text, headers } of page2.assets.values())
        if (/javascript/.test(headers.get("Content-Type") ?? ""))
          own.push([`script[src="${new URL(url).pathname}"]`, text]);
      for (const [selector, source] of own)
        for (const [what, pattern, instead] of APIS)
          if (pattern.test(source)) yield { selector, detail: `${what}: ${instead}` };
      for (const body of page2.document.all("body"))
        if (has(body, "onunload") || has(body, "onbeforeunload"))
          yield { selector: "body", detail: "unload events: use pagehide" };
    }
  },
  {
    id: "link_not_followable",
    category: "standards",
    severity: "warning",
    weight: 3,
    message: "Some links lead nowhere that can be opened or listed: they are made by scripts.",
    fix: "Give links a real href; what does something on the page is a <button>.",
    *check({ document, url }) {
      for (const link of document.all("a")) {
        const href = attr(link, "href")?.replace(/\s/g, "") ?? "";
        if (attr(link, "role") || attr(link, "name") || href.startsWith("mailto:")) continue;
        const nowhere = href === "" ? !has(link, "href") && !attr(link, "id") : !URL.canParse(href, url);
        if (nowhere || /javascript:void\(?0/i.test(href)) yield { selector: selectorOf(link), detail: href };
      }
    }
  }
];

// templates/elite/develop/src/template.js
var fixes = {
  headers: fixHeaders,
  disclosure: fixDisclosure,
  cookies: fixCookies,
  mixedContent: fixMixedContent,
  preloads: fixPreloads,
  preconnect: fixPreconnect,
  trackers: fixTrackers,
  defer: fixDefer
};
var fileFixes = { compression: compressFile, caching: keepFile };
var template_default = {
  type: "develop",
  title: "Develop report",
  audits: [
    ...STANDARDS_AUDITS,
    ...SECURITY_AUDITS,
    ...BLOCKING_AUDITS,
    ...HINT_AUDITS,
    ...DELIVERY_AUDITS,
    ...BUDGET_AUDITS
  ],
  fixes,
  fileFixes,
  // Deferring changes the order in which scripts run: whoever turns it on has tried it.
  defaults: Object.keys({ ...fixes, ...fileFixes }).filter((name) => name !== "defer"),
  assets: (page2) => resourcesOf(page2).flatMap(({ url, kind }) => kind === "image" ? [] : url.href)
};

// templates/elite/develop/src/index.js
var index_default = eliteWorker(template_default);
export {
  index_default as default
};
