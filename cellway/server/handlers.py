"""Routes: the bridge's API for the browser, and where a notebook is on the disk."""

import json
import socket

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.iostream import StreamClosedError
from tornado.netutil import Resolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from .bridge import NoBridge

# Of a request what the bridge heeds, of an answer what a browser does; all else stays on its side.
ASKED = ("accept", "content-type", "idempotency-key", "if-match", "if-none-match", "if-range", "last-event-id", "range")
ANSWERED = (
    "accept-ranges",
    "cache-control",
    "cellway-from",
    "cellway-position",
    "content-disposition",
    "content-range",
    "content-security-policy",
    "content-type",
    "etag",
    "retry-after",
    "x-content-type-options",
)
# Bytes of an answer: artifacts may be large, and nothing is held here.
LARGEST = 1 << 50


class SocketResolver(Resolver):
    """Leads each connection to one unix socket."""

    def initialize(self, path):
        self._path = path

    async def resolve(self, host, port, family=socket.AF_UNSPEC):
        return [(socket.AF_UNIX, self._path)]


class ApiHandler(APIHandler):
    """Hands a request on to the bridge, and its answer back as it comes."""

    auth_resource = "cellway"

    def initialize(self, bridge):
        self._bridge = bridge
        self._gone = False

    def on_connection_close(self):
        self._gone = True

    @web.authenticated
    @authorized
    async def get(self, path):
        await self._hand_on(path)

    @web.authenticated
    @authorized
    async def post(self, path):
        await self._hand_on(path)

    @web.authenticated
    @authorized
    async def patch(self, path):
        await self._hand_on(path)

    @web.authenticated
    @authorized
    async def put(self, path):
        await self._hand_on(path)

    @web.authenticated
    @authorized
    async def delete(self, path):
        await self._hand_on(path)

    async def _hand_on(self, path):
        try:
            await self._ask(path, await self._bridge.place())
        except NoBridge as error:
            self._problem(503, "no-bridge", str(error), error.fix)
        except OSError:
            self._bridge.lost()
            if self._headers_written:
                return
            # It ended since: asking again is safe for questions only.
            if self.request.method != "GET":
                self._problem(502, "bridge-lost", "The bridge went away.", "Try again.")
                return
            try:
                await self._ask(path, await self._bridge.place())
            except NoBridge as error:
                self._problem(503, "no-bridge", str(error), error.fix)
            except OSError as error:
                self._bridge.lost()
                self._problem(502, "bridge-lost", "The bridge cannot be reached: %s" % error, "Try again.")

    async def _ask(self, path, place):
        query = self.request.query
        asked = {name: self.request.headers[name] for name in ASKED if name in self.request.headers}
        if place.token:
            asked["Authorization"] = "Bearer %s" % place.token
        resolver = SocketResolver(path=place.socket) if place.socket else None
        client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=LARGEST, resolver=resolver)
        body = self.request.body if self.request.method in ("POST", "PUT", "PATCH") else None
        if body is not None:
            # Without one Tornado says that it is a form.
            asked.setdefault("content-type", "application/json")
        try:
            response = await client.fetch(
                HTTPRequest(
                    "%s/%s%s" % (place.url, path, "?" + query if query else ""),
                    method=self.request.method,
                    headers=asked,
                    body=body,
                    request_timeout=0,
                    connect_timeout=10,
                    decompress_response=False,
                    follow_redirects=False,
                    header_callback=self._header,
                    streaming_callback=self._part,
                ),
                raise_error=False,
            )
            if response.code == 599:
                if self._gone or isinstance(response.error, StreamClosedError) and self._headers_written:
                    return
                raise OSError(str(response.error))
            self.set_status(response.code)
            if not self._finished and not self._gone:
                self.finish()
        except HTTPClientError as error:
            raise OSError(str(error)) from None
        finally:
            client.close()

    def _header(self, line):
        line = line.strip()
        if line.startswith("HTTP/"):
            self.clear()
            self.set_status(int(line.split(" ", 2)[1]))
            return
        name, _, value = line.partition(":")
        if name.lower() in ANSWERED:
            self.set_header(name, value.strip())

    def _part(self, data):
        if self._gone:
            # Ends the request to the bridge too.
            raise StreamClosedError()
        self.write(data)
        self.flush()

    def _problem(self, status, code, detail, fix):
        self.clear()
        self.set_status(status)
        self.set_header("Content-Type", "application/problem+json")
        self.finish(
            json.dumps(
                {
                    "type": "urn:cellway:problem:%s" % code,
                    "title": "No bridge",
                    "status": status,
                    "code": code,
                    "detail": detail,
                    "fix": fix,
                }
            )
        )

    def finish(self, *args, **kwargs):
        # The type that the bridge gave stays.
        return web.RequestHandler.finish(self, *args, **kwargs)


class WhereHandler(APIHandler):
    """`GET /cellway/where?path=P`: where P, as the contents service calls it, is on this machine's disk; null if nowhere."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self):
        path = self.get_query_argument("path")
        manager = self.contents_manager
        found = None
        if hasattr(manager, "_get_os_path"):
            found = await ensure_async(manager._get_os_path(path.strip("/")))
        self.finish({"path": found})
