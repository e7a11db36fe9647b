// Stands in for everything that a Worker can reach over the network.
export default {
  async fetch(request) {
    const { method, url, redirect } = request;
    return Response.json({ method, url, redirect, body: await request.text() }, { headers: { "X-From": "internet" } });
  },
};
