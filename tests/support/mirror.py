"""A server on this computer that stands for the ones that data is downloaded from."""

import http.server
import threading


class Server(http.server.ThreadingHTTPServer):
    """Serves files; `misbehave(request, body)` may answer in its place and then returns True."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.ranges, self.requests, self.misbehave = files, True, [], lambda request, body: False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, name = self.server, self.path.rsplit("/", 1)[-1]
        server.requests.append((name, self.headers.get("Range")))
        body = server.files.get(name)
        if body is None:
            return self.send_error(404)
        if server.misbehave(self, body):
            return None
        start, asked = 0, self.headers.get("Range")
        if asked and server.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start:])
        return None

    def log_message(self, *_):
        pass


def break_off(request, body, after=0.5):
    """Answer with a part of the file and hang up."""
    request.send_response(200)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body[: int(len(body) * after)])
    request.close_connection = True
    return True
