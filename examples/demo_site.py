"""The demo's shop: one page and a cart, which the brand and ecommerce workers fetch."""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"""<!doctype html>
<html lang="en"><head>
<title>Alder &amp; Ash: furniture made to be handed down</title>
<meta name="description" content="Chairs, tables and shelves of solid wood, made to order in a small workshop.">
<meta property="og:title" content="Alder &amp; Ash"><meta property="og:site_name" content="Alder &amp; Ash">
<link rel="icon" href="/icon.svg">
</head><body><h1>Alder &amp; Ash</h1><p>Solid wood, made to order.</p>
<img src="/chair.jpg"><a href="/cart">Cart</a></body></html>
"""


class Shop(BaseHTTPRequestHandler):
    """Serves the cart at /cart and the shop's page at every other path."""

    def do_GET(self) -> None:
        cart = self.path.startswith("/cart")
        body = b"<!doctype html><title>Cart</title><h1>Your cart is empty</h1>" if cart else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - name required by http.server

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Shop).serve_forever()
