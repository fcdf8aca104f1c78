import json
import logging
import multiprocessing
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.access.admin_key import FILE, PREFIX, AdminKey, AdminKeyUnusable
from smarterrouter.errors import Unauthorized


@pytest.fixture
def key(tmp_path: Path) -> AdminKey:
    return AdminKey.load("s3cret key", tmp_path)


@pytest.mark.parametrize("header", ["Bearer s3cret key", "bearer s3cret key", "BEARER   s3cret key  "])
def test_the_configured_key_opens(key: AdminKey, header: str) -> None:
    key.check(header)
    assert (key.open, key.fresh) == (False, None)


@pytest.mark.parametrize(
    "header",
    [None, "", " ", "Bearer", "Bearer ", "s3cret key", "Basic s3cret key", "Bearers3cret key", "Bearer: s3cret key"],
)
def test_no_key_is_told_how_to_send_one(key: AdminKey, header: str | None) -> None:
    with pytest.raises(Unauthorized, match="Authorization: Bearer") as caught:
        key.check(header)
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "header", ["Bearer s3cret", "Bearer S3CRET KEY", "Bearer s3cret key\0", "Bearer \xff", "Bearer €"]
)
def test_a_wrong_key_is_refused(key: AdminKey, header: str) -> None:
    with pytest.raises(Unauthorized, match="wrong"):
        key.check(header)


@given(st.text(st.characters()))
def test_any_header_is_answered_with_401(header: str) -> None:
    with pytest.raises(Unauthorized):
        AdminKey("k" * 40).check(header)


def test_a_key_may_be_any_utf_8(tmp_path: Path) -> None:
    key = AdminKey.load("clé-密", tmp_path)
    key.check("Bearer " + "clé-密".encode().decode("latin-1"))  # as a server hands header bytes on


def test_w17_admin_is_closed_when_no_key_is_set(tmp_path: Path) -> None:
    for configured in (None, "", "  "):
        key = AdminKey.load(configured, tmp_path)
        assert not key.open
        with pytest.raises(Unauthorized):
            key.check(None)


@pytest.mark.parametrize("configured", ["disable", " Disable "])
def test_w17_disable_opens_and_is_no_key(tmp_path: Path, configured: str) -> None:
    key = AdminKey.load(configured, tmp_path)
    assert key.open
    key.check(None)
    key.check("Bearer anything")
    assert not (tmp_path / FILE).exists()


def test_the_first_start_makes_a_key_and_later_ones_know_it(tmp_path: Path) -> None:
    directory = tmp_path / "data" / "deep"
    first = AdminKey.load(None, directory)
    assert first.fresh is not None
    assert first.fresh.startswith(PREFIX)
    assert len(first.fresh) >= len(PREFIX) + 43
    second = AdminKey.load(None, directory)
    assert second.fresh is None
    for key in (first, second):
        key.check(f"Bearer {first.fresh}")
        with pytest.raises(Unauthorized):
            key.check(f"Bearer {first.fresh}x")


def test_only_a_salted_hash_is_kept_and_only_for_its_owner(tmp_path: Path) -> None:
    keys = [AdminKey.load(None, tmp_path / name).fresh for name in "ab"]
    contents = [(tmp_path / name / FILE).read_bytes() for name in "ab"]
    assert keys[0] != keys[1]
    for key, content in zip(keys, contents, strict=True):
        assert key is not None
        assert key.removeprefix(PREFIX).encode() not in content
    assert [sorted(path.name for path in (tmp_path / name).iterdir()) for name in "ab"] == [[FILE], [FILE]]
    assert stat.S_IMODE((tmp_path / "a" / FILE).stat().st_mode) == 0o600


def test_a_configured_key_wins_over_the_sealed_one(tmp_path: Path) -> None:
    made = AdminKey.load(None, tmp_path).fresh
    key = AdminKey.load("configured", tmp_path)
    key.check("Bearer configured")
    with pytest.raises(Unauthorized):
        key.check(f"Bearer {made}")


def test_the_key_is_in_no_representation_and_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = AdminKey.load(None, tmp_path)
    assert key.fresh is not None
    key.check(f"Bearer {key.fresh}")
    assert key.fresh not in repr(key) + str(key) + caplog.text
    assert repr(AdminKey(None)) == "<AdminKey open>"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"salt": "", "digest": ""}',
        b'{"salt":"AAAAAAAAAAAAAAAAAAAAAA==","digest":"AA=="}',
    ],
)
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(AdminKeyUnusable, match=r"Delete it and start again") as caught:
        AdminKey.load(None, tmp_path)
    assert str(tmp_path / FILE) in str(caught.value)
    AdminKey.load("configured", tmp_path).check("Bearer configured")


def test_a_seal_of_another_kind_is_not_guessed_at(tmp_path: Path) -> None:
    AdminKey.load(None, tmp_path)
    seal = json.loads((tmp_path / FILE).read_bytes())
    (tmp_path / FILE).write_text(json.dumps({**seal, "algorithm": "md5"}))
    with pytest.raises(AdminKeyUnusable, match="damaged"):
        AdminKey.load(None, tmp_path)


def test_a_folder_that_cannot_be_used_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AdminKeyUnusable, match="set ROUTER_ADMIN_API_KEY"):
        AdminKey.load(None, tmp_path / "file")


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(_fresh, [tmp_path] * 16, chunksize=1)
        pool.close()
        pool.join()
    made = [key for key in keys if key]
    assert len(made) == 1
    AdminKey.load(None, tmp_path).check(f"Bearer {made[0]}")
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("faster", [False, True])
def test_a_file_system_without_hard_links_works_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faster: bool
) -> None:
    other = AdminKey.load(None, tmp_path / "other").fresh

    def link(_: Any, path: Path) -> None:
        if faster:
            path.write_bytes((tmp_path / "other" / FILE).read_bytes())
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", link)
    key = AdminKey.load(None, tmp_path)
    assert (key.fresh is None) == faster
    AdminKey.load(None, tmp_path).check(f"Bearer {other if faster else key.fresh}")


def _fresh(directory: Path) -> str | None:
    return AdminKey.load(None, directory).fresh
