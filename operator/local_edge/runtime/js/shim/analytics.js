// An Analytics Engine dataset. writeDataPoint() returns at once; the point is sent in the background.

import { waitUntil } from 'cloudflare:workers';

const MAX_VALUES = 20;
const MAX_BLOB_BYTES = 16 * 1024;
const MAX_INDEX_BYTES = 96;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function strings(values, what, most) {
  if (values.length > most) throw new TypeError(`writeDataPoint(): Maximum of ${most} ${what} supported.`);
  return values.map((value) => (value == null || typeof value === 'string' ? (value ?? null) : decoder.decode(value)));
}
const size = (values) => values.reduce((sum, value) => sum + encoder.encode(value ?? '').length, 0);

export class AnalyticsEngineDataset {
  #stub;

  constructor(stub) {
    this.#stub = stub;
  }

  writeDataPoint(event = {}) {
    const blobs = strings(event.blobs ?? [], 'blobs', MAX_VALUES);
    const indexes = strings(event.indexes ?? [], 'indexes', 1);
    const doubles = (event.doubles ?? []).map(Number);
    if (doubles.length > MAX_VALUES) throw new TypeError(`writeDataPoint(): Maximum of ${MAX_VALUES} doubles supported.`);
    if (size(blobs) > MAX_BLOB_BYTES) throw new TypeError('writeDataPoint(): Maximum of 16KB blobs supported.');
    if (size(indexes) > MAX_INDEX_BYTES) throw new TypeError('writeDataPoint(): Maximum of 96 bytes per index supported.');
    const body = JSON.stringify({ blobs, doubles, indexes });
    waitUntil(this.#stub.fetch('http://edge/point', { method: 'POST', body }).then((response) => response.body?.cancel()));
  }
}
