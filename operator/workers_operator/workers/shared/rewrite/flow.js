/**
 * Streams a page through HTMLRewriter, and combines its output into large writes.
 *
 * HTMLRewriter emits its output after each call of a handler. Writing each of these small parts to the visitor's
 * connection costs several times as much as the call itself. Therefore, output is collected up to the number of bytes
 * that are certain to follow without further input from the site (ahead.js); output beyond that is written immediately.
 * Complete content never waits for the site; only an incomplete tag, or a link without text, does.
 */
import { Ahead } from "./ahead.js";

const READ = 32 * 1024; // bytes per read from the site
const MOST_TAG = 1024 * 1024; // bytes of one tag; longer ones are passed on unchanged
const MOST_WRITTEN = 32 * 1024; // bytes per write to the visitor
const SLACK = 256; // tolerance for errors in the certain number of bytes
const MORE = 0x3e; // >
const LAST_WORDS_MS = 10; // time for the last write to leave, because an aborted connection discards it

/** @typedef {{sure: number, failure?: unknown}} Flow `sure`: bytes that are certain to follow; `failure`: why the site's response was cut off */

/**
 * @param {HTMLRewriter} rewriter
 * @param {Response} response
 * @param {import("./ahead.js").Reader[]} readers
 */
export function rewritten(rewriter, response, readers) {
  if (!response.body) return response;
  const input = new IdentityTransformStream();
  const output = new IdentityTransformStream();
  /** @type {Response} */
  let answer;
  try {
    answer = rewriter.transform(new Response(input.readable, response));
  } catch {
    return response; // unsupported character set
  }
  const source = response.body.getReader({ mode: "byob" });
  const rewriting = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader({ mode: "byob" });
  /** @type {Flow} */
  const flow = { sure: 0 };
  feed(source, input.writable.getWriter(), new Ahead(readers), flow);
  drain(rewriting, output.writable.getWriter(), flow);
  return new Response(output.readable, answer);
}

/**
 * If the site's response is cut off, the visitor receives everything up to that point, and then the failure.
 * @param {ReadableStreamBYOBReader} site
 * @param {WritableStreamDefaultWriter} rewriter
 * @param {Ahead} ahead
 * @param {Flow} flow
 */
async function feed(site, rewriter, ahead, flow) {
  let buffer = new ArrayBuffer(READ);
  let held = 0; // bytes at its start that could not be passed on yet
  /** @param {Uint8Array} source @param {boolean} isLast */
  const goOn = async (source, isLast) => {
    const { end, bytes, sure } = ahead.read(source, isLast);
    flow.sure = Math.max(flow.sure, 0) + sure;
    if (bytes.length > 0) await rewriter.write(bytes);
    held = source.length - end;
    source.copyWithin(0, end);
  };
  try {
    for (;;) {
      const { done, value } = await site.read(new Uint8Array(buffer, held));
      buffer = value?.buffer ?? new ArrayBuffer(held);
      if (!value || done) break;
      const isLong = held === READ || buffer.byteLength > READ; // a tag that has not ended yet
      if (isLong && !value.includes(MORE)) held += value.byteLength;
      else await goOn(new Uint8Array(buffer, 0, held + value.byteLength), false);
      if (held === buffer.byteLength) buffer = larger(buffer);
      if (held === MOST_TAG) await goOn(new Uint8Array(buffer, 0, held), true);
    }
    if (held > 0) await goOn(new Uint8Array(buffer, 0, held), true);
  } catch (error) {
    flow.failure = error;
  }
  flow.sure = Infinity; // collect all remaining output
  await Promise.allSettled([rewriter.close(), site.cancel(flow.failure)]);
}

/** @param {ArrayBuffer} buffer */
function larger(buffer) {
  const result = new ArrayBuffer(buffer.byteLength * 2);
  new Uint8Array(result).set(new Uint8Array(buffer));
  return result;
}

/**
 * @param {ReadableStreamBYOBReader} rewriter
 * @param {WritableStreamDefaultWriter} visitor
 * @param {Flow} flow
 */
async function drain(rewriter, visitor, flow) {
  let buffer = new ArrayBuffer(MOST_WRITTEN);
  try {
    for (;;) {
      const least = Math.max(1, Math.min(flow.sure - SLACK, MOST_WRITTEN));
      const { done, value } = await rewriter.readAtLeast(least, new Uint8Array(buffer));
      if (!value) break;
      flow.sure -= value.byteLength;
      if (value.byteLength > 0) await visitor.write(value);
      if (done) break;
      buffer = value.buffer;
    }
    if (!flow.failure) return await visitor.close();
    await scheduler.wait(LAST_WORDS_MS);
    await visitor.abort(flow.failure);
  } catch (error) {
    await scheduler.wait(LAST_WORDS_MS);
    await Promise.allSettled([rewriter.cancel(error), visitor.abort(error)]);
  }
}
