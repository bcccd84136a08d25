"""The hub behind HTTP: a FastAPI application that mounts the table of routes/ and adds nothing to it.

Here a body is read, or refused before it is read; everything else happens in `Hub.handle`, in the thread pool.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sync.hub.core import Hub
from sync.hub.outcomes import HubAnswer, Refused
from sync.hub.retention import SWEEP_EVERY_S
from sync.hub.routes import ROUTES
from sync.protocol.problems import Problem

BODY_IDLE_S: Final = 60
"""A body may take long (protocol.md 2.10: minutes for 4 MiB on a slow link), but not stop for a minute."""

_LARGE: Final = 64 * 1024
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(hub: Hub, *, body_idle_s: float = BODY_IDLE_S) -> FastAPI:
    """Give the application that serves a hub."""
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_sweeping(hub)
    )  # fmt: skip
    for route in ROUTES:
        app.add_api_route(
            route.pattern,
            _endpoint(hub, route.max_body, body_idle_s),
            methods=[route.method],
            name=route.name,
            response_model=None,
        )
    app.add_api_route(
        "/{anything:path}", _endpoint(hub, 0, body_idle_s), methods=_METHODS, name="unknown", response_model=None
    )
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(Exception, _bug)
    return app


def _endpoint(hub: Hub, max_body: int, idle_s: float) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        target = _target(request)
        try:
            await _refuse_early(hub, request, target, max_body)
            body = await _read_body(request, max_body, idle_s)
        except Refused as refused:
            return _response(refused.answer(), close=True)
        except ClientDisconnect:
            return Response(status_code=400)
        peer = request.client.host if request.client else ""
        answer = await run_in_threadpool(hub.handle, request.method, target, request.headers, body, peer=peer)
        return _response(answer)

    return endpoint


def _target(request: Request) -> str:
    """Give path?query as it was sent, which is what the caller signed."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


async def _refuse_early(hub: Hub, request: Request, target: str, max_body: int) -> None:
    """Raise Refused for a body that is too long by its own account, or a long one of a stranger."""
    declared = request.headers.get("content-length", "")
    length = int(declared) if declared.isascii() and declared.isdigit() else None
    if length is not None and length > max_body:
        raise Refused(Problem.TOO_LARGE, "the body is longer than this route takes")
    if max_body > _LARGE and (length is None or length > _LARGE):
        await run_in_threadpool(hub.check_before_body, request.method, target, request.headers)


async def _read_body(request: Request, max_body: int, idle_s: float) -> bytes:
    """Read a body of at most `max_body` bytes that keeps coming; raise Refused for any other."""
    chunks: list[bytes] = []
    size = 0
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(idle_s) as patience:
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_body:
                    raise Refused(Problem.TOO_LARGE, "the body is longer than this route takes")
                chunks.append(chunk)
                patience.reschedule(loop.time() + idle_s)
    except TimeoutError:
        raise Refused(Problem.MALFORMED, "the body stopped coming") from None
    return b"".join(chunks)


def _response(answer: HubAnswer, *, close: bool = False) -> Response:
    headers = {**answer.headers, "Cache-Control": "no-store"}
    if close:
        # The rest of the body is still on its way: without this the server would go on reading it.
        headers["Connection"] = "close"
    return Response(content=answer.body, status_code=answer.status, headers=headers)


async def _unknown(_request: Request, _error: Exception) -> Response:
    return _response(Refused(Problem.NOT_FOUND).answer())


async def _bug(_request: Request, _error: Exception) -> Response:
    """Answer for a bug: the caller keeps what it has and tries later; the frames go to the log (logs.py)."""
    return _response(Refused(Problem.UNAVAILABLE, "the server failed").answer())


def _sweeping(hub: Hub) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    """Let the hub forget what has run out, every few minutes, also when nobody calls."""

    async def sweep_forever() -> None:
        while True:
            await run_in_threadpool(hub.sweep)
            await asyncio.sleep(SWEEP_EVERY_S)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(sweep_forever())
        yield
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping

    return lifespan
