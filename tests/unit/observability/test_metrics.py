import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import BackendBusy
from smarterrouter.observability.metrics import CONTENT_TYPE, MOST_NAMES, WATCHED, Metrics, reference

ROOT = Path(__file__).parents[3]


def record(**changes: object) -> RequestRecord:
    usual: dict[str, object] = {
        "id": "r1",
        "at": 0.0,
        "endpoint": "chat",
        "asked_model": "auto",
        "model": "ollama/a",
        "strategy": "scored",
        "status": 200,
        "category": "code",
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "first_byte_ms": 3.0,
        "total_ms": 30.0,
        "overhead_ms": 0.2,
    }
    return RequestRecord(**{**usual, **changes})  # type: ignore[arg-type]


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """What a scrape shows, read back from the text."""
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            if sample.name == f"smarterrouter_{name}" and sample.labels == labels:
                return sample.value
    return None


def series(metrics: Metrics) -> int:
    return metrics.render().count(b"\nsmarterrouter_")


def test_w15_every_metric_of_a_finished_request_moves() -> None:
    metrics = Metrics()
    metrics.finished(record(fell_back_from="ollama/b"))
    expected = {
        ("requests_total", "endpoint=chat method=POST"): 1,
        ("responses_total", "endpoint=chat status=2xx"): 1,
        ("request_duration_seconds_sum", "endpoint=chat"): 0.03,
        ("first_byte_seconds_sum", "endpoint=chat"): 0.003,
        ("overhead_seconds_sum", "endpoint=chat"): 0.0002,
        ("model_selections_total", "selected_model=ollama/a category=code"): 1,
        ("tokens_total", "direction=prompt model=ollama/a"): 10,
        ("tokens_total", "direction=completion model=ollama/a"): 20,
        ("fallbacks_total", ""): 1,
        ("client_disconnects_total", ""): 0,
    }
    shown = {
        (name, labels): value(metrics, name, **dict(pair.split("=") for pair in labels.split()))
        for name, labels in expected
    }
    assert shown == pytest.approx(expected)


def test_a_request_that_failed_selects_no_model_and_is_an_error() -> None:
    metrics = Metrics()
    metrics.finished(record(model="", status=503, error=BackendBusy.code, first_byte_ms=0.0))
    assert value(metrics, "errors_total", endpoint="chat", error_type="backend_busy") == 1
    assert value(metrics, "responses_total", endpoint="chat", status="5xx") == 1
    assert value(metrics, "first_byte_seconds_count", endpoint="chat") == 0
    assert b"model_selections_total{" not in metrics.render()
    assert b"tokens_total{" not in metrics.render()


def test_a_caller_who_left_is_counted_as_such() -> None:
    metrics = Metrics()
    metrics.finished(record(status=499))
    assert value(metrics, "client_disconnects_total") == 1


def test_requests_without_a_model_are_counted_at_the_door() -> None:
    metrics = Metrics()
    metrics.answered("models", "GET", 200, "", 0.5)
    metrics.answered("chat", "POST", 400, "invalid_request_error", 0.001)
    assert value(metrics, "requests_total", endpoint="models", method="GET") == 1
    assert value(metrics, "request_duration_seconds_sum", endpoint="models") == 0.5
    assert value(metrics, "errors_total", endpoint="chat", error_type="invalid_request_error") == 1


def test_gauges_go_up_and_down() -> None:
    metrics = Metrics()
    metrics.entered("chat")
    metrics.entered("chat")
    metrics.left("chat")
    metrics.stream_opened()
    assert value(metrics, "requests_in_flight", endpoint="chat") == 1
    assert value(metrics, "streams_open") == 1
    metrics.stream_closed()
    assert value(metrics, "streams_open") == 0


def test_upstream_failures_and_jobs() -> None:
    metrics = Metrics()
    metrics.upstream_failed("ollama", "backend_timeout")
    metrics.job_ran("refresh_models", ok=True)
    metrics.job_ran("refresh_models", ok=False)
    assert value(metrics, "upstream_failures_total", backend="ollama", error_type="backend_timeout") == 1
    assert value(metrics, "jobs_runs_total", job="refresh_models", result="ok") == 1
    assert value(metrics, "jobs_runs_total", job="refresh_models", result="failed") == 1


