// A dispatch namespace binding. The name of the wanted script travels in request.cf, which is the
// only part of a request that neither the script nor a client can set on the way.

export class DispatchNamespace {
  #stub;

  constructor(stub) {
    this.#stub = stub;
  }

  // A missing script is an error "Worker not found." of fetch(). `limits` are accepted, not enforced.
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
