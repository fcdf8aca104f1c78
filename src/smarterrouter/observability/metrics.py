"""Every Prometheus metric, declared once, in one place."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from smarterrouter.domain.intent import Category
from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import GatewayError

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""What `Metrics.render` returns, for the Content-Type header."""
ENDPOINTS = frozenset({"chat", "completions", "embeddings", "feedback", "models", "health", "metrics", "docs", "admin"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
_MOST_REASONS = 50
MOST_NAMES = 200
"""Values of a label whose names come from configuration or a backend; further ones count as `other`."""
CALLER_LEFT = 499

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_OUR_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5)
_BELIEVED_TOKENS = 10**9
"""A backend that claims more for one request is not believed."""
_CATEGORIES = frozenset(category.value for category in Category)
_PREFIX = "smarterrouter_"

Reading = Callable[[], float | Mapping[str, float]]
"""Gives the value of a watched metric when Prometheus asks: a number, or one for each value of its label."""


class Declared(NamedTuple):
    """One line of the reference page."""

    name: str
    """Without the common prefix."""
    kind: str
    help: str
    labels: tuple[str, ...] = ()


WATCHED = {
    line.name: line
    for line in (
        Declared("journal_queue_length", "gauge", "Records waiting to be written."),
        Declared("journal_written_total", "counter", "Records written since the start."),
        Declared("journal_dropped_total", "counter", "Records lost because the queue was full or the database away."),
        Declared("models_known", "gauge", "Models in the current snapshot."),
        Declared(
            "backend_up", "gauge", "1 when the backend answered the last time it was asked, else 0.", ("backend",)
        ),
    )
}
"""Metrics whose value lives with its owner; they appear once somebody has said how to read it."""


class _Names:
    """The values of one label: a fixed set, or the first few that come by."""

    __slots__ = ("_known", "_room")

    def __init__(self, fixed: Iterable[str] = (), room: int = 0) -> None:
        self._known = set(fixed)
        self._room = room

    def bounded(self, name: str) -> str:
        if name in self._known:
            return name
        if not name or self._room <= 0:
            return OTHER
        self._room -= 1
        self._known.add(name)
        return name


class _Tally:
    """Requests that were alike, since the last scrape. Adding to it is all that a request pays for its counters."""

    __slots__ = ("completion_tokens", "count", "fallbacks", "prompt_tokens")

    def __init__(self) -> None:
        self.count = 0
        self.fallbacks = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0


class _Buckets:
    """The observations of one label of a histogram."""

    __slots__ = ("_bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(self._bounds, seconds)] += 1
        self.sum += seconds


class _Histogram(Collector):
    """A histogram on one event loop. The library's own takes a lock for each observation, at ten times the cost."""

    def __init__(self, name: str, text: str, bounds: tuple[float, ...], label: str) -> None:
        self._name, self._text, self._bounds, self._label = name, text, bounds, label
        self._children: dict[str, _Buckets] = {}

    def labels(self, value: str) -> _Buckets:
        """The buckets of one label, made when they are first asked for."""
        child = self._children.get(value)
        if child is None:
            child = self._children[value] = _Buckets(self._bounds)
        return child

    def describe(self) -> Iterable[Metric]:
        return [HistogramMetricFamily(self._name, self._text, labels=[self._label])]

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(self._name, self._text, labels=[self._label])
        for value, child in self._children.items():
            total, buckets = 0, []
            for bound, count in zip([*map(str, self._bounds), "+Inf"], child.counts, strict=True):
                total += count
                buckets.append((bound, total))
            family.add_metric([value], buckets, child.sum)
        yield family


class _Endpoint:
    """What belongs to one endpoint, so that a finished request looks nothing up twice."""

    __slots__ = ("duration", "first_byte", "in_flight", "overhead")

    def __init__(self, metrics: "Metrics", name: str) -> None:
        self.duration = metrics.request_duration.labels(name)
        self.first_byte = metrics.first_byte.labels(name)
        self.overhead = metrics.overhead.labels(name)
        self.in_flight = 0


_Alike = tuple[str, str, int, str, str, str]
"""Endpoint, method, status, error, model, category."""
_MOST_TALLIES = 2000


class Metrics:
    """The metrics of one process. Everything that may count is a method; labels are bounded whatever callers pass.

    Who owns a number that exists anyway (a queue, a snapshot) has it read on demand: see `watch`.
    """

    def __init__(self, version: str = "") -> None:
        """`version` is that of the program."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series a counter, of no use to anybody
        self.registry = CollectorRegistry(auto_describe=False)
        self.declared: list[Declared] = []
        self._declare_requests()
        self._declare_parts()
        self._gauge("build_info", "Always 1; the label tells which version runs.", "version").labels(version).set(1)
        ProcessCollector(registry=self.registry)
        self._watched = _Watched()
        self.registry.register(self._watched)
        self._endpoint_names = _Names(ENDPOINTS)
        self._method_names = _Names(METHODS)
        self._category_names = _Names(_CATEGORIES)
        self._error_names = _Names(_codes(GatewayError))
        self._model_names = _Names(room=MOST_NAMES)
        self._backend_names = _Names(room=MOST_NAMES)
        self._job_names = _Names(room=MOST_NAMES)
        self._reason_names = _Names(room=_MOST_REASONS)
        self._result_names = _Names(room=_MOST_REASONS)
        self._endpoints: dict[str, _Endpoint] = {}
        self._children: dict[tuple[object, ...], Counter] = {}
        self._tallies: dict[_Alike, _Tally] = {}

    def _declare_requests(self) -> None:
        counter, histogram, gauge = self._counter, self._histogram, self._gauge
        self.requests = counter("requests_total", "HTTP requests that have ended.", "endpoint", "method")
        self.responses = counter("responses_total", "The same by class of status: 2xx, 4xx, 5xx.", "endpoint", "status")
        self.errors = counter("errors_total", "Requests that ended in an error, by its code.", "endpoint", "error_type")
        self.disconnects = counter("client_disconnects_total", "Requests whose caller left before the end.")
        self.in_flight = gauge("requests_in_flight", "Requests being served now.", "endpoint")
        self.streams = gauge("streams_open", "Streams being relayed now.")
        self.request_duration = histogram(
            "request_duration_seconds", "From the request to the last byte of its answer.", _SECONDS, "endpoint"
        )
        self.first_byte = histogram(
            "first_byte_seconds", "From the request to the first byte of its answer.", _SECONDS, "endpoint"
        )
        self.overhead = histogram(
            "overhead_seconds", "Our own share of the time to the first byte.", _OUR_SECONDS, "endpoint"
        )

    def _declare_parts(self) -> None:
        counter = self._counter
        self.selections = counter("model_selections_total", "Answers by model and kind.", "selected_model", "category")
        self.tokens = counter("tokens_total", "Tokens as told by backends: prompt, completion.", "direction", "model")
        self.failures = counter("upstream_failures_total", "Calls to a backend that failed.", "backend", "error_type")
        self.fallbacks = counter("fallbacks_total", "Requests for which more than one model had to be asked.")
        self.escalations = counter(
            "escalations_total", "Answers that failed a check and were thrown away, by what was wrong.", "reason"
        )
        self.dispatches = counter(
            "dispatcher_answers_total",
            "What became of asking the small model that chooses (ROUTER_MODEL): chosen, or why the default counted.",
            "result",
        )
        self.sensings = counter(
            "category_embeddings_total",
            "What became of asking the embedding model for the category (ROUTER_CATEGORY_MODEL): used, remembered, or "
            "why it had no say.",
            "result",
        )
        self.job_runs = counter("jobs_runs_total", "Runs of background jobs: ok, failed.", "job", "result")

    def finished(self, record: RequestRecord, method: str = "POST") -> None:
        """Count a request that went to a model, whatever became of it. Nothing else counts it."""
        endpoint = self._endpoint(record.endpoint)
        endpoint.duration.observe(record.total_ms / 1000)
        endpoint.overhead.observe(record.overhead_ms / 1000)
        if record.first_byte_ms > 0:
            endpoint.first_byte.observe(record.first_byte_ms / 1000)
        key = (record.endpoint, method, record.status, record.error, record.model, record.category)
        tally = self._tallies.get(key) or self._new_tally(key)
        tally.count += 1
        if record.fell_back_from:
            tally.fallbacks += 1
        if 0 < record.prompt_tokens < _BELIEVED_TOKENS:
            tally.prompt_tokens += record.prompt_tokens
        if 0 < record.completion_tokens < _BELIEVED_TOKENS:
            tally.completion_tokens += record.completion_tokens

    def answered(self, endpoint: str, method: str, status: int, error: str, seconds: float) -> None:
        """Count a request that never came as far as a model: the lists, health, whatever was refused at the door."""
        self._endpoint(endpoint).duration.observe(seconds)
        key = (endpoint, method, status, error, "", "")
        (self._tallies.get(key) or self._new_tally(key)).count += 1

    def entered(self, endpoint: str) -> None:
        """A request is being served from now on; `left` follows in any case."""
        self._endpoint(endpoint).in_flight += 1

    def left(self, endpoint: str) -> None:
        """It no longer is."""
        self._endpoint(endpoint).in_flight -= 1

    def busy(self) -> bool:
        """Is a request being served that a model answers?"""
        return any(endpoint.in_flight for endpoint in self._endpoints.values())

    def stream_opened(self) -> None:
        """A stream is being relayed from now on; `stream_closed` follows in any case."""
        self.streams.inc()

    def stream_closed(self) -> None:
        """It no longer is."""
        self.streams.dec()

    def upstream_failed(self, backend: str, code: str) -> None:
        """A backend failed with this error code."""
        self._count(self.failures, self._backend_names.bounded(backend), self._error_names.bounded(code))

    def escalated(self, model: str, reason: str, prompt_tokens: int, completion_tokens: int) -> None:
        """An answer of `model` failed a check and was thrown away; its tokens were spent all the same."""
        self.escalations.labels(self._reason_names.bounded(reason)).inc()
        name = self._model_names.bounded(model)
        for direction, count in (("prompt", prompt_tokens), ("completion", completion_tokens)):
            if 0 < count < _BELIEVED_TOKENS:
                self._count(self.tokens, direction, name, count)

    def dispatched(self, result: str) -> None:
        """The small model that chooses was to be asked."""
        self.dispatches.labels(self._result_names.bounded(result)).inc()

    def sensed(self, result: str) -> None:
        """The embedding model was to be asked for a category."""
        self.sensings.labels(self._result_names.bounded(result)).inc()

    def job_ran(self, job: str, *, ok: bool) -> None:
        """A background job has ended."""
        self._count(self.job_runs, self._job_names.bounded(job), "ok" if ok else "failed")

    def watch(self, name: str, read: Reading) -> None:
        """Ask `read` for this metric at every scrape. Raise `KeyError` unless `name` is in `WATCHED`."""
        self._watched.readings[WATCHED[name].name] = read

    def render(self) -> bytes:
        """Everything in Prometheus' text format; its type is `CONTENT_TYPE`."""
        self._fold()
        return generate_latest(self.registry)

    def _new_tally(self, key: _Alike) -> _Tally:
        if len(self._tallies) >= _MOST_TALLIES:
            self._fold()
        tally = self._tallies[key] = _Tally()
        return tally

    def _fold(self) -> None:
        """Hand what was tallied to the counters, with their bounded labels."""
        tallies, self._tallies = self._tallies, {}
        for (endpoint, method, status, error, model, category), tally in tallies.items():
            name = self._endpoint_names.bounded(endpoint)
            self._count(self.requests, name, self._method_names.bounded(method), tally.count)
            self._count(self.responses, name, f"{status // 100}xx", tally.count)
            if error:
                self._count(self.errors, name, self._error_names.bounded(error), tally.count)
            if status == CALLER_LEFT:
                self.disconnects.inc(tally.count)
            self.fallbacks.inc(tally.fallbacks)
            if model:
                self._fold_model(model, category, tally)
        for name, endpoint_now in self._endpoints.items():
            self.in_flight.labels(self._endpoint_names.bounded(name)).set(endpoint_now.in_flight)

    def _fold_model(self, model: str, category: str, tally: _Tally) -> None:
        model = self._model_names.bounded(model)
        self._count(self.selections, model, self._category_names.bounded(category), tally.count)
        if tally.prompt_tokens:
            self._count(self.tokens, "prompt", model, tally.prompt_tokens)
        if tally.completion_tokens:
            self._count(self.tokens, "completion", model, tally.completion_tokens)

    def _count(self, counter: Counter, first: str, second: str, amount: int = 1) -> None:
        key = (counter, first, second)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = counter.labels(first, second)
        child.inc(amount)

    def _endpoint(self, endpoint: str) -> _Endpoint:
        bound = self._endpoints.get(endpoint)
        if bound is None:
            name = self._endpoint_names.bounded(endpoint)
            bound = self._endpoints[name] = self._endpoints.get(name) or _Endpoint(self, name)
        return bound

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        self.declared.append(Declared(name, "counter", text, labels))
        return Counter(_PREFIX + name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        self.declared.append(Declared(name, "gauge", text, labels))
        return Gauge(_PREFIX + name, text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], label: str) -> _Histogram:
        self.declared.append(Declared(name, "histogram", text, (label,)))
        histogram = _Histogram(_PREFIX + name, text, buckets, label)
        self.registry.register(histogram)
        return histogram


class _Watched(Collector):
    """Numbers that others own, read while Prometheus waits."""

    def __init__(self) -> None:
        self.readings: dict[str, Reading] = {}

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        for name, read in self.readings.items():
            yield _family(WATCHED[name], read())


def reference() -> str:
    """The page docs/reference/metrics.md."""
    lines = [
        "# Metrics",
        "",
        "`GET /metrics` answers in Prometheus' text format. This page is generated from",
        "`src/smarterrouter/observability/metrics.py`; a test fails when it is stale.",
        "Labels are bounded: unknown endpoints, methods, error codes and categories count as `other`, and so does",
        f"every model, backend or job after the first {MOST_NAMES}.",
        "",
        "| metric | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    for line in sorted([*Metrics().declared, *WATCHED.values()]):
        labels = ", ".join(f"`{label}`" for label in line.labels)
        lines.append(f"| `{_PREFIX}{line.name}` | {line.kind} | {labels} | {line.help} |")
    return "\n".join([*lines, "", "The usual `process_*` metrics of the Python client come with them (Linux).", ""])


def _family(line: Declared, value: float | Mapping[str, float]) -> Metric:
    kind = CounterMetricFamily if line.kind == "counter" else GaugeMetricFamily
    family = kind(_PREFIX + line.name, line.help, labels=line.labels)
    for label, number in value.items() if isinstance(value, Mapping) else [(None, value)]:
        family.add_metric([] if label is None else [label], number)
    return family


def _codes(error: type[GatewayError]) -> set[str]:
    """The code of an error class and of everything below it."""
    return {error.code}.union(*(_codes(kind) for kind in error.__subclasses__()))
