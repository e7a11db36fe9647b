// A dispatch namespace binding. request.cf carries the name of the script, because it is the only
// part of a request that neither scripts nor clients can set.

export class DispatchNamespace {
  #stub;

  constructor(stub) {
    this.#stub = stub;
  }

  // If the script does not exist, fetch() throws "Worker not found.". `limits` are accepted, but not enforced.
  get(name, _args = {}, options = {}) {
    const order = { name: String(name), outbound: options?.outbound };
    return {
      fetch: async (input, init) => {
        const request = new Request(input, init);
        return this.#stub.fetch(new Request(request, { cf: { ...request.cf, __edge: order } }));
      },
    };
  }
}
