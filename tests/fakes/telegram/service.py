"""The HTTP face of the fake service: /bot<token>/<method> and /file/bot<token>/<path>."""

import asyncio
from asyncio import Transport
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.fakes.telegram.description import Entry, Json, JsonObject, NotAsDescribedError
from tests.fakes.telegram.failures import Failure
from tests.fakes.telegram.methods import METHODS, BotError
from tests.fakes.telegram.polling import Poller, Pulse, first_of, gone, post_to_webhook
from tests.fakes.telegram.received import Received, decode, raw_parameters
from tests.fakes.telegram.world import World

_NEVER_SENT = Response(status_code=500)
"""For requests whose connection is gone: the web server throws it away."""


class Service:
    """Answers requests on behalf of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._connections: dict[object, Transport] = {}
        self._pulse: Pulse
        self._poller: Poller
        self.app = Starlette(
            routes=[
                Route("/file/bot{token}/{path:path}", self.download, methods=["GET"]),
                Route("/bot{token}/{method}", self.method, methods=["GET", "POST"]),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._pulse = Pulse()
        self._poller = Poller(self._world, self._pulse)
        with self._world.lock:
            self._world.on_change.append(self._pulse.beat)
        posting = asyncio.create_task(post_to_webhook(self._world, self._pulse))
        yield
        with self._world.lock:
            self._world.on_change.remove(self._pulse.beat)
        posting.cancel()
        with suppress(asyncio.CancelledError):
            await posting

    def droppable_protocol(self) -> type[H11Protocol]:
        """The web server's connection class, extended so that a connection can be broken on purpose."""
        connections = self._connections

        class Droppable(H11Protocol):
            def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                connections[transport.get_extra_info("peername")] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.transport.get_extra_info("peername"), None)
                super().connection_lost(exc)

        return Droppable

    async def download(self, request: Request) -> Response:
        """Hand out the bytes of a file whose path came from getFile."""
        if request.path_params["token"] != self._world.token:
            return _error(401, "Unauthorized")
        with self._world.lock:
            stored = self._world.file_at(request.path_params["path"])
            failure = self._world.failures.take("download")
        if failure:
            return await self._fail(request, failure)
        return Response(stored.data, media_type=stored.mime_type) if stored else _error(404, "Not Found")

    async def method(self, request: Request) -> Response:
        """Carry out one method of the Bot API, or fail as planned."""
        if request.path_params["token"] != self._world.token:
            return _error(401, "Unauthorized")
        entry = self._world.description.method(request.path_params["method"])
        received = self._record(entry.name if entry else request.path_params["method"])
        try:
            return await self._answer(request, entry, received)
        except BotError as error:
            return self._refuse(received, error.code, error.description)
        except NotAsDescribedError as error:
            # only requests are judged inside _answer's own guard; here the fake itself made something undescribed
            self._world.faults.append(f"{received.method}: {error}")
            return self._refuse(received, 500, f"Internal Server Error: the fake is wrong: {error}")

    async def _answer(self, request: Request, entry: Entry | None, received: Received) -> Response:
        if entry is None:
            received.undescribed = True
            raise BotError(404, "Not Found: method not found")
        try:
            decode(entry, await raw_parameters(request), received)
            self._world.description.check_request(entry.name, received.parameters)
        except NotAsDescribedError as error:
            received.undescribed = True
            raise BotError(400, f"Bad Request: {_in_telegrams_words(error)}") from error
        with self._world.lock:
            if self._world.logged_out:
                raise BotError(400, "Logged out")
            failure = self._world.failures.take(entry.name)
        if failure and not failure.after_effect:
            return await self._fail(request, failure, received)
        result = await self._carry_out(request, entry, received)
        self._world.description.check_answer(entry.name, result)
        if failure:
            return await self._fail(request, failure, received)
        self._close(received, 200, None)
        return JSONResponse({"ok": True, "result": result})

    async def _carry_out(self, request: Request, entry: Entry, received: Received) -> Json:
        if entry.name == "getUpdates":
            updates: Json = [*await self._poller.get_updates(received, request)]
            received.took_effect = True
            return updates
        act = METHODS.get(entry.name)
        if act is None:
            raise BotError(501, f"Not Implemented: the fake does not carry out {entry.name}")
        with self._world.lock:
            result = act(self._world, received)
            received.took_effect = True
            self._world.changed()
        return result

    async def _fail(self, request: Request, failure: Failure, received: Received | None = None) -> Response:
        if received:
            received.injected = True
            self._close(received, failure.code or None, failure.description or failure.kind)
        if failure.kind == "answer":
            return _error(failure.code, failure.description, failure.retry_after)
        if failure.kind == "gateway":
            return HTMLResponse("<html><head><title>502 Bad Gateway</title></head></html>", failure.code)
        if failure.kind == "hang":
            await self._until_gone(request)
        peer = (request.client.host, request.client.port) if request.client else None
        if peer in self._connections:
            self._connections[peer].abort()
        return _NEVER_SENT

    async def _until_gone(self, request: Request) -> None:
        left = asyncio.ensure_future(gone(request))
        while not left.done() and not self._world.closing:
            woken = asyncio.ensure_future(self._pulse.next().wait())
            await first_of(left, woken, seconds=None)
            woken.cancel()
        left.cancel()

    def _record(self, method: str) -> Received:
        with self._world.lock:
            received = Received(number=len(self._world.requests) + 1, method=method)
            self._world.requests.append(received)
            return received

    def _refuse(self, received: Received, code: int, description: str) -> Response:
        self._close(received, code, description)
        return _error(code, description)

    def _close(self, received: Received, status: int | None, error: str | None) -> None:
        with self._world.lock:
            received.status = status
            received.error = error
            self._world.changed()


def _in_telegrams_words(error: NotAsDescribedError) -> str:
    return "BUTTON_DATA_INVALID" if ".callback_data:" in str(error) else str(error)


def _error(code: int, description: str, retry_after: int | None = None) -> Response:
    body: JsonObject = {"ok": False, "error_code": code, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return JSONResponse(body, status_code=code)
