"""A page served to this machine's browsers, until interrupted; nothing else is served, and nobody else is answered."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


def server(page: str, port: int = 0) -> HTTPServer:
    """Return a server of one page on 127.0.0.1; port 0 takes a free one (see its `server_port`)."""
    body = page.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with the page, whatever is asked for."""
            known = self.path in ("/", "/index.html")
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body) if known else 0))
            self.end_headers()
            if known:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the terminal quiet."""

    return HTTPServer(("127.0.0.1", port), Handler)
