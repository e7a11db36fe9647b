import assert from "node:assert/strict";
import { test } from "node:test";
import { nameless, trend } from "./data.js";
import { wordsOf, fileName } from "code24/checks/words.js";
import { altFrom, lacksAlt } from "code24/checks/alt.js";
import { meantLanguage } from "code24/checks/language.js";
import { finding, score, summary } from "code24/elite/findings.js";
import { validRuns, withRun } from "code24/elite/history.js";
import { verdict } from "code24/elite/report_page.js";
import { charsetOf, sniff } from "code24/page/charset.js";
import { contrast, opaqueColor } from "code24/page/color.js";
import { declarationsOf, rulesOf } from "code24/page/css.js";
import { fits, parseSelector } from "code24/page/selector.js";
import { attr, closest, isHidden, selectorOf } from "code24/page/document.js";
import { cssMover, moved, movedInCss, movedSet } from "code24/rewrite/addresses.js";
import { escaped, scriptJson } from "code24/rewrite/source.js";
import { isOwn } from "code24/site/origin.js";
import { documentOf } from "./pages.js";

const SITE = new URL("https://shop.example/");

test("addresses of the site lead below the prefix, others stay", () => {
  for (const [address, expected] of [
    ["/a?b#c", "/p/a?b#c"],
    ["a", "a"],
    ["", ""],
    ["#x", "#x"],
    ["//shop.example/x", "/p/x"],
    ["//other.example/x", "//other.example/x"],
    ["https://shop.example", "/p/"],
    ["https://shop.example?x", "/p/?x"],
    ["https://shop.example.evil/x", "https://shop.example.evil/x"],
    ["http://shop.example/x", "http://shop.example/x"],
    ["data:,x", "data:,x"],
    ["mailto:a@shop.example", "mailto:a@shop.example"],
  ])
    assert.equal(moved(address, SITE, "/p"), expected, address);
  assert.equal(movedSet("/a 1x, b 2x,/c 3x", SITE, "/p"), "/p/a 1x, b 2x,/p/c 3x");
  assert.equal(movedSet("data:image/png;base64,AA/BB 1x", SITE, "/p"), "data:image/png;base64,AA/BB 1x");
  assert.equal(movedInCss("url( '/a' ) url(b) @import \"/c\"", SITE, "/p"), "url( '/p/a' ) url(b) @import \"/p/c\"");
});

test("a style sheet is the same in whatever chunks it comes", async () => {
  const css = `@import "/y.css";\na{b:url(/x.png)} c{d:url("/${"l".repeat(300)}")} e{f:url(data:,/x)} \xff`;
  const bytes = Uint8Array.from(css, (char) => char.charCodeAt(0));
  const expected = movedInCss(css, SITE, "/p");
  for (const size of [1, 2, 7, 64, 4096]) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const stream = ReadableStream.from(chunks).pipeThrough(cssMover(SITE, "/p"));
    let text = "";
    for await (const chunk of stream) text += String.fromCharCode(...chunk);
    assert.equal(text, expected, `chunks of ${size}`);
  }
});

test("what belongs to the site", () => {
  const own = (url, site = "https://shop.example/") => isOwn(new URL(url), new URL(site));
  assert.ok(own("https://shop.example/x"));
  assert.ok(own("https://www.shop.example/x"));
  assert.ok(own("https://shop.example/x", "http://shop.example/"));
  for (const url of [
    "http://shop.example/",
    "https://shop.example:8443/",
    "https://me@shop.example/",
    "https://sub.shop.example/",
    "https://shop.example.evil/",
    "ftp://shop.example/",
    "http://169.254.169.254/",
  ])
    assert.ok(!own(url), url);
  assert.ok(!own("https://shop.example:444/", "http://shop.example:80/"));
  assert.ok(!own("https://localhost/", "http://localhost:8080/"));
});

test("source for any character set", () => {
  assert.equal(escaped(`<a & "ü" '😀'>`), "&#60;a &#38; &#34;&#252;&#34; &#39;&#128512;&#39;&#62;");
  assert.equal(scriptJson({ a: "</script>ü" }), '{"a":"\\u003c/script\\u003e\\u00fc"}');
  assert.deepEqual(JSON.parse(scriptJson("😀&")), "😀&");
});

test("documents", () => {
  const document = documentOf(
    '<html><head><title>A &amp; B</title></head><body><ul><li>one<li>two</ul><div hidden><p id="p">x</p></div></body></html>',
  );
  assert.equal(document.textOf(document.first("title")), "A & B");
  assert.deepEqual(document.all("li").map((item) => document.textOf(item)), ["one", "two"]);
  assert.equal(document.all("li")[1].parent.tag, "ul");
  const paragraph = document.byId("p");
  assert.ok(isHidden(paragraph));
  assert.equal(selectorOf(paragraph), "p#p");
  assert.equal(closest(paragraph, "body").tag, "body");
  assert.equal(attr(paragraph, "class"), null);
  assert.ok(document.headEnds);
  assert.ok(!documentOf("<head><title>x</title>").headEnds);
});

