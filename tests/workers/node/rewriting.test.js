import assert from "node:assert/strict";
import { test } from "node:test";
import { addressMover } from "code24/rewrite/addresses.js";
import { Ahead } from "code24/rewrite/ahead.js";
import { Lexer } from "code24/rewrite/lexer.js";
import { NamelessLinks } from "../../../operator/workers_operator/workers/templates/elite/design/src/nameless.js";

const SITE = new URL("https://shop.example/");

const bytesOf = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder().decode(bytes);

/** What the lexer tells of a source, in words. */
function told(source) {
  const bytes = bytesOf(source);
  const said = [];
  const part = (from, to) => textOf(bytes.subarray(from, to));
  const end = new Lexer({
    attribute: (_, tag, named, nameEnd, from, to) => said.push(`${tag}@${part(named, nameEnd)}=${part(from, to)}`),
    tag: (_, tag, isEnd, from, to) => said.push(`${isEnd ? "/" : ""}${tag}:${part(from, to)}`),
    text: (_, from, to, inside) => said.push(`${inside}"${part(from, to)}`),
  }).read(bytes);
  return [...said, ...(end < bytes.length ? [`…${part(end)}`] : [])];
}

/** A source after its readers, in chunks of a size, as rewrite/flow.js feeds them. */
function read(source, readers, size) {
  const ahead = new Ahead(readers());
  const all = bytesOf(source);
  let held = new Uint8Array();
  const result = [];
  for (let at = 0; at <= all.length; at += size) {
    const isLast = at + size > all.length;
    const source = new Uint8Array([...held, ...all.subarray(at, at + size)]);
    const { end, bytes } = ahead.read(source, isLast);
    result.push(bytes);
    held = source.slice(end);
  }
  assert.equal(held.length, 0);
  return textOf(Buffer.concat(result));
}

/** The same in whatever chunks it comes. */
function readAnyhow(source, readers) {
  const whole = read(source, readers, source.length * 4);
  for (const size of [1, 2, 3, 7, 31]) assert.equal(read(source, readers, size), whole, `chunks of ${size}`);
  return whole;
}

const moving = () => [addressMover(SITE, "/p")];
const naming = () => [
  new NamelessLinks("utf-8", (classes, href) => (classes.includes("no") ? "" : `<${classes.join(".")}|${href}>`)),
];

test("tags, attributes, texts and comments end where the HTML standard says", () => {
  for (const [source, ...expected] of [
    ['<A HREF="x>y" b=c>', "a@HREF=x>y", "a@b=c", 'a:<A HREF="x>y" b=c>'],
    ["<p a='\"' b>t</p >", "@a=\"", ":<p a='\"' b>", '"t', "/:</p >"],
    ["<p a=it's b = 1/>", "@a=it's", "@b=1/", ":<p a=it's b = 1/>"],
    ["<p =a=b c= >", "@=a=b", "@c=", ":<p =a=b c= >"],
    ["<p/a=b/c=d>", "@a=b/c=d", ":<p/a=b/c=d>"],
    ["a < b <1 &lt;<br>", '"a ', '"<', '" b ', '"<', '"1 &lt;', ":<br>"],
    ["<!-- <a> -- > --><b>", ":<b>"],
    ["<!--><b>", ":<b>"],
    ["<!--!><b>--><i>", ":<i>"],
    ["<!-- a --!><b>", ":<b>"],
    ["<svg><svg></svg><title/></svg><title><b></ti", "svg:<svg>", "svg:<svg>", "/svg:</svg>", "title:<title/>", "/svg:</svg>", "title:<title>", 'title"<b>', "…</ti"],
    ["<svg><div><style><b></st", "svg:<svg>", ":<div>", "style:<style>", 'style"<b>', "…</st"],
    ["<math><![CDATA[ a > b <x y=' ]]><b>", "math:<math>", ":<b>"],
    ["<![CDATA[ a > b", '" b'],
    ["<!doctype html><?x <a>?></ a><b>", '"?>', ":<b>"],
    ["<script>if(a<b)'</scripts>'</SCRIPT ><b>", "script:<script>", "script\"if(a<b)'</scripts>'", "/script:</SCRIPT >", ":<b>"],
    ["<title><a></title>", "title:<title>", 'title"<a>', "/title:</title>"],
    ["<svg><title><a></title></svg><style><a>b</st", "svg:<svg>", "title:<title>", "a:<a>", "/title:</title>", "/svg:</svg>", "style:<style>", 'style"<a>b', "…</st"],
    ["<svg/><style><a>b</st", "svg:<svg/>", "style:<style>", 'style"<a>b', "…</st"],
    ["<noscript><a></noscript>", "noscript:<noscript>", 'noscript"<a>', "/noscript:</noscript>"],
    ["x<a href='", '"x', "…<a href='"],
    ["<style>a</sty", "style:<style>", 'style"a', "…</sty"],
    ["<!-- a -", "…a -"],
    ["<!-", "…<!-"],
  ])
    assert.deepEqual(told(source).join("\n").replaceAll('\n"', '\n"'), expected.join("\n"), source);
});

