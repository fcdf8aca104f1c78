"""An environment is made once, made again when its requirements change, and never half made."""

import subprocess
from pathlib import Path

import pytest
from tests.clients import environments

environment_of = environments.environment_of.__wrapped__  # without its memory


@pytest.fixture
def requirements(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where requirement files are for this test."""
    monkeypatch.setenv("SMARTERROUTER_CLIENTS_DIR", str(tmp_path / "shelf"))
    monkeypatch.setattr(environments, "REQUIREMENTS", tmp_path)
    return tmp_path


def test_made_once_and_again_when_the_requirements_change(requirements: Path) -> None:
    (requirements / "some.txt").write_text("# nothing\n")
    made = environment_of("some")
    prefix = subprocess.run([made.python, "-c", "import sys; print(sys.prefix)"], capture_output=True, check=True)
    assert Path(prefix.stdout.decode().strip()) == made.folder
    (made.folder / "mine").touch()
    assert environment_of("some") == made
    assert (made.folder / "mine").exists(), "it was made a second time"
    (requirements / "some.txt").write_text("# nothing else\n")
    assert environment_of("some").folder != made.folder


def test_an_installation_that_fails_is_a_failure_with_its_last_lines(requirements: Path) -> None:
    (requirements / "some.txt").write_text("nothing @ file:///there/is/no/such/nothing-1-py3-none-any.whl\n")
    for _ in range(2):  # the half-made environment of the first attempt does not pass for a finished one
        with pytest.raises(pytest.fail.Exception, match=r"(?s)pip install.* failed:.*no/such/nothing"):
            environment_of("some")