test("style sheets", () => {
  const rules = rulesOf('/* } */ a{color:red;background:url("x;}")} @media print{b{c:d !important}} @font-face{e:f} g{');
  assert.deepEqual(rules.map(({ selector, media }) => [selector, media.length]), [["a", 0], ["b", 1], ["@font-face", 0], ["g", 0]]);
  assert.equal(rules[1].declarations.get("c"), "d");
  assert.equal(declarationsOf("a:b;; :c; d").get("a"), "b");
  assert.deepEqual(rulesOf("}}{{;\"'"), []);
});

test("colours and contrast", () => {
  assert.deepEqual(opaqueColor("#Fa0"), [255, 170, 0]);
  assert.deepEqual(opaqueColor("rgb(1, 2,3)"), [1, 2, 3]);
  assert.deepEqual(opaqueColor("rgba(1,2,3,1)"), [1, 2, 3]);
  for (const value of ["rgba(0,0,0,.5)", "var(--x)", "transparent", undefined, ""]) assert.equal(opaqueColor(value), null);
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  assert.ok(Math.abs(contrast([119, 119, 119], [255, 255, 255]) - 4.48) < 0.01);
});

test("words for people", () => {
  for (const [name, words] of Object.entries(nameless)) assert.equal(wordsOf(name), words, name);
  assert.equal(fileName("/a/b%20c.min.js?x/y"), "b c.min");
  assert.equal(fileName("https://x.example/%E0%A4%A"), "%E0%A4%A");
});

test("texts of images", () => {
  const get = (attributes) => (name) => attributes[name];
  assert.ok(lacksAlt(get({ src: "a" })));
  assert.ok(lacksAlt(get({ alt: "  " })));
  for (const fine of [{ alt: "" }, { title: "x" }, { role: "presentation" }, { "aria-hidden": "true" }])
    assert.ok(!lacksAlt(get(fine)));
  assert.equal(altFrom(get({ src: "/img/oakTable.jpg" })), "oak Table");
  assert.equal(altFrom(get({ src: "/img/1.jpg" })), null);
  assert.equal(altFrom(get({ src: "/pixel.gif", width: "1" })), "");
});

test("languages", () => {
  assert.equal(meantLanguage("de_CH"), "de-CH");
  for (const tag of ["german!", "", null, "x"]) assert.equal(meantLanguage(tag), null);
});

test("character sets", () => {
  assert.equal(charsetOf('text/html; Charset="ISO-8859-1"'), "ISO-8859-1");
  const bytes = (text) => new TextEncoder().encode(text);
  assert.equal(sniff(bytes('<meta http-equiv=x content="text/html; charset=koi8-r">')), "koi8-r");
  assert.equal(sniff(bytes("<p>charset=x")), null);
  assert.equal(sniff(new Uint8Array([0xff, 0xfe])), "utf-16le");
});

test("findings and scores", () => {
  const audit = { id: "a", category: "c", severity: "error", weight: 7, message: "m", fix: "f", fixedBy: "x" };
  const many = Array.from({ length: 9 }, () => ({ selector: "p", detail: "d".repeat(999) }));
  const one = finding(audit, many, ["x"]);
  assert.deepEqual([one.count, one.evidence.length, one.fixable], [9, 5, true]);
  assert.ok(one.evidence[0].detail.length <= 300);
  assert.ok(!finding(audit, many, []).fixable);
  assert.ok(!finding(audit, [...many, { fixable: false }], ["x"]).fixable);
  assert.equal(score([one, { ...one, weight: 99 }]), 0);
  assert.deepEqual(summary([one]), { error: 1, warning: 0, info: 0 });
  assert.deepEqual([95, 70, 50, 0].map((points) => verdict(points).tone), ["good", "fair", "warning", "error"]);
});

test("the history keeps the last runs, and no two that are the same", () => {
  const run = (minute, score = 50) => ({ at: new Date(minute * 60_000).toISOString(), score, error: 0, warning: 1, info: 2 });
  assert.ok(!withRun([run(1)], run(1.5)).changed);
  assert.ok(withRun([run(1)], run(1.5, 51)).changed);
  assert.ok(withRun([run(1)], run(3)).changed);
  let runs = [];
  for (let minute = 0; minute < 40; minute += 1) ({ runs } = withRun(runs, run(minute)));
  assert.equal(runs.length, 30);
  assert.deepEqual(validRuns(trend), [trend[0]]);
  assert.deepEqual(validRuns("x"), []);
});

test("selectors that the source tells", () => {
  const document = documentOf('<div class="a"><ul id="u"><li class="b c" data-x="1"><a href="#">x</a></li></ul></div>');
  const link = document.first("a");
  for (const [selector, expected] of [
    ["a", true],
    [".a a", true],
    [".a > a", false],
    ["li > a", true],
    ["ul#u .b.c a[href]", true],
    ['[data-x="1"] a', true],
    ["[data-x='2'] a", false],
    [".a .a a", false],
    ["li:not(.b) a", false],
    ["li:not(.d) > a:not([id])", true],
    [".x a", false],
  ])
    assert.equal(fits(link, parseSelector(selector)), expected, selector);
  for (const beyond of ["a:hover", "a::before", "a + a", "a ~ b", "a[href^=x]", "", ":is(a)"])
    assert.equal(parseSelector(beyond), null, beyond);
});