test("addresses are moved where they are, whatever is around them", () => {
  for (const [source, expected] of [
    ['<a href="/x">', '<a href="/p/x">'],
    ["<A HREF=/x>", "<A HREF=/p/x>"],
    ["<a data-x='>' href = 'https://shop.example/x?a'>", "<a data-x='>' href = '/p/x?a'>"],
    ['<a href="https://other.example/x" hrefs="/x" title="/x">', null],
    ['<img src="/ä.png" srcset="/ä.png 1x, /b 2x" alt="ö">', '<img src="/p/ä.png" srcset="/p/ä.png 1x, /p/b 2x" alt="ö">'],
    ['<div style="background:url(/x.png)" data-src="/y">', '<div style="background:url(/p/x.png)" data-src="/p/y">'],
    ['<form action="/a"><button formaction="/b"></form>', '<form action="/p/a"><button formaction="/p/b"></form>'],
    ['<object data="/a"></object><b data="/a">', '<object data="/p/a"></object><b data="/a">'],
    ['<link href="/a" imagesrcset="/b 1x">', '<link href="/a" imagesrcset="/p/b 1x">'],
    ['<script>x = \'<a href="/x">\'</script><a href="/x">', '<script>x = \'<a href="/x">\'</script><a href="/p/x">'],
    ['<!-- <a href="/x"> --><a href="/x">', '<!-- <a href="/x"> --><a href="/p/x">'],
    ['</a href="/x"><a href="/x', null],
    ["<svg><use href=/x#y /></svg>", "<svg><use href=/p/x#y /></svg>"],
  ])
    assert.equal(readAnyhow(source, moving), expected ?? source);
});

test("links and buttons without a text are named", () => {
  for (const [source, expected] of [
    ['<a href="/x"><i class="fa fa-x"></i></a>', '<a href="/x"><i class="fa fa-x"></i><fa.fa-x|/x></a>'],
    ["<button class=a><i class='b c'></i> &nbsp;\u00a0</button>", "<button class=a><i class='b c'></i> &nbsp;\u00a0<a.b.c|></button>"],
    ["<a href=/x>\u00e4</a><a href=/y>&auml;</a><button>b</button>", null],
    ["<a href=/x><i></i> text</a><a>b</a><a></a>", null],
    ['<a href="/x" aria-label="X"></a><a href="/x"><b title="X"></b></a><a href="/x" role="button"></a>', null],
    ['<a href="/x" aria-label="&nbsp;"></a>', '<a href="/x" aria-label="&nbsp;"><|/x></a>'],
    ['<a href="/x"><img alt="X" src="y.png"></a><a href="/x"><img src="oak-table.png"></a>', null],
    ['<a href="/x"><img alt="" src="y.png"></a>', '<a href="/x"><img alt="" src="y.png"><|/x></a>'],
    ['<a href="/x"><svg><title>X</title></svg></a>', null],
    ['<a href="/x"><style>a{}</style><!-- b --></a>', '<a href="/x"><style>a{}</style><!-- b --><|/x></a>'],
    ['<a href="/x" class="no"></a>', null],
    ['<a href="/x"><a href="/y"></a>', '<a href="/x"><a href="/y"><|/y></a>'],
    ['<a href="/x"></button></a>', null],
    ['<a href="/x?a&amp;b"></a>', '<a href="/x?a&amp;b"><|/x?a&b></a>'],
    ['<svg><a href="/x"></a></svg>', null],
    ["<script>'<a href=/x></a>'</script><noscript><a href=/x></a></noscript>", null],
    ['<a href="/x">', null],
    ["<a name=x></a><a/href=/x></a>", "<a name=x></a><a/href=/x><|/x></a>"],
    ["<a href=/x><img/src=y.png/alt=X></a>", null],
    ["<select><button></button><a href=/x></a></select><button></button>", "<select><button></button><a href=/x></a></select><button><|></button>"],
  ])
    assert.equal(readAnyhow(source, naming), expected ?? source);
});

test("nothing is held for long", () => {
  const link = `<a href="/x">${" ".repeat(3000)}`;
  assert.equal(new Ahead(naming()).read(bytesOf(link), false).end, link.length);
  assert.equal(new Ahead(naming()).read(bytesOf(link.slice(0, 100)), false).end, 0);
  assert.equal(new Ahead(moving()).read(bytesOf(link.slice(0, 100)), false).end, 100);
  assert.equal(readAnyhow('<a href="/x"> <a href="/y', () => [...moving(), ...naming()]), '<a href="/p/x"> <a href="/y');
});

test("what is sure to come out", () => {
  const sure = (source, readers = moving()) => new Ahead(readers).read(bytesOf(source), false).sure;
  assert.equal(sure("<p>12345"), 8);
  assert.equal(sure("<p>12345<b"), 8);
  assert.equal(sure('<a href="/x">'), 14); // two more, and a space that it could do without
  assert.equal(sure('<p\n    a="1  2"\n    b>'), 12);
  assert.equal(sure("<style>a{}</style>b"), 16);
  assert.equal(sure("<svg><style>a{}</style></svg>b"), 27);
  assert.equal(sure("<!-- comment"), 9);
  assert.equal(sure('<img alt="abc">'), 11); // it may get another one
  assert.equal(sure('<link href="/x">'), 13);
});

test("a reader that fails is left out, and the page goes on", () => {
  const failing = { tag: () => assert.fail("of no use"), heldFrom: () => Infinity };
  const { error } = console;
  const said = [];
  console.error = (...words) => said.push(words.join(" "));
  try {
    assert.equal(read('<a href="/x"><b>', () => [failing, ...moving()], 99), '<a href="/p/x"><b>');
  } finally {
    console.error = error;
  }
  assert.deepEqual(said, ["a fix was left out: of no use"]);
});
