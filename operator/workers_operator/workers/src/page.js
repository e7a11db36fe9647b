/** The page that browsers get for the dispatcher's own errors. */

/** @param {{status: number, title: string, message: string, host: string}} error */
export function errorPage({ status, title, message, host }) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
body{background:light-dark(#f6f7f9,#14161a);color:light-dark(#1c2024,#e8eaed)}
main{max-width:30rem;margin:1rem;padding:2.5rem;border-radius:1rem}
main{background:light-dark(#fff,#1e2126);box-shadow:0 1px 3px #0002,0 8px 32px #0001}
p{margin:.5rem 0 0}h1{margin:0;font-size:1.5rem;line-height:1.25}
small{display:block;margin-top:1.5rem;opacity:.65;overflow-wrap:anywhere}
</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p>
<small>${status} · ${escapeHtml(host)}</small></main></body></html>
`;
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
