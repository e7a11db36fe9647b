/** Pages for tests of audits: a document from simple, well-formed HTML, without a browser's rules. */
import { isVoid, PageDocument } from "code24/page/document.js";

const TOKEN = /<!doctype ([^>\s]+)[^>]*>|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>|([^<]+)/gi;

export function documentOf(html) {
  const document = new PageDocument();
  const open = [];
  for (const [, doctype, end, tag, attributes, text] of html.matchAll(TOKEN)) {
    if (doctype) document.doctype = { name: doctype, publicId: null };
    else if (end) document.close(open.pop());
    else if (tag) {
      const pairs = [...attributes.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value ?? ""]);
      const element = document.open(tag, Object.fromEntries(pairs));
      if (!isVoid(tag)) open.push(element);
    } else document.text(text);
  }
  document.end();
  return document;
}

export function pageOf(html, { url = "https://example.com/", status = 200, headers = {}, assets = [] } = {}) {
  return {
    url,
    status,
    headers: new Headers(headers),
    contentType: "text/html; charset=utf-8",
    bytes: html.length,
    truncated: false,
    isHtml: true,
    document: documentOf(html),
    assets: new Map(assets),
  };
}

/** The evidence that the audit `id` finds on a page. */
export function found(audits, id, page, parameters = {}) {
  const audit = audits.find((one) => one.id === id);
  const context = { site: new URL("https://example.com/"), parameters };
  return [...(audit.check?.(page, context) ?? []), ...(audit.checkSite?.([page], context) ?? [])];
}
