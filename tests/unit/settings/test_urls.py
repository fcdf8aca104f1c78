from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.settings.urls import (
    anchored,
    database_url,
    http_url,
    normalise_base_url,
    sqlite_file,
    with_version,
    without_credentials,
    without_version,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("http://host:8000", "http://host:8000"),
        ("http://host:8000///", "http://host:8000"),
        (" https://host/v1/ ", "https://host/v1"),
        ("http://host/v1/v1", "http://host/v1"),
        ("http://host//openai//v1/v1/v1/", "http://host/openai/v1"),
        ("HTTP://[::1]:11434/", "http://[::1]:11434"),
        ("https://user:pw@host/x", "https://user:pw@host/x"),
    ],
)
def test_base_addresses_have_one_form(typed: str, meant: str) -> None:
    assert normalise_base_url(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "host:8000",
        "ftp://host",
        "//host",
        "http://",
        "http:///v1",
        "http://host:0",
        "http://host:70000",
        "http://[::1",
    ],
)
def test_what_is_no_http_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="must"):
        normalise_base_url(typed)


@pytest.mark.parametrize("typed", ["http://a b", "http://host/\nx", "http://host\x00"])
def test_spaces_and_control_characters_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="spaces or control"):
        http_url(typed)


@pytest.mark.parametrize("typed", ["http://host/?key=1", "http://host/#top"])
def test_a_base_address_ends_with_its_path(typed: str) -> None:
    assert http_url(typed) == typed
    with pytest.raises(ValueError, match=r"\? or #"):
        normalise_base_url(typed)


@given(st.sampled_from(["", "/v1", "/openai/v1", "/api"]), st.integers(0, 3), st.integers(0, 3))
def test_normalising_twice_changes_nothing(path: str, slashes: int, versions: int) -> None:
    once = normalise_base_url("http://host" + path + "/v1" * versions + "/" * slashes)
    assert normalise_base_url(once) == once
    assert "/v1/v1" not in once
    assert with_version(with_version(once)) == with_version(once)
    assert without_version(without_version(once)) == without_version(once)


def test_versions_are_added_and_removed() -> None:
    assert with_version("http://host:8000/") == "http://host:8000/v1"
    assert with_version("https://api.groq.com/openai/v1") == "https://api.groq.com/openai/v1"
    assert with_version("https://host/v1beta/openai/") == "https://host/v1beta/openai"
    assert without_version("http://localhost:11434/v1/") == "http://localhost:11434"


def test_databases_are_sqlite_or_postgres() -> None:
    for url in ("sqlite:///data/x.db", "sqlite+aiosqlite:////x.db", "sqlite://", "postgresql+asyncpg://u:p@h/d"):
        assert database_url(url) == url
    for url in ("mysql://h/d", "data/x.db", "sqlite://data/x.db", ""):
        with pytest.raises(ValueError, match="must"):
            database_url(url)


@pytest.mark.parametrize(
    ("url", "file", "absolute"),
    [
        ("sqlite:///data/x.db", "data/x.db", "sqlite:////home/data/x.db"),
        ("sqlite:////var/x.db", "/var/x.db", "sqlite:////var/x.db"),
        ("sqlite+aiosqlite:///x.db?mode=ro", "x.db", "sqlite+aiosqlite:////home/x.db?mode=ro"),
        ("sqlite:///:memory:", None, "sqlite:///:memory:"),
        ("sqlite://", None, "sqlite://"),
        ("postgresql://h/d", None, "postgresql://h/d"),
    ],
)
def test_relative_sqlite_paths_start_at_home(url: str, file: str | None, absolute: str) -> None:
    assert sqlite_file(url) == (Path(file) if file else None)
    assert anchored(url, Path("/home")) == absolute


@given(st.text())
def test_passwords_are_hidden_whatever_is_in_them(password: str) -> None:
    assert without_credentials(f"http://user:{password}@host/x") == "http://***@host/x"
