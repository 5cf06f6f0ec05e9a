"""A receiver on loopback, as an outside system would run one.

It verifies with the reference library, which is not ours, and drops what it knows.

    with Receiver(secret) as receiver:
        receiver.answers = [(503, {}), (200, {})]
        ...
        assert receiver.accepted == [{"type": …}]
"""

import threading
import time

from standardwebhooks import Webhook
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

_POLL = 0.02  # seconds in which the server notices that it is to end


class _Quiet(WSGIRequestHandler):
    def log(self, *_what):
        """Nothing."""


class Receiver:
    """``answers`` are (status, headers) in their order, then 200 for ever."""

    def __init__(self, secret=""):
        self.secret = secret
        self.answers = []
        self.seconds = 0  # that it takes to answer
        self.seen = []  # headers of every call
        self.accepted = []  # contents that were new, verified
        self.known = set()
        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet
        )
        self.host = f"127.0.0.1:{self._server.port}"
        self.url = f"http://{self.host}/hooks"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), daemon=True
        )
        self._thread.start()

    @property
    def ids(self):
        return [headers["Webhook-Id"] for headers in self.seen]

    def _serve(self, environ, start_response):
        request = Request(environ)
        body = request.get_data()
        headers = dict(request.headers)
        self.seen.append(headers)
        time.sleep(self.seconds)
        status, extra = self.answers.pop(0) if self.answers else (200, {})
        if status < 300 and self.secret:
            self._accept(body, headers)
        return Response("thanks", status, extra)(environ, start_response)

    def _accept(self, body, headers):
        content = Webhook(self.secret).verify(body, headers)  # raises: answers 500
        if headers["Webhook-Id"] not in self.known:
            self.known.add(headers["Webhook-Id"])
            self.accepted.append(content)

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()
