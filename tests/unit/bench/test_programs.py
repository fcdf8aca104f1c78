"""The parts of the bench that its numbers hang on, run as the programs that they are."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[3] / "bench"

BURNER = """
import subprocess, sys, threading
work = "sum(range(2 * 10**6))"
thread = threading.Thread(target=eval, args=(work,))
thread.start()
thread.join()
child = subprocess.Popen([sys.executable, "-c", work + "; print(1, flush=True); input()"], stdin=-1, stdout=-1)
child.stdout.readline()
print(1, flush=True)
input()
child.communicate(b"\\n")
"""


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The bench's own modules, which are scripts beside each other and no package."""
    monkeypatch.syspath_prepend(str(BENCH))
    import programs

    return programs


@pytest.fixture
def upstream(programs, tmp_path: Path) -> Iterator[object]:
    """A running fake model server."""
    with programs.Upstream(tmp_path) as server:
        server.wait_for("/v1/models")
        yield server


def load(port: int, *options: str) -> tuple[int, dict]:
    """Exit code and result of one run of the load generator."""
    command = [sys.executable, str(BENCH / "load.py"), "--port", str(port), "--concurrency", "4", *options]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_every_answer_is_counted(upstream) -> None:
    """JSON and streams, small and large: all requests are answered and none is wrong."""
    for options in (["--count", "50"], ["--count", "20", "--stream"], ["--count", "8", "--kilobytes", "1000"]):
        code, result = load(upstream.port, *options)
        assert (code, result["errors"], result["requests"]) == (0, 0, int(options[1]))


def test_separate_events_arrive_separately(upstream) -> None:
    """With a pause between chunks the client sees many reads, not one."""
    upstream.post("/pace", {"chunks": 50, "gap_ms": 5})
    _, result = load(upstream.port, "--count", "1", "--stream")
    assert 10 < result["arrivals"] <= 51


def test_a_lost_event_is_an_error(upstream) -> None:
    """A stream of 49 chunks is not a stream of 50."""
    upstream.post("/pace", {"chunks": 49, "gap_ms": 0})
    code, result = load(upstream.port, "--count", "5", "--stream")
    assert (code, result["errors"]) == (1, 5)
    assert result["first_error"].startswith("49 content events instead of 50")


def test_a_wrong_status_is_an_error(programs, tmp_path: Path) -> None:
    """The load generator notices a server that refuses everything: Python's own, which knows no POST."""
    server = programs.Server("refusing", [sys.executable, "-m", "http.server", "-b", "127.0.0.1"], tmp_path)
    server.port = programs.free_port()
    server.command.append(str(server.port))
    with server:
        server.wait_for("/")
        code, result = load(server.port, "--count", "3")
    assert (code, result["errors"]) == (1, 3)
    assert result["first_error"].startswith("status 501")


def test_usage_comes_when_asked_for(upstream) -> None:
    """The fake server sends a usage chunk only to those who want one."""
    body = {"model": "m", "stream": True, "messages": []}
    assert b'"choices":[]' not in upstream.post("/v1/chat/completions", body)[1]
    asked = upstream.post("/v1/chat/completions", body | {"stream_options": {"include_usage": True}})[1]
    assert b'"choices":[],"usage":{' in asked


def test_requests_have_their_size_and_never_repeat(programs) -> None:
    """Bodies are JSON of about 1 KB, 100 KB and 1 MB; request 10,000 differs from request 0 although the pool ends."""
    import prompts

    for kilobytes in (1, 100, 1000):
        requests = prompts.Requests("auto", kilobytes=kilobytes, stream=True)
        first, again = (b"".join(requests.parts(number)) for number in (0, prompts.POOL))
        assert abs(len(first) - 1000 * kilobytes) < 250
        assert first != again
        assert json.loads(first)["stream"] is True
    assert len(set(prompts.prompts())) == prompts.POOL


def test_cpu_time_of_threads_and_children_counts(programs) -> None:
    """What a thread and a child of a process burn is the process's cost."""
    import meter

    with subprocess.Popen([sys.executable, "-c", BURNER], stdin=-1, stdout=-1) as process:
        process.stdout.readline()
        assert len(meter.tree(process.pid)) == 2
        assert meter.cpu_seconds(process.pid) > meter._own_seconds(process.pid) > 0
        assert meter.memory(process.pid).peak_mb >= meter.memory(process.pid).rss_mb > 5
        process.communicate(b"\n")
    assert meter.cpu_seconds(process.pid) == 0
