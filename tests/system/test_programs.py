"""Every package that the system tests ask for is really here."""

from pathlib import Path

import pytest
from tests.system.support import finish, program

ROOT = Path(__file__).parents[2]
PROGRAMS = {"nodejs": "node"}
PACKAGES = [line.split("#")[0].strip() for line in (ROOT / "packages.txt").read_text().splitlines()]


@pytest.mark.parametrize("package", [package for package in PACKAGES if package])
async def test_program_is_here_and_runs(package: str) -> None:
    """It tells its version."""
    path = program(PROGRAMS.get(package, package))
    flag = "-v" if package in ("nginx", "wrk") else "--version"
    _, output = await finish([path, flag])
    assert any(letter.isdigit() for letter in output), output
