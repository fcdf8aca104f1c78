"""Down the candidates until one answers; never after the first byte."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NoReturn

from smarterrouter.backends.base import Backend
from smarterrouter.domain.models import Model
from smarterrouter.errors import (
    AllCandidatesFailed,
    BackendBusy,
    BackendError,
    BackendLimited,
    BackendRefused,
    BackendUnreachable,
    BadRequest,
    GatewayError,
    ModelGone,
)
from smarterrouter.gateway.opened import Doubtful, Opened
from smarterrouter.gateway.visit import Visit
from smarterrouter.observability.metrics import Metrics
from smarterrouter.transport.breaker import Guard
from smarterrouter.transport.retries import RetryPolicy

log = logging.getLogger(__name__)
Ask = Callable[[Backend, Model], Awaitable[Opened]]
_QUOTA = ("quota", "billing", "credit")


class Dispatch:
    """Asks one candidate after the other. A caller who leaves cancels the one that is being asked."""

    def __init__(
        self,
        backends: Callable[[], Mapping[str, Backend]],
        guards: Callable[[str], Guard],
        retries: RetryPolicy,
        metrics: Metrics,
        *,
        cascading: bool,
    ) -> None:
        """`backends` gives those in use, `guards` the breaker of one; without `cascading` only the first is asked."""
        self._backends = backends
        self._guards = guards
        self._retries = retries
        self._metrics = metrics
        self._cascading = cascading

    async def first_reply(self, models: Sequence[Model], ask: Ask, visit: Visit) -> Opened:
        """The first answer that has begun. Raise the one error there was, or `AllCandidatesFailed`.

        An answer that was doubted is better than none when nobody after it answers.
        """
        attempts: list[tuple[str, GatewayError]] = []
        candidates = models if self._cascading else models[:1]
        for model in candidates:
            try:
                if len(candidates) == 1:
                    return await self._patiently(model, ask, visit)
                return await self._once(model, ask, visit)
            except GatewayError as error:
                if isinstance(error, Doubtful):
                    visit.discarded.append(error.discarded)
                elif not error.goes_on:
                    return _kept(attempts, visit) or _raise(error)
                attempts.append((model.key, error))
                if len(candidates) > 1:  # with nobody to go on to it is a failure, but no fallback
                    visit.failed.append(model.key)
                log.debug("request %s: %s failed: %s", visit.id, model.key, error.message)
        return _kept(attempts, visit) or _raise(_verdict(attempts))

    async def _patiently(self, model: Model, ask: Ask, visit: Visit) -> Opened:
        """Nobody else can answer, so a passing fault is waited out."""
        delays = self._retries.delays()
        while True:
            try:
                return await self._once(model, ask, visit)
            except (BackendUnreachable, BackendBusy, BackendLimited) as error:
                delay = delays.after(error)
                if delay is None:
                    raise
            await asyncio.sleep(delay)

    async def _once(self, model: Model, ask: Ask, visit: Visit) -> Opened:
        backend = self._backends().get(model.backend)
        if backend is None:
            raise BackendUnreachable(f"The backend {model.backend} is no longer configured.")
        guard = self._guards(model.backend)
        if not guard.allow():
            raise BackendBusy(
                f"{model.backend} has failed too often and is left alone for now.", retry_after=guard.retry_after
            )
        visit.model = model
        visit.clock.away()
        try:
            opened = await ask(backend, model)
        except (BackendRefused, Doubtful):
            guard.succeeded()  # it understood, and said no or something wrong: neither may put it to rest
            raise
        except BackendError as error:
            self._report(guard, model.backend, error)
            raise
        except BaseException:
            guard.released()  # the caller left, or the request was at fault: not the backend's failure
            raise
        finally:
            visit.clock.back()
        guard.succeeded()
        return opened

    def _report(self, guard: Guard, backend: str, error: BackendError) -> None:
        self._metrics.upstream_failed(backend, error.code)
        if isinstance(error, ModelGone):
            guard.succeeded()  # the backend is well, only this model of it is not there
        else:
            guard.failed(quota=_out_of_quota(error))


def _out_of_quota(error: BackendError) -> bool:
    text = error.message.lower()
    return isinstance(error, BackendLimited) and any(word in text for word in _QUOTA)


def _kept(attempts: list[tuple[str, GatewayError]], visit: Visit) -> Opened | None:
    """The last answer that was doubted and is there as a whole; it counts as given, and no longer as a failure."""
    for key, error in reversed(attempts):
        if isinstance(error, Doubtful) and error.kept is not None:
            visit.model = error.discarded.model
            visit.discarded.remove(error.discarded)
            visit.failed = [failed for failed in visit.failed if failed != key]
            return error.kept
    return None


def _raise(error: GatewayError) -> NoReturn:
    raise error


def _verdict(attempts: list[tuple[str, GatewayError]]) -> GatewayError:
    """A single failure speaks for itself, as do those that the request itself causes; others are told together."""
    last = attempts[-1][1]
    if all(isinstance(error, BadRequest) for _, error in attempts):
        return attempts[0][1]  # of the best candidate: asking again would not help
    same = len({type(error) for _, error in attempts}) == 1
    return last if len(attempts) == 1 or (same and last.status < 500) else AllCandidatesFailed(attempts)
