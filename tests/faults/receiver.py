#!/usr/bin/env python3
"""The endpoints of the fault tests' webhooks: receiver.py PORT [CERTIFICATE KEY]

With a certificate it speaks TLS.
Prints "open" when it listens, then one line for each request it has answered: path, webhook-id, status. With a path
that begins with /flaky every fifth id is answered 500 the first time.
"""
import http.server
import ssl
import sys
import threading
import zlib

seen = set()
lock = threading.Lock()


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        ident = self.headers["webhook-id"]
        with lock:
            refused = self.path.startswith("/flaky") and zlib.crc32(ident.encode()) % 5 == 0 and ident not in seen
            seen.add(ident)
            status = 500 if refused else 200
            print(self.path, ident, status, flush=True)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("open", flush=True)
server.serve_forever()
