import os
import socket
from pathlib import Path

import pytest

from smarterrouter.profiling.checks import Run
from smarterrouter.profiling.sandbox import LONGEST_CODE, Limits, Sandbox, SandboxBroken

QUICK = Limits(seconds=0.5, memory_mb=32)
RUNS = [Run((2,), 4), Run((3,), 9)]

HOSTILE = {
    "fork bomb": "import os\nwhile True:\n    os.fork()",
    "fork without import": "__import__('os').fork()",
    "shell": "import os\nos.system('touch {marker}')",
    "subprocess": "import subprocess\nsubprocess.run(['touch', '{marker}'])",
    "write a file": "open('{marker}', 'w').write('x')",
    "write with pathlib": "from pathlib import Path\nPath('{marker}').write_text('x')",
    "read a file": "print(open('/etc/passwd').read())",
    "read the secret": "print(open('{secret}').read())",
    "list a folder": "import os\nprint(os.listdir('/'))",
    "environment": "import os\nprint(os.environ['HOME'], os.getenv('PATH'))\nraise ValueError",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', {port}))",
    "urllib": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}')",
    "http": "import http.client\nhttp.client.HTTPConnection('127.0.0.1', {port}).request('GET', '/')",
    "endless loop": "while True:\n    pass",
    "endless loop inside": "def square(n):\n    while True:\n        pass",
    "endless sum": "import itertools\nsum(itertools.count())",
    "long sleep": "import time\nwhile True:\n    time.sleep(1000)",
    "giant output": "while True:\n    print('x' * 10000)",
    "giant result": "def square(n):\n    return 'x' * 5_000_000",
    "giant list": "x = [0]\nwhile True:\n    x = x + x",
    "giant text": "x = 'a' * 10**12",
    "giant number": "x = 10 ** 10 ** 9",
    "slow number": "x = 3 ** 10 ** 6\nwhile True:\n    x = x * x",
    "deep recursion": "def f():\n    return f()\nf()",
    "deep nesting": "x = " + "(" * 20_000 + ")" * 20_000,
    "deep value": "def square(n):\n    x = []\n    for i in range(100000):\n        x = [x]\n    return x",
    "cycle": "def square(n):\n    x = []\n    x.append(x)\n    return x",
    "subclasses": "print(().__class__.__base__.__subclasses__())",
    "class of a function": "def f():\n    pass\nprint(f.__globals__['__builtins__'])",
    "frames": "try:\n    1 / 0\nexcept Exception as e:\n    print(e.__traceback__.tb_frame.f_globals)\n    raise",
    "builtins": "import builtins\nbuiltins.open('{marker}', 'w')",
    "importlib": "import importlib\nimportlib.import_module('os').system('touch {marker}')",
    "exec": "exec(\"import os; os.system('touch {marker}')\")",
    "eval": "eval(\"__import__('os').system('touch {marker}')\")",
    "compile": "exec(compile('import socket', 'x', 'exec'))",
    "threads": "import threading\nfor i in range(10000):\n    threading.Thread(target=lambda: None).start()",
    "processes": "import multiprocessing\nmultiprocessing.Pool(1000)",
    "ctypes": "import ctypes\nctypes.string_at(0)",
    "signal": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "exit": "import sys\nsys.exit(0)",
    "system exit": "raise SystemExit(0)",
    "input": "input()",
    "slow pattern": "import re\nre.match('(a|a)*$', 'a' * 100000 + 'b')\nwhile True:\n    pass",
    "surrogates": "x = '\\ud800'\nprint(x)\nraise ValueError(x)",
    "nul": "x = 1\x00",
    "binary": "\x7fELF\x02\x01",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_code_fails_and_the_host_is_untouched(name, tmp_path, monkeypatch):
    marker, secret = tmp_path / "marker", tmp_path / "secret"
    secret.write_text("do-not-tell")
    monkeypatch.setenv("HOME", "/home/told")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        code = HOSTILE[name]
        for word, value in (("marker", marker), ("secret", secret), ("port", server.getsockname()[1])):
            code = code.replace(f"{{{word}}}", str(value))
        if "def square" not in code:
            code += "\n\ndef square(n):\n    return 0\n"
        outcome = await Sandbox().run(code, "square", RUNS, QUICK)
        assert not outcome.passed
        assert not outcome.void
        assert outcome.detail
        assert "do-not-tell" not in outcome.detail
        with pytest.raises(TimeoutError):
            server.accept()
    assert not marker.exists()
    assert secret.read_text() == "do-not-tell"
    assert sorted(tmp_path.iterdir()) == [secret]


