"""The two ways of updates to the bot, which exclude each other: long polling and posting to a webhook."""

import asyncio
from http import HTTPStatus

import httpx
from starlette.requests import Request

from tests.fakes.telegram.description import JsonObject
from tests.fakes.telegram.methods import BotError
from tests.fakes.telegram.received import Received
from tests.fakes.telegram.world import Webhook, World

LONGEST_POLL_SECONDS = 50
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0


class Pulse:
    """Wakes coroutines of one event loop when the world changes in any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._beat = asyncio.Event()

    def beat(self) -> None:
        """Wake everybody; callable from every thread."""
        self._loop.call_soon_threadsafe(self._strike)

    def next(self) -> asyncio.Event:
        """The event of the next beat: take it before looking at the world, so that no change is missed."""
        return self._beat

    def _strike(self) -> None:
        self._beat.set()
        self._beat = asyncio.Event()


async def gone(request: Request) -> None:
    """Return when the client has closed its connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def first_of(*waits: "asyncio.Task[None] | asyncio.Task[bool]", seconds: float | None) -> None:
    """Return when one of these has happened or the time is over."""
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


class Poller:
    """getUpdates: waits for updates, and ends the poll before it with 409 when a second one arrives."""

    def __init__(self, world: World, pulse: Pulse) -> None:
        self._world = world
        self._pulse = pulse
        self._latest = 0

    async def get_updates(self, call: Received, request: Request) -> list[JsonObject]:
        """Carry out getUpdates; empty when its `timeout` (seconds) has passed, or its client has gone."""
        offset = call.number_of("offset")
        mine = self._begin(call)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(max(call.number_of("timeout"), 0), LONGEST_POLL_SECONDS)
        left = asyncio.ensure_future(gone(request))
        try:
            while True:
                beat = self._pulse.next()
                updates = self._take(mine, offset, call.number_of("limit", 100))
                offset = max(offset, 0)
                remaining = deadline - loop.time()
                if updates or remaining <= 0 or left.done() or self._world.closing:
                    return updates
                woken = asyncio.ensure_future(beat.wait())
                await first_of(woken, left, seconds=remaining)
                woken.cancel()
        finally:
            left.cancel()

    def _begin(self, call: Received) -> int:
        with self._world.lock:
            self._refuse_beside_webhook(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            if "allowed_updates" in call.parameters:
                self._world.queue.allow(call.texts("allowed_updates"))
            self._latest += 1
            self._world.changed()
            return self._latest

    def _take(self, mine: int, offset: int, limit: int) -> list[JsonObject]:
        with self._world.lock:
            self._refuse_beside_webhook("terminated by setWebhook request")
            if mine != self._latest:
                raise BotError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            before = self._world.queue.acknowledged
            updates = self._world.queue.get(offset, limit if 1 <= limit <= 100 else 100)
            if self._world.queue.acknowledged != before:
                self._world.changed()
            return updates

    def _refuse_beside_webhook(self, why: str) -> None:
        if self._world.webhook:
            raise BotError(409, f"Conflict: {why}")


async def post_to_webhook(world: World, pulse: Pulse) -> None:
    """Post waiting updates one by one to the webhook, each until it is answered with 2xx."""
    pause = FIRST_PAUSE_SECONDS
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        while not world.closing:
            beat = pulse.next()
            with world.lock:
                webhook = world.webhook
                waiting = world.queue.pending
            if webhook is None or not waiting:
                await beat.wait()
                continue
            problem = await _post(client, webhook, waiting[0])
            _note(world, webhook, waiting[0], problem)
            pause = FIRST_PAUSE_SECONDS if problem is None else min(pause * 2, LONGEST_PAUSE_SECONDS)
            if problem is not None:
                await asyncio.sleep(pause)


async def _post(client: httpx.AsyncClient, webhook: Webhook, update: JsonObject) -> str | None:
    """What went wrong, in the words of getWebhookInfo; None when it was accepted."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
    try:
        response = await client.post(webhook.url, json=update, headers=headers)
    except httpx.TimeoutException:
        return "Read timeout expired"
    except httpx.HTTPError:
        return "Connection refused"
    if response.is_success:
        return None
    return f"Wrong response from the webhook: {response.status_code} {HTTPStatus(response.status_code).phrase}"


def _note(world: World, webhook: Webhook, update: JsonObject, problem: str | None) -> None:
    update_id = update["update_id"]
    assert isinstance(update_id, int)
    with world.lock:
        if problem is None:
            world.queue.confirm_below(update_id + 1)
        else:
            webhook.last_error = problem
            webhook.last_error_date = world.unix_time()
        world.changed()