def test_what_others_own_is_read_when_asked_for() -> None:
    metrics = Metrics()
    assert not any(name.encode() in metrics.render() for name in WATCHED)
    queue = [1, 2]
    metrics.watch("journal_queue_length", lambda: len(queue))
    metrics.watch("journal_written_total", lambda: 7)
    metrics.watch("backend_up", lambda: {"ollama": 1, "vllm": 0})
    queue.append(3)
    assert value(metrics, "journal_queue_length") == 3
    assert value(metrics, "journal_written_total") == 7
    assert value(metrics, "backend_up", backend="ollama") == 1
    assert value(metrics, "backend_up", backend="vllm") == 0
    with pytest.raises(KeyError):
        metrics.watch("nothing_like_it", lambda: 1)


def test_w15_whatever_is_asked_for_the_number_of_series_is_bounded() -> None:
    metrics = Metrics()
    for number in range(2 * MOST_NAMES):
        text = f"/raw/path/{number}"
        metrics.finished(record(endpoint=text, model=text, category=text, error=text), text)
        metrics.answered(text, text, 404, text, 0.1)
        metrics.entered(text)
        metrics.upstream_failed(text, text)
        metrics.job_ran(text, ok=True)
    metrics.finished(record(model="late"))
    assert value(metrics, "requests_total", endpoint="other", method="other") == 4 * MOST_NAMES
    assert value(metrics, "errors_total", endpoint="other", error_type="other") == 4 * MOST_NAMES
    assert value(metrics, "model_selections_total", selected_model="/raw/path/0", category="other") == 1
    assert value(metrics, "model_selections_total", selected_model="other", category="code") == 1
    assert series(metrics) < 6 * MOST_NAMES + 200


@given(st.text(), st.text(), st.text(), st.integers(0, 999), st.integers(), st.integers())
def test_no_value_of_a_record_breaks_the_page(
    model: str, endpoint: str, error: str, status: int, prompt: int, completion: int
) -> None:
    model, endpoint, error = (text.encode("utf-8", "replace").decode() for text in (model, endpoint, error))
    metrics = Metrics()
    metrics.finished(
        record(
            model=model,
            endpoint=endpoint,
            error=error,
            status=status,
            prompt_tokens=prompt,
            completion_tokens=completion,
        )
    )
    metrics.render()
    assert sum(sample.value for sample in metrics.requests.collect()[0].samples) == 1
    assert list(text_string_to_metric_families(metrics.render().decode()))


@pytest.mark.parametrize("tokens", [-5, 0, 10**400])
def test_tokens_that_cannot_be_are_not_counted(tokens: int) -> None:
    metrics = Metrics()
    metrics.finished(record(prompt_tokens=tokens, completion_tokens=tokens))
    assert b"tokens_total{" not in metrics.render()


def test_two_of_them_do_not_meet() -> None:
    first, second = Metrics(), Metrics()
    first.finished(record())
    assert b'requests_total{endpoint="chat"' not in second.render()


def test_the_version_is_shown() -> None:
    assert value(Metrics("1.2.3"), "build_info", version="1.2.3") == 1


def test_the_page_is_what_prometheus_expects() -> None:
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")
    page = Metrics().render().decode()
    assert not re.search(r"_created\b", page)
    assert list(text_string_to_metric_families(page))


def test_the_reference_page_is_fresh() -> None:
    assert (ROOT / "docs/reference/metrics.md").read_text() == reference()


def test_the_reference_page_names_every_metric_that_is_shown() -> None:
    metrics = Metrics("1")
    for name in WATCHED:
        metrics.watch(name, dict if WATCHED[name].labels else lambda: 1)
    shown = set(re.findall(r"^# TYPE (smarterrouter_\w+)", metrics.render().decode(), re.M))
    assert shown == set(re.findall(r"`(smarterrouter_\w+)`", reference()))
    assert len(shown) > 15
