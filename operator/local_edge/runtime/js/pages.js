// Error pages like Cloudflare's; the header `x-edge-error` contains the code.

const TITLES = {
  1016: 'Origin DNS error',
  1019: 'Compute server error',
  1042: 'Worker not found',
  1101: 'Worker threw exception',
  1102: 'Worker exceeded resource limits',
  520: 'Web server is returning an unknown error',
  521: 'Web server is down',
};

export function errorPage(code, status, exception) {
  const headers = {
    'content-type': 'text/html; charset=UTF-8',
    'cache-control': 'no-store',
    'x-edge-error': String(code),
  };
  if (exception !== undefined) {
    // The first line only; encoded, because messages may contain any character.
    headers['x-edge-exception'] = encodeURIComponent(String(exception).split('\n')[0].slice(0, 300));
  }
  const title = TITLES[code];
  const body = `<!DOCTYPE html>\n<title>${title}</title>\n<h1>Error ${code}</h1>\n<h2>${title}</h2>\n`;
  return new Response(body, { status, headers });
}

// Forwards a request to the zone's origin. Without an origin, returns Cloudflare's error page for a
// name without an origin record.
export async function askOrigin(origin, request) {
  if (!origin) return errorPage(1016, 530);
  try {
    return await origin.fetch(request);
  } catch {
    return errorPage(521, 521);
  }
}
