import base64
import hashlib
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.observability.redaction import GONE, is_secret_name, redact

KEY_LETTERS = string.ascii_letters + string.digits
secrets = st.text(KEY_LETTERS, min_size=16, max_size=80)
words = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=12), max_size=8).map(" ".join)
dull = words.filter(lambda text: redact(text) == text)
"""Prose to stand around a secret; that prose is left alone is a test of its own."""


def random_bytes(seed: int, length: int) -> bytes:
    """Bytes without structure, the same for the same seed."""
    return hashlib.shake_256(str(seed).encode()).digest(length)


@given(
    dull, st.sampled_from(["sk-", "sr-", "sk-proj-", "sk-ant-api03-", "gsk_", "hf_", "ghp_", "xoxb-"]), secrets, dull
)
def test_keys_never_show(before: str, prefix: str, secret: str, after: str) -> None:
    text = redact(f"{before} {prefix}{secret} {after}")
    assert secret not in text
    assert text == f"{before} {GONE} {after}"


@given(dull, st.sampled_from(["Bearer", "bearer", "BEARER"]), st.text(KEY_LETTERS + "._~+/-", min_size=6, max_size=90))
def test_bearer_tokens_never_show(before: str, scheme: str, token: str) -> None:
    shown = redact(f"{before} {scheme} {token.replace('token', '')}zzzzzz")
    assert shown == f"{before} {scheme} {GONE}"


names = st.sampled_from(
    ["secret", "api_key", "apikey", "API-KEY", "x-api-key", "password", "ROUTER_ADMIN_API_KEY", "client_secret",
     "secret_key", "access_token", "refresh_token", "Authorization", "private_key", "passwd", "token"]
)  # fmt: skip
plain_values = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\"'\\>"), min_size=1
).filter(lambda value: value.lower() not in {"bearer", "basic", "digest", "token"})


@given(dull, names, plain_values, dull)
def test_named_secrets_never_show(before: str, name: str, value: str, after: str) -> None:
    assert redact(f"{before} {name}={value} {after}") == f"{before} {name}={GONE} {after}"


@given(names, st.text(max_size=60), st.sampled_from(["'", '"', '\\"']))
def test_named_secrets_in_quotes_never_show(name: str, value: str, quote: str) -> None:
    value = value.replace("\\", "").replace("'", "").replace('"', "")
    text = f"{{{quote}{name}{quote}: {quote}{value}{quote}, {quote}model{quote}: {quote}m{quote}}}"
    assert redact(text) == f"{{{quote}{name}{quote}: {quote}{GONE}{quote}, {quote}model{quote}: {quote}m{quote}}}"


def test_an_escaped_quote_does_not_end_a_secret() -> None:
    assert redact(r'password="one\"two three" next') == f'password="{GONE}" next'


@given(st.integers(), st.integers(min_value=36, max_value=400))
@settings(derandomize=True)
def test_long_base64_and_hexadecimal_never_show(seed: int, length: int) -> None:
    data = random_bytes(seed, length)
    for text in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), data.hex()):
        assert redact(f"see {text} there") == f"see {GONE} there"


@given(st.integers(), st.integers(min_value=20, max_value=200))
@settings(derandomize=True)
def test_web_tokens_never_show(seed: int, length: int) -> None:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    body, seal = (base64.urlsafe_b64encode(random_bytes(seed + part, length)).decode().rstrip("=") for part in range(2))
    assert redact(f"with {head}.{body}.{seal} in it") == f"with {GONE} in it"


@given(
    st.sampled_from(["postgres", "postgresql+asyncpg", "mysql", "redis", "rediss", "mongodb+srv", "amqp"]),
    st.text(KEY_LETTERS, min_size=1, max_size=20),
    st.text(KEY_LETTERS + "/@:!", min_size=1, max_size=20),
)
def test_database_addresses_never_show(scheme: str, user: str, password: str) -> None:
    assert redact(f"at {scheme}://{user}:{password}@db:5432/x?sslmode=require now") == f"at {scheme}://{GONE} now"


@given(st.sampled_from(["http", "https", "ftp"]), st.text(KEY_LETTERS + ":!", min_size=1, max_size=20))
def test_passwords_in_addresses_never_show(scheme: str, userinfo: str) -> None:
    assert redact(f"get {scheme}://{userinfo}@host/path now") == f"get {scheme}://{GONE}@host/path now"


@given(st.text())
def test_any_text_is_taken_and_a_second_time_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(st.text(alphabet="secret= :\"'\\sk-eyJ.Bearer/@\n", max_size=80))
def test_pieces_of_patterns_are_taken_and_a_second_time_changes_nothing(text: str) -> None:
    assert redact(redact(redact(text))) == redact(redact(text))


@pytest.mark.parametrize(
    "text",
    [
        "The bearer of bad news asked for a secret recipe and the keys of the house.",
        "Bearer authentication is required",
        "prompt_tokens=12 max_tokens: 100 tokens=3",
        "Unexpected token: '<'",
        "Our secretary wrote a passage about risk-averse sk-learn users; class sr-only, locale sk-SK.",
        "https://example.org/@user/post?page=2 http://localhost:8080/v1/models",
        "sqlite:///data/smarterrouter.db",
        "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
        "unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF-Q4_K_M:latest",
        'File "/usr/lib/python3.11/site-packages/smarterrouter/observability/redaction.py", line 3, in redact',
        "test_that_the_breaker_opens_after_the_threshold_is_reached_and_not_before",
        "request 2f1b6951-d58a-40d9-bf30-622745d07422 answered as chatcmpl-04cf04190bf24e40bcb6a25c81a97573",
        "ollama/qwen2.5-coder:0.5b took 12.5 ms",
        "the answer is 42",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


@given(words)
def test_small_words_are_left_alone(text: str) -> None:
    assert redact(text) == text or re.search(r"bearer", text)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIabc\ncut off",
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    ],
)
def test_other_keys(text: str) -> None:
    assert redact(f"a {text}") == f"a {GONE}"


def test_headers_as_pairs() -> None:
    assert "abc" not in redact("[(b'x-api-key', b'abc'), (b'host', b'here')]")
    assert redact("Authorization: Basic YTpi next") == f"Authorization: {GONE} next"


HOSTILE = [
    *("sk-", "sk-aaaaaa ", "github_pat_", "eyJ", "eyJaaaaa.", "://", "://a:", "redis://", "aA1", "a", "a" * 39 + " "),
    *("secret", "secret     ", 'secret="', '\\"', "api_key',  ", "token'", "bearer ", "authorization: bearer "),
    *("-----BEGIN ", "-----BEGIN PRIVATE KEY-----", " ", "\n"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_lot_of_hostile_text_is_taken(piece: str) -> None:
    """With a pattern whose cost grows with the square of the length this would take hours."""
    text = piece * (2**18 // len(piece))
    assert len(redact(text)) <= 2 * len(text)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("api_key", True), ("ROUTER_ADMIN_API_KEY", True), ("authorization", True), ("token", True), ("hf_token", True),
     ("x-api-key", True), ("prompt_tokens", False), ("model", False), ("key", False), ("", False)],
)  # fmt: skip
def test_names_of_secrets(name: str, *, is_one: bool) -> None:
    assert is_secret_name(name) is is_one
