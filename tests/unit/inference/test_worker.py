import asyncio
import signal
import subprocess
import sys
import textwrap
import time

import msgspec
import psutil
import pytest
from tests.doubles.tiny_models import TinyServer, tiny_model

from smarterrouter.inference.engines.base import Plan

COMMAND = (sys.executable, "-m", "smarterrouter.inference.worker", "name")


def run(line):
    return subprocess.run(COMMAND, input=line, capture_output=True, timeout=60, check=False)


def plan(**more):
    return msgspec.json.encode(Plan("tiny", str(more.pop("path", tiny_model())), 256, **more)) + b"\n"


def start(line):
    worker = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    worker.stdin.write(line)
    worker.stdin.flush()
    assert b"address" in worker.stdout.readline()
    return worker


def gone(process, tries=3000):
    """Wait for the end of a process that is not our child, so that nobody may ever collect it."""
    for _ in range(tries):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False


def test_it_says_its_address_and_ends_with_its_input():
    done = run(plan())
    assert done.returncode == 0
    assert msgspec.json.decode(done.stdout)["address"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("line", [b"", b"nonsense\n", b'{"name":1}\n'])
def test_without_a_plan_it_says_so(line):
    done = run(line)
    assert done.returncode == 2
    assert b"not a plan" in done.stderr


def test_a_missing_file_is_an_error_with_words(tmp_path):
    done = run(plan(path=tmp_path / "none.gguf"))
    assert done.returncode == 1
    assert b"cannot load" in done.stderr
    assert b"No such file" in done.stderr
    assert done.stdout == b""


def test_a_broken_file_is_an_error_with_words(tmp_path):
    (tmp_path / "broken.gguf").write_bytes(tiny_model().read_bytes()[:5000])
    done = run(plan(path=tmp_path / "broken.gguf"))
    assert done.returncode == 1
    assert b"broken.gguf" in done.stderr


def test_an_unknown_engine_is_an_error_with_words():
    done = run(plan(engine="steam"))
    assert done.returncode == 1
    assert b"known: llama_cpp" in done.stderr


def test_it_does_not_start_for_a_parent_that_is_gone():
    done = run(plan(parent=2**22 + 1))
    assert done.returncode == 0
    assert done.stdout == b""


def test_sigterm_ends_it_and_ctrl_c_does_not():
    worker = start(plan())
    worker.send_signal(signal.SIGINT)
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGTERM


async def streaming(server):
    """The open connection of a long stream that has begun."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = b'{"messages":[{"role":"user","content":"x"}],"max_tokens":4000,"stream":true}'
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    writer.write(head + body)
    await reader.readuntil(b"delta")
    return writer


async def test_sigterm_while_a_stream_runs_is_no_abort():
    async with TinyServer(script=(), context=4096) as server:
        writer = await streaming(server)
        process = server._process
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == -signal.SIGTERM
        writer.close()


async def test_end_of_input_while_a_stream_runs_is_no_abort():
    async with TinyServer(script=(), context=4096) as server:
        writer = await streaming(server)
        process = server._process
        process.stdin.close()
        assert await process.wait() == 0
        writer.close()


async def test_a_caller_that_leaves_frees_its_slot():
    async with TinyServer(script=(), context=4096) as server:
        writer = await streaming(server)
        assert await server.busy() == 1
        writer.close()
        await server.quiet()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own notice of a parent's death is Linux's")
def test_it_dies_with_a_parent_that_was_killed():
    """The parent hands its worker's input to a bystander, so that only the kernel's notice is left to end it."""
    parent = textwrap.dedent(f"""
        import os, subprocess, sys
        read, write = os.pipe()
        bystander = subprocess.Popen(["sleep", "600"], pass_fds=[write], stdout=subprocess.DEVNULL)
        worker = subprocess.Popen({COMMAND!r}, stdin=read, stdout=subprocess.PIPE)
        os.write(write, {plan()!r}.replace(b'"parent":0', b'"parent":%d' % os.getpid()))
        assert worker.stdout.readline()
        print(bystander.pid, worker.pid, flush=True)
        sys.stdin.read()
    """)
    process = subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    bystander, worker = (psutil.Process(int(number)) for number in process.stdout.readline().split())
    try:
        process.kill()
        process.communicate()
        assert gone(worker)
        assert not gone(bystander, tries=1)
    finally:
        bystander.kill()


def test_its_key_is_on_no_command_line():
    worker = start(plan(api_key="very-secret"))
    command = psutil.Process(worker.pid).cmdline()
    worker.communicate(timeout=60)
    assert not any("very-secret" in part for part in command)
