import subprocess
import sys


def test_a_command_that_fails_fails_the_process(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "smarterrouter", "nonsense"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "No such command 'nonsense'" in done.stderr