async def test_right_code_passes():
    outcome = await Sandbox().run("def square(n):\n    return n * n", "square", RUNS)
    assert outcome.passed, outcome


async def test_what_is_printed_does_not_matter():
    code = "print('\\n[4, 9]')\ndef square(n):\n    print('hello', n)\n    return n * n\nprint(square(5))"
    assert (await Sandbox().run(code, "square", RUNS)).passed


async def test_printing_the_right_results_is_not_enough():
    # The mark of the results is drawn anew for each run, and expected values never go in.
    code = (
        "import json\nfor mark in ('', 'x'):\n    print('\\n' + mark + json.dumps([4, 9]))\n"
        "def square(n):\n    return 0"
    )
    assert not (await Sandbox().run(code, "square", RUNS)).passed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return n + 2", "instead of 9"),
        ("return None", "instead of 4"),
        ("raise ValueError('no')", "ValueError"),
        ("return {1}", "TypeError"),
        ("return n *", "SyntaxError"),
    ],
)
async def test_wrong_code_fails_and_says_why(body, words):
    outcome = await Sandbox().run(f"def square(n):\n    {body}", "square", RUNS)
    assert not outcome.passed
    assert not outcome.void
    assert words in outcome.detail


async def test_another_function_is_not_the_one_asked_for():
    outcome = await Sandbox().run("def cube(n):\n    return n * n", "square", RUNS)
    assert (outcome.passed, outcome.detail) == (False, "no function square in the answer")


async def test_code_that_is_too_long_is_not_run():
    outcome = await Sandbox().run("#" * (LONGEST_CODE + 1) + "\ndef square(n): return n", "square", RUNS)
    assert outcome.detail == "the code is too long"


async def test_what_the_sandbox_lacks_is_void_rather_than_wrong():
    code = "class A(dict):\n    pass\n\ndef square(n):\n    return n * n"
    outcome = await Sandbox().run(code, "square", RUNS)
    assert (outcome.passed, outcome.void) == (False, True)


async def test_results_compare_as_python_does():
    runs = [Run((), [1, [2.0, "a"], {"k": None}, True])]
    code = "def f():\n    return (1, (2, 'a'), {'k': None}, True)"
    assert (await Sandbox().run(code, "f", runs)).passed
    assert not (await Sandbox().run(code.replace("2,", "3,"), "f", runs)).passed


async def test_arguments_are_fresh_for_each_run():
    code = "def f(x):\n    x.append(1)\n    return len(x)"
    assert (await Sandbox().run(code, "f", [Run(([],), 1), Run(([],), 1)])).passed


async def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await Sandbox().run("while True: pass\ndef square(n): pass", "square", RUNS, QUICK)
    assert list(tmp_path.iterdir()) == []


async def test_without_monty_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox = Sandbox()
    assert not sandbox.available
    with pytest.raises(SandboxBroken, match="not installed"):
        await sandbox.run("def square(n): return 1", "square", RUNS)


async def test_a_monty_with_other_options_is_not_the_models_fault(tmp_path):
    program = tmp_path / "monty"
    program.write_text('#!/bin/sh\necho "error: unexpected argument\nUsage: monty [FILE]" >&2\nexit 2\n')
    program.chmod(0o700)
    with pytest.raises(SandboxBroken, match="other options"):
        await Sandbox(program).run("def square(n): return 1", "square", RUNS)


async def test_a_sandbox_that_ignores_its_own_limit_is_stopped(tmp_path):
    program = tmp_path / "monty"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o700)
    outcome = await Sandbox(program).run("def square(n): return 1", "square", RUNS, Limits(seconds=0.1))
    assert outcome.detail == "ran too long or wrote too much"


def test_monty_is_found_beside_python():
    assert Sandbox().available
    assert Path(Sandbox()._program).is_file()
    assert os.access(Sandbox()._program, os.X_OK)
