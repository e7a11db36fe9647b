/**
 * A page's way through HTMLRewriter, chunk by chunk as it comes, and out again in large parts.
 *
 * HTMLRewriter gives out what it has after each call of a handler. Each of these small parts would be a write of its own to
 * the visitor's connection, which costs several times as much as the call. So as many bytes are waited for as are sure to
 * come without any more from the site (ahead.js); what comes beyond that goes on as it comes. Nothing that is whole waits for
 * the site: only a tag at hand, or a link that has no text yet.
 */
import { Ahead } from "./ahead.js";

const READ = 32 * 1024; // bytes at once from the site
const MOST_TAG = 1024 * 1024; // bytes of one tag; what is longer goes on as it is
const MOST_WRITTEN = 32 * 1024; // bytes at once to the visitor
const SLACK = 256; // bytes by which what is sure may be wrong
const MORE = 0x3e; // >
const LAST_WORDS_MS = 10; // what was written last has left by then: a connection that is cut loses it

/** @typedef {{sure: number, failure?: unknown}} Flow `sure`: bytes that will come; `failure`: why the site broke off */

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
    return response; // the character set is none that it knows
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
 * Where the site breaks off, the visitor gets all that had come, and then the failure.
 * @param {ReadableStreamBYOBReader} site
 * @param {WritableStreamDefaultWriter} rewriter
 * @param {Ahead} ahead
 * @param {Flow} flow
 */
async function feed(site, rewriter, ahead, flow) {
  let buffer = new ArrayBuffer(READ);
  let held = 0; // bytes at its beginning that couldn't go on yet
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
      const isLong = held === READ || buffer.byteLength > READ; // a tag that ends with the next > at the soonest
      if (isLong && !value.includes(MORE)) held += value.byteLength;
      else await goOn(new Uint8Array(buffer, 0, held + value.byteLength), false);
      if (held === buffer.byteLength) buffer = larger(buffer);
      if (held === MOST_TAG) await goOn(new Uint8Array(buffer, 0, held), true);
    }
    if (held > 0) await goOn(new Uint8Array(buffer, 0, held), true);
  } catch (error) {
    flow.failure = error;
  }
  flow.sure = Infinity; // all that is still to come
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
