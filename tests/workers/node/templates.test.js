import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalOf, SEARCH_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/brand/src/search.js";
import { structuredData } from "../../../operator/workers_operator/workers/templates/elite/brand/src/organization.js";
import { CONSISTENCY_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/brand/src/consistency.js";
import { swapped, withDisplay } from "code24/rewrite/fonts.js";
import { autocompleteFor, FORM_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/design/src/forms.js";
import { levelAfter } from "../../../operator/workers_operator/workers/templates/elite/design/src/headings.js";
import { NAME_AUDITS, nameFrom } from "../../../operator/workers_operator/workers/templates/elite/design/src/names.js";
import { STRUCTURE_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/design/src/structure.js";
import { tooLow } from "../../../operator/workers_operator/workers/templates/elite/design/src/contrast.js";
import { zoomable } from "../../../operator/workers_operator/workers/templates/elite/design/src/viewport.js";
import { BUDGET_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/develop/src/budgets.js";
import { keptFor } from "../../../operator/workers_operator/workers/templates/elite/develop/src/delivery.js";
import { HINT_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/develop/src/hints.js";
import { safeCookie, SECURITY_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/develop/src/security.js";
import { STANDARDS_AUDITS } from "../../../operator/workers_operator/workers/templates/elite/develop/src/standards.js";
import { declarationsOf } from "code24/page/css.js";
import { documentOf, found, pageOf } from "./pages.js";

test("brand: canonical addresses", () => {
  const url = new URL("https://example.com/a?utm_source=x&b=1&gclid=y#z");
  assert.equal(canonicalOf(url), "https://example.com/a?b=1");
  const relative = pageOf('<head><link rel="canonical" href="/a"></head>');
  assert.equal(found(SEARCH_AUDITS, "canonical_invalid", relative)[0].fixable, true);
  const two = pageOf('<link rel="canonical" href="https://a.example/"><link rel="canonical" href="https://b.example/">');
  assert.deepEqual(found(SEARCH_AUDITS, "canonical_invalid", two).map((one) => one.fixable), [false, false]);
});

test("brand: structured data", () => {
  const { things, broken } = structuredData(
    documentOf(
      '<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"a":{"@type":["Store"]}}]}</script>' +
        '<script type="application/ld+json">{oops</script>',
    ),
  );
  assert.deepEqual(things.map((thing) => thing["@type"]), ["WebSite", ["Store"]]);
  assert.equal(broken.length, 1);
});

test("brand: one name over pages", () => {
  const [audit] = CONSISTENCY_AUDITS.filter(({ id }) => id === "names_differ");
  const named = (name) => pageOf(`<meta property="og:site_name" content="${name}">`);
  assert.equal([...audit.checkSite([named("Acme"), named("ACME")])].length, 2);
  assert.equal([...audit.checkSite([named("Acme"), named(" Acme ")])].length, 0);
});

test("design: viewports that let people zoom", () => {
  assert.equal(zoomable("width=device-width, maximum-scale=1.0; user-scalable=0, minimal-ui"), "width=device-width, minimal-ui");
  assert.equal(zoomable("maximum-scale=5"), "maximum-scale=5");
});

test("design: heading levels", () => {
  assert.deepEqual([[3, 0], [4, 2], [2, 4], [6, 1]].map(([level, last]) => levelAfter(level, last)), [3, 3, 2, 2]);
});

test("design: names", () => {
  assert.equal(nameFrom(["fa", "fa-shopping-cart"], "#"), "Cart");
  assert.equal(nameFrom(["bi", "bi-geo-alt"], ""), "geo alt");
  assert.equal(nameFrom([], "https://github.com/x"), "GitHub");
  assert.equal(nameFrom([], "/our-team.html"), "our team");
  assert.equal(nameFrom(["btn"], "#"), null);
  const page = pageOf('<a href="/x"><img src="a" alt=""></a><a href="/y"><img src="a" alt="Y"></a><a id="anchor"></a>');
  assert.deepEqual(found(NAME_AUDITS, "link_name_missing", page).map(({ selector }) => selector), ['a[href="/x"]']);
  const hidden = pageOf('<a href="#"><i aria-hidden="true">x</i></a><div hidden><a href="#z"></a></div>');
  assert.equal(found(NAME_AUDITS, "link_name_missing", hidden).length, 1);
});

test("design: forms", () => {
  const get = (attributes) => (name) => attributes[name];
  assert.equal(autocompleteFor(get({ type: "email" })), "email");
  assert.equal(autocompleteFor(get({ name: "first_name" })), "given-name");
  assert.equal(autocompleteFor(get({ type: "email", autocomplete: "" })), null);
  assert.equal(autocompleteFor(get({ type: "password" })), null);
  const page = pageOf(
    '<label for="a">A</label><input id="a"><label>B <input></label><input type="hidden"><input placeholder="C"><input id="d"><select></select>',
  );
  assert.deepEqual(found(FORM_AUDITS, "input_label_missing", page).map(({ selector, fixable }) => [selector, fixable]), [["input#d", false]]);
  assert.equal(found(FORM_AUDITS, "select_label_missing", page).length, 1);
});

test("design: structure", () => {
  const page = pageOf('<ul><li>a</li><div>b</div></ul><div><li>c</li></div><ol><script></script></ol>');
  assert.equal(found(STRUCTURE_AUDITS, "list_children_wrong", page).length, 1);
  assert.equal(found(STRUCTURE_AUDITS, "list_item_alone", page).length, 1);
});

test("design: contrast", () => {
  assert.ok(tooLow(declarationsOf("color:#999;background:#fff")) < 3);
  for (const fine of ["color:#000;background:#fff", "color:#999", "color:#999;background:url(x)", "color:#949494;background:#fff;font-size:24px"])
    assert.equal(tooLow(declarationsOf(fine)), null, fine);
});

test("design: fonts", () => {
  assert.equal(swapped("https://fonts.googleapis.com/css?family=A"), "https://fonts.googleapis.com/css?family=A&display=swap");
  for (const href of ["/a.css", "https://fonts.googleapis.com/css?family=A&display=block", "https://fonts.googleapis.com/icon?family=Material+Icons"])
    assert.equal(swapped(href), null, href);
  assert.equal(withDisplay("@font-face{src:x}"), "@font-face{font-display:swap;src:x}");
  assert.equal(withDisplay("@font-face{font-display:block}"), "@font-face{font-display:block}");
});

test("develop: caching", () => {
  const kept = (headers) => keptFor(new Headers(headers));
  assert.equal(kept({ "Cache-Control": "public, max-age=60" }), 60);
  assert.equal(kept({ "Cache-Control": "s-maxage=60" }), null);
  assert.equal(kept({ "Cache-Control": "no-cache, max-age=60" }), null);
  assert.equal(kept({ Expires: "Thu, 01 Jan 1970 00:00:00 GMT" }), 0);
});

test("develop: cookies and mixed content", () => {
  assert.equal(safeCookie("a=b"), "a=b; Secure; SameSite=Lax");
  assert.equal(safeCookie("a=b; SameSite=None; Secure"), "a=b; SameSite=None; Secure");
  const page = pageOf('<img src="http://x.example/a.png"><script src="https://x.example/b.js"></script>');
  assert.equal(found(SECURITY_AUDITS, "mixed_content", page).length, 1);
  const upgraded = pageOf('<img src="http://x.example/a.png">', { headers: { "Content-Security-Policy": "upgrade-insecure-requests" } });
  assert.equal(found(SECURITY_AUDITS, "mixed_content", upgraded).length, 0);
  assert.equal(found(SECURITY_AUDITS, "cookie_insecure", pageOf("", { headers: { "Set-Cookie": "a=b" } })).length, 1);
  assert.equal(found(SECURITY_AUDITS, "hsts_missing", pageOf("", { url: "http://example.com/" })).length, 0);
});

test("develop: hints", () => {
  const page = pageOf(
    '<head><link rel="preload" href="/a.js"><link rel="preload" as="font" href="/f.woff2"><link rel="preload" as="script" href="/b.js">' +
      '<link rel="preload" as="script" href="/c.js"><script src="/c.js"></script><script src="https://cdn.example/x.js"></script></head>',
  );
  for (const id of ["preload_as_missing", "preload_font_twice", "preload_unused", "preconnect_missing"])
    assert.equal(found(HINT_AUDITS, id, page).length, 1, id);
});

test("develop: budgets", () => {
  const page = pageOf("<p>".repeat(20));
  assert.equal(found(BUDGET_AUDITS, "dom_large", page).length, 0);
  assert.deepEqual(found(BUDGET_AUDITS, "dom_large", page, { budgets: { elements: 3 } }), [{ detail: "20 of 3" }]);
});

test("develop: standards", () => {
  const page = pageOf('<script>document.write("x"); x.open("GET", u, false)</script><marquee>x</marquee><a href="javascript:void(0)">y</a>');
  assert.equal(found(STANDARDS_AUDITS, "api_deprecated", page).length, 2);
  for (const id of ["tag_deprecated", "doctype_missing", "link_not_followable"]) assert.equal(found(STANDARDS_AUDITS, id, page).length, 1, id);
  assert.equal(found(STANDARDS_AUDITS, "doctype_missing", pageOf("<!doctype html><p>x</p>")).length, 0);
});
