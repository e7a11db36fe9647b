// A dispatch namespace binding. A header carries the name of the script; the host removes it (Dispatch in ../host.js).

export class DispatchNamespace {
  #stub;

  constructor(stub) {
    this.#stub = stub;
  }

  // If the script does not exist, fetch() throws "Worker not found.". `limits` are accepted, but not enforced.
  get(name, _args = {}, options = {}) {
    const order = encodeURIComponent(JSON.stringify({ name: String(name), outbound: options?.outbound }));
    return {
      fetch: async (input, init) => {
        const request = init === undefined && input instanceof Request ? input : new Request(input, init);
        const headers = new Headers(request.headers); // fetch() copies the request anyway
        headers.set('x-edge-order', order);
        return this.#stub.fetch(request, { headers });
      },
    };
  }
}
