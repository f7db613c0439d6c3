import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Upstream(ThreadingHTTPServer):
    """A site that notes what it is asked, and answers as it is told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.may_answer = threading.Event()
        self.reset()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self):
        self.asked = []
        self.status = 200
        self.headers = {"X-Content-Type-Options": "nosniff"}
        self.may_answer.set()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        site.asked.append(self)
        site.may_answer.wait(20)
        body = f"answer {len(site.asked)}".encode()
        self.send_response(site.status)
        for name, value in {**site.headers, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_arguments):
        pass
