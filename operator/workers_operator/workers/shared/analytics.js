/** Data points of Analytics Engine. */

import { messageOf } from "./errors.js";

const MAX_INDEX_BYTES = 96;
const MAX_BLOB_BYTES = 1024; // all blobs together may have 16 KiB; none of ours says more in a longer text

/**
 * Writes one data point. Counting must never cost a visitor the answer: whatever goes wrong, a missing binding
 * included, is logged and nothing else.
 * @param {AnalyticsEngineDataset | undefined} dataset
 * @param {{index: string, blobs: string[], doubles: number[]}} point
 */
export function writePoint(dataset, { index, blobs, doubles }) {
  try {
    if (!dataset) throw new Error("the binding is missing");
    dataset.writeDataPoint({
      indexes: [cutBytes(index, MAX_INDEX_BYTES)],
      blobs: blobs.map((blob) => cutBytes(blob, MAX_BLOB_BYTES)),
      doubles,
    });
  } catch (error) {
    console.error("data point lost:", messageOf(error));
  }
}

/** The first `bytes` bytes of a text, without half a character at the end. @param {string} text @param {number} bytes */
function cutBytes(text, bytes) {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes), { stream: true });
}
