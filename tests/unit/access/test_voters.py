"""Who gives feedback."""

import stat
from pathlib import Path

import pytest

from smarterrouter.access import voters
from smarterrouter.access.voters import FILE, Voters, network

KEY = bytes(32)


def test_a_credential_is_one_voter_from_wherever_it_comes() -> None:
    known = Voters(KEY)
    ann = known.of(b"Bearer ann", "10.0.0.1")
    assert known.of(b" Bearer ann ", "10.0.0.2") == ann
    assert len({ann, known.of(b"Bearer bob", "10.0.0.1"), known.of(b"", "10.0.0.1"), known.of(b"", "10.0.0.2")}) == 4


def test_hashes_name_nobody_and_depend_on_the_installation() -> None:
    here, there = Voters(KEY).of(b"Bearer ann", ""), Voters(b"x" * 32).of(b"Bearer ann", "")
    assert here != there
    assert "ann" not in here
    assert len(here) == 32


def test_an_address_is_no_credential() -> None:
    known = Voters(KEY)
    assert known.of(b"10.0.0.1", "1.1.1.1") != known.of(b"", "10.0.0.1")


def test_made_up_credentials_run_out() -> None:
    known = Voters(KEY)
    made_up = {known.of(b"Bearer %d" % number, "10.0.0.1") for number in range(1000)}
    assert len(made_up) == voters._KEYS_OF_ONE_ADDRESS + 1
    assert known.of(b"Bearer 3", "10.0.0.1") != known.of(b"", "10.0.0.1")  # who was there first stays
    assert known.of(b"Bearer new", "10.0.0.2") != known.of(b"", "10.0.0.2")


def test_addresses_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voters, "_ADDRESSES", 10)
    known = Voters(KEY)
    for number in range(50):
        known.of(b"Bearer x", f"10.0.0.{number}")
    assert len(known._heard) == 10


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_one_network_is_one_caller(address: str, expected: str) -> None:
    assert network(address) == expected


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first = Voters.load(tmp_path / "data").of(b"Bearer ann", "")
    file = tmp_path / "data" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Voters.load(tmp_path / "data").of(b"Bearer ann", "") == first
    assert [path.name for path in file.parent.iterdir()] == [FILE]


@pytest.mark.parametrize("content", [b"", b"short"])
def test_without_a_key_that_lasts_voters_last_until_the_end(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(content)
    known = Voters.load(tmp_path)
    assert known.of(b"Bearer ann", "") == known.of(b"Bearer ann", "")
    assert "damaged" in caplog.text


def test_a_folder_that_cannot_be_made_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert Voters.load(tmp_path / "file" / "data").of(b"", "10.0.0.1")
    assert "new after a restart" in caplog.text
