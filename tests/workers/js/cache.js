// What workerd's Cache API speaks to: keeps responses in memory, for as long as their max-age says.
const kept = new Map();

/** Tells the max-age by which a path is kept. */
export const control = {
  fetch(request) {
    const { pathname } = new URL(request.url);
    const found = [...kept].find(([key]) => new URL(key.split(" ")[1]).pathname === pathname);
    return Response.json(found?.[1].maxAge ?? null);
  },
};

export default {
  async fetch(request) {
    const key = `${request.headers.get("CF-Cache-Namespace")} ${request.url}`;
    if (request.method === "PUT") {
      kept.set(key, parse(await request.bytes()));
      return new Response(null, { status: 204 });
    }
    const found = kept.get(key);
    if (!found || found.until < Date.now())
      return new Response(null, { status: 504, headers: { "CF-Cache-Status": "MISS" } });
    const response = new Response(found.body, { status: found.status, headers: found.headers });
    response.headers.set("CF-Cache-Status", "HIT");
    return response;
  },
};

/** A response as it goes over the wire: status line, headers, an empty line, body. */
function parse(bytes) {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [statusLine, ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  const maxAge = Number(/max-age=(\d+)/.exec(new Headers(headers).get("Cache-Control"))?.[1] ?? 0);
  return {
    status: Number(statusLine.split(" ")[1]),
    headers: headers,
    body: bytes.slice(end + 4),
    maxAge,
    until: Date.now() + maxAge * 1000,
  };
}
