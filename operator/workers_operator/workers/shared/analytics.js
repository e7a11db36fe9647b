/** Writes data points to Analytics Engine. */

import { messageOf } from "./errors.js";

const MAX_INDEX_BYTES = 96;
const MAX_BLOB_BYTES = 1024; // the limit for all blobs of a data point is 16 KiB

/**
 * Write one data point. Failures, including a missing binding, are logged only: analytics must never break a response.
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

/** Truncate a string to a number of UTF-8 bytes, at a character boundary. @param {string} text @param {number} bytes */
function cutBytes(text, bytes) {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes), { stream: true });
}
