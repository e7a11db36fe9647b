// A user Worker that behaves as the last segment of the path says; by default it tells what it received.
const behaviours = {
  throw: () => {
    throw new Error("secret detail of the customer");
  },
  "throw-text": () => {
    throw "just a text";
  },
  "throw-nothing": () => {
    throw undefined;
  },
  cpu: () => {
    throw new Error("Worker exceeded CPU time limit.");
  },
  memory: () => {
    throw new Error("Worker exceeded memory limit.");
  },
  subrequests: () => {
    throw new Error("Too many subrequests.");
  },
  redirect: () => new Response(null, { status: 302, headers: { Location: "https://elsewhere.example/" } }),
  "no-content": () => new Response(null, { status: 204 }),
  "not-modified": () => new Response(null, { status: 304, headers: { ETag: '"1"' } }),
  teapot: () =>
    new Response("short and stout", { status: 418, headers: { "Code24-Error": "forged", "Code24-Version": "forged" } }),
  cookies: () => {
    const response = new Response("ok");
    response.headers.append("Set-Cookie", "a=1; Path=/");
    response.headers.append("Set-Cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT");
    return response;
  },
  "set-cookies": (request) => {
    const response = new Response("ok");
    for (const cookie of new URL(request.url).searchParams.getAll("cookie")) response.headers.append("Set-Cookie", cookie);
    return response;
  },
  compressed: () => new Response("squeeze ".repeat(1000), { headers: { "Content-Encoding": "gzip" } }),
  mirror: (request) => new Response(request.body),
  socket: () => {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener("message", ({ data }) => server.send(`echo ${data}`));
    return new Response(null, { status: 101, webSocket: client });
  },
};

export default {
  async fetch(request) {
    const behaviour = behaviours[new URL(request.url).pathname.split("/").at(-1)];
    if (behaviour) return behaviour(request);
    return Response.json({
      url: request.url,
      method: request.method,
      redirect: request.redirect,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
  },
};
