// An Analytics Engine dataset. writeDataPoint() returns at once; the host collects the points (../points.js).

import { waitUntil } from 'cloudflare:workers';

const MAX_VALUES = 20;
const MAX_BLOB_BYTES = 16 * 1024;
const MAX_INDEX_BYTES = 96;
const OVERDUE = 1000; // ms
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function strings(values, what, most) {
  if (values.length > most) throw new TypeError(`writeDataPoint(): Maximum of ${most} ${what} supported.`);
  return values.map((value) => (value == null || typeof value === 'string' ? (value ?? null) : decoder.decode(value)));
}
const bytes = (text) => (text === null ? 0 : encoder.encode(text).length);
// A character has three bytes at most, so short texts need no counting.
function exceeds(values, most) {
  const characters = values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  return characters * 3 > most && values.reduce((sum, value) => sum + bytes(value), 0) > most;
}

let points = []; // [dataset, milliseconds since the epoch, point as JSON]
let told = 0; // when the host was told last that points wait

export function takePoints() {
  const taken = points;
  points = [];
  return taken;
}

// Lets the host collect the points in a moment. It does not collect from an isolate that it has evicted.
async function tell(stub) {
  const { status } = await stub.fetch('http://edge/waiting');
  if (status === 410 && points.length > 0) {
    await stub.fetch('http://edge/points', { method: 'POST', body: JSON.stringify(takePoints()) });
  }
}

export class AnalyticsEngineDataset {
  #stub;
  #dataset;

  constructor(stub, dataset) {
    this.#stub = stub;
    this.#dataset = dataset;
  }

  writeDataPoint(event = {}) {
    const blobs = strings(event.blobs ?? [], 'blobs', MAX_VALUES);
    const indexes = strings(event.indexes ?? [], 'indexes', 1);
    const doubles = (event.doubles ?? []).map(Number);
    if (doubles.length > MAX_VALUES) throw new TypeError(`writeDataPoint(): Maximum of ${MAX_VALUES} doubles supported.`);
    if (exceeds(blobs, MAX_BLOB_BYTES)) throw new TypeError('writeDataPoint(): Maximum of 16KB blobs supported.');
    if (exceeds(indexes, MAX_INDEX_BYTES)) throw new TypeError('writeDataPoint(): Maximum of 96 bytes per index supported.');
    const now = Date.now();
    points.push([this.#dataset, now, JSON.stringify({ blobs, doubles, indexes })]);
    if (points.length > 1 && now - told < OVERDUE) return;
    told = now;
    waitUntil(tell(this.#stub));
  }
}
