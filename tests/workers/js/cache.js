// What workerd's Cache API speaks to: keeps responses in memory, for as long as their max-age says.
const kept = new Map();

/** Tells for how many seconds the copy of a path is fresh; a PUT makes all copies older. */
export const control = {
  async fetch(request) {
    if (request.method === "PUT") {
      const seconds = await request.json();
      for (const copy of kept.values()) age(copy, seconds);
      return new Response();
    }
    const { pathname } = new URL(request.url);
    const found = [...kept].find(([key]) => new URL(key.split(" ")[1]).pathname === pathname);
    return Response.json(found ? JSON.parse(found[1].headers.get("Code24-Entry")).fresh : null);
  },
};

export default {
  async fetch(request) {
    const key = `${request.headers.get("CF-Cache-Namespace")} ${request.url}`;
    if (request.method === "PUT") {
      kept.set(key, parse(await request.bytes()));
      return new Response(null, { status: 204 });
    }
    if (request.method === "PURGE") return new Response(null, { status: kept.delete(key) ? 200 : 404 });
    const found = kept.get(key);
    if (!found || found.until < Date.now())
      return new Response(null, { status: 504, headers: { "CF-Cache-Status": "MISS" } });
    const response = new Response(found.body, { status: found.status, headers: found.headers });
    response.headers.set("CF-Cache-Status", "HIT");
    return response;
  },
};

/** As if a copy had been made so many seconds earlier. */
function age(copy, seconds) {
  copy.until -= seconds * 1000;
  const entry = JSON.parse(copy.headers.get("Code24-Entry"));
  if (entry) copy.headers.set("Code24-Entry", JSON.stringify({ ...entry, at: entry.at - seconds * 1000 }));
}

/** A response as it goes over the wire: status line, headers, an empty line, body. */
function parse(bytes) {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [statusLine, ...lines] = text.slice(0, end).split("\r\n");
  const pairs = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  const headers = new Headers(pairs);
  const maxAge = Number(/max-age=(\d+)/.exec(headers.get("Cache-Control"))?.[1] ?? 0);
  return {
    status: Number(statusLine.split(" ")[1]),
    headers,
    body: bytes.slice(end + 4),
    until: Date.now() + maxAge * 1000,
  };
}
