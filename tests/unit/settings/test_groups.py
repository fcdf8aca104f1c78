"""The whole list of settings, written out: name, group, default, what a user writes, and what is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from smarterrouter.settings.groups import GROUPS, SETTINGS, Settings
from smarterrouter.settings.loading import load

TABLE: list[tuple[str, str, Any, str, Any]] = [
    ("HOST", "server", "127.0.0.1", "0.0.0.0", "0.0.0.0"),
    ("PORT", "server", 11436, "11437", 11437),
    ("REQUEST_TIMEOUT_ENABLED", "server", True, "false", False),
    ("REQUEST_TIMEOUT_SECONDS", "server", 300.0, "301.5", 301.5),
    ("MAX_REQUEST_BODY_BYTES", "server", 10485760, "10485761", 10485761),
    ("MAX_MESSAGE_CONTENT_LENGTH", "server", 100000, "100001", 100001),
    ("MAX_MESSAGES", "server", 10000, "10001", 10001),
    ("REQUEST_BODY_TIMEOUT_SECONDS", "server", 30.0, "31.5", 31.5),
    ("SSE_KEEPALIVE_SECONDS", "server", 15.0, "16.5", 16.5),
    ("CORS_ORIGINS", "server", (), "http://localhost:3000", ("http://localhost:3000",)),
    ("CORS_ALLOW_CREDENTIALS", "server", False, "true", True),
    ("CORS_ALLOW_METHODS", "server", ("GET", "POST", "PUT", "DELETE", "OPTIONS"), "one, two", ("one", "two")),
    ("CORS_ALLOW_HEADERS", "server", ("*",), "one, two", ("one", "two")),
    ("CORS_MAX_AGE", "server", 600, "601", 601),
    ("ENABLE_RESPONSE_COMPRESSION", "server", False, "true", True),
    ("COMPRESSION_MINIMUM_SIZE", "server", 1024, "1025", 1025),
    ("ENABLE_SLOW_QUERY_LOGGING", "server", False, "true", True),
    ("SLOW_QUERY_THRESHOLD_MS", "server", 500, "501", 501),
    ("PROVIDER", "backends", None, "llama-swap", "llama.cpp"),
    ("OLLAMA_URL", "backends", "http://localhost:11434", "https://example.test/x", "https://example.test/x"),
    ("LLAMA_CPP_URL", "backends", None, "https://example.test/x", "https://example.test/x"),
    ("OPENAI_BASE_URL", "backends", None, "https://example.test/v1", "https://example.test/v1"),
    ("OPENAI_API_KEY", "backends", None, "s3cret-value", "s3cret-value"),
    ("MODEL_PREFIX", "backends", "", "some-text", "some-text"),
    ("GENERATION_TIMEOUT", "backends", 120.0, "121.5", 121.5),
    ("MODEL_KEEP_ALIVE", "backends", -1, "0", 0),
    ("VERIFY_TLS", "backends", True, "false", False),
    ("BACKEND_RETRY_ENABLED", "backends", True, "false", False),
    ("BACKEND_MAX_RETRIES", "backends", 3, "4", 4),
    ("BACKEND_RETRY_BASE_DELAY", "backends", 1.0, "2.5", 2.5),
    ("BACKEND_RETRY_MAX_DELAY", "backends", 10.0, "11.5", 11.5),
    ("BACKEND_CIRCUIT_BREAKER_ENABLED", "backends", False, "true", True),
    ("BACKEND_CIRCUIT_BREAKER_FAILURE_THRESHOLD", "backends", 5, "6", 6),
    ("BACKEND_CIRCUIT_BREAKER_RESET_TIMEOUT", "backends", 60.0, "61.5", 61.5),
    ("BACKEND_CIRCUIT_BREAKER_HALF_OPEN_MAX_ATTEMPTS", "backends", 3, "4", 4),
    ("BACKEND_CIRCUIT_BREAKER_SLIDING_WINDOW_SIZE", "backends", 100, "101", 101),
    ("BACKEND_CIRCUIT_BREAKER_QUOTA_RESET_TIMEOUT", "backends", 3600.0, "3601.5", 3601.5),
    ("EXTERNAL_PROVIDERS_ENABLED", "backends", False, "true", True),
    ("EXTERNAL_PROVIDERS", "backends", ("openai", "anthropic", "google"), "one, two", ("one", "two")),
    ("ANTHROPIC_API_KEY", "backends", None, "s3cret-value", "s3cret-value"),
    ("ANTHROPIC_BASE_URL", "backends", None, "https://example.test/x", "https://example.test/x"),
    ("GOOGLE_API_KEY", "backends", None, "s3cret-value", "s3cret-value"),
    ("GOOGLE_BASE_URL", "backends", None, "https://example.test/x", "https://example.test/x"),
    ("COHERE_API_KEY", "backends", None, "s3cret-value", "s3cret-value"),
    ("COHERE_BASE_URL", "backends", None, "https://example.test/x", "https://example.test/x"),
    ("MISTRAL_API_KEY", "backends", None, "s3cret-value", "s3cret-value"),
    ("MISTRAL_BASE_URL", "backends", None, "https://example.test/x", "https://example.test/x"),
    ("LOCAL_MODELS_DIR", "backends", "data/models", "/srv/x", "/srv/x"),
    ("LOCAL_CONTEXT_TOKENS", "backends", 4096, "4097", 4097),
    ("LOCAL_PARALLEL", "backends", 4, "5", 5),
    ("LOCAL_THREADS", "backends", 0, "1", 1),
    ("DISCOVERY_ENABLED", "discovery", True, "false", False),
    ("POLLING_INTERVAL", "discovery", 300.0, "301.5", 301.5),
    ("MODEL_POLLING_ENABLED", "discovery", True, "false", False),
    ("MODEL_POLLING_INTERVAL", "discovery", 300.0, "301.5", 301.5),
    ("MODEL_CLEANUP_ENABLED", "discovery", False, "true", True),
    ("MODEL_AUTO_PROFILE_ENABLED", "discovery", True, "false", False),
    ("MODEL_FILTER_INCLUDE", "discovery", (), "gemma*,mistral*", ("gemma*", "mistral*")),
    ("MODEL_FILTER_EXCLUDE", "discovery", (), "one, two", ("one", "two")),
    ("MODALITY_CUSTOM_PATTERNS", "discovery", {}, '{"vision": ["my-vlm*"]}', {"vision": ("my-vlm*",)}),
    ("OFFLINE", "discovery", False, "true", True),
    ("EXTERNAL_MODEL_NAME", "routing", "smarterrouter/main", "hubrouter/main", "hubrouter/main"),
    ("MODELS_LIST", "routing", "all", "router", "router"),
    ("QUALITY_PREFERENCE", "routing", 0.5, "0.7", 0.7),
    ("PREFER_SMALLER_MODELS", "routing", True, "false", False),
    ("PREFER_NEWER_MODELS", "routing", True, "false", False),
    ("CASCADING_ENABLED", "routing", True, "false", False),
    ("PINNED_MODEL", "routing", "", "some-text", "some-text"),
    ("CONTEXT_SAFETY_MARGIN", "routing", 0.1, "0.7", 0.7),
    ("MODEL", "routing", "", "llama3.2:1b", "llama3.2:1b"),
    ("TEMPERATURE", "routing", 0.0, "1.5", 1.5),
    ("MAX_TOKENS", "routing", 50, "51", 51),
    ("CATEGORY_MODEL", "routing", "", "all-minilm", "all-minilm"),
    ("CATEGORY_TIMEOUT", "routing", 0.2, "0.5", 0.5),
    ("DISPATCHER_TIMEOUT", "routing", 2.0, "3.5", 3.5),
    ("SIGNATURE_ENABLED", "signature", True, "false", False),
    ("SIGNATURE_FORMAT", "signature", "\n\nModel: {model}", "\\n-- {model}", "\n-- {model}"),
    ("SIGNATURE_CLIENTS", "signature", "browsers", "all", "all"),
    ("ADMIN_API_KEY", "security", None, "s3cret-value", "s3cret-value"),
    ("ADMIN_ALLOWED_IPS", "security", (), "127.0.0.1, 10.0.0.0/8", ("127.0.0.1", "10.0.0.0/8")),
    ("ADMIN_AUDIT_ENABLED", "security", True, "false", False),
    ("RATE_LIMIT_ENABLED", "security", False, "true", True),
    ("RATE_LIMIT_REQUESTS_PER_MINUTE", "security", 60, "61", 61),
    ("RATE_LIMIT_CHAT_REQUESTS_PER_MINUTE", "security", 100, "101", 101),
    ("RATE_LIMIT_ADMIN_REQUESTS_PER_MINUTE", "security", 10, "11", 11),
    ("ENCRYPTION_KEY", "security", None, "s3cret-value", "s3cret-value"),
    ("PROMPT_INJECTION_DETECTION_ENABLED", "security", True, "false", False),
    ("PROMPT_INJECTION_ACTION", "security", "log", "warn", "warn"),
    ("CONTENT_MODERATION_ENABLED", "security", False, "true", True),
    ("CONTENT_MODERATION_ACTION", "security", "block", "log", "log"),
    ("CONTENT_MODERATION_WEBHOOK_URL", "security", None, "https://example.test/x", "https://example.test/x"),
    (
        "CONTENT_MODERATION_CATEGORIES",
        "security",
        ("weapons_explosives", "self_harm", "illegal_drugs", "child_exploitation"),
        "one, two",
        ("one", "two"),
    ),
    ("LOG_LEVEL", "observability", "INFO", "DEBUG", "DEBUG"),
    ("LOG_FORMAT", "observability", "text", "json", "json"),
    ("LOG_CONTENT", "observability", False, "true", True),
    ("LOG_CONTENT_RETENTION_DAYS", "observability", 7, "8", 8),
    ("DATABASE_URL", "database", "sqlite:///data/router.db", "postgresql://db/router", "postgresql://db/router"),
    ("DATABASE_POOL_SIZE", "database", 10, "11", 11),
    ("DATABASE_MAX_OVERFLOW", "database", 20, "21", 21),
    ("DATABASE_POOL_RECYCLE", "database", 3600, "3601", 3601),
    ("DATABASE_POOL_PRE_PING", "database", True, "false", False),
    ("CACHE_ENABLED", "cache", True, "false", False),
    ("CACHE_MAX_SIZE", "cache", 500, "501", 501),
    ("CACHE_TTL_SECONDS", "cache", 3600, "3601", 3601),
    ("CACHE_SIMILARITY_THRESHOLD", "cache", 0.85, "0.7", 0.7),
    ("CACHE_RESPONSE_MAX_SIZE", "cache", 200, "201", 201),
    ("EMBED_MODEL", "cache", "", "some-text", "some-text"),
    ("PERSISTENT_CACHE_ENABLED", "cache", True, "false", False),
    ("PERSISTENT_CACHE_MAX_AGE_DAYS", "cache", 7, "8", 8),
    ("CACHE_STATS_ENABLED", "cache", True, "false", False),
    ("CACHE_STATS_RETENTION_HOURS", "cache", 24, "25", 25),
    ("CACHE_CLEANUP_INTERVAL_HOURS", "cache", 24, "25", 25),
    ("CACHE_BACKEND", "cache", "memory", "redis", "redis"),
    ("REDIS_URL", "redis", None, "redis://localhost:6379/0", "redis://localhost:6379/0"),
    ("REDIS_MAX_CONNECTIONS", "redis", 20, "21", 21),
    ("REDIS_CACHE_PREFIX", "redis", "smarterrouter:", "some-text", "some-text"),
    ("VRAM_MONITOR_ENABLED", "vram", True, "false", False),
    ("VRAM_MONITOR_INTERVAL", "vram", 30.0, "31.5", 31.5),
    ("VRAM_MAX_TOTAL_GB", "vram", None, "12.5", 12.5),
    ("VRAM_LOG_INTERVAL", "vram", 60.0, "61.5", 61.5),
    ("VRAM_AUTO_UNLOAD_ENABLED", "vram", True, "false", False),
    ("VRAM_UNLOAD_THRESHOLD_PCT", "vram", 85, "86", 86),
    ("VRAM_UNLOAD_STRATEGY", "vram", "lru", "largest", "largest"),
    ("VRAM_DEFAULT_ESTIMATE_GB", "vram", 8.0, "9.5", 9.5),
    ("AMD_UNIFIED_MEMORY_GB", "vram", None, "12.5", 12.5),
    ("APPLE_UNIFIED_MEMORY_GB", "vram", None, "12.5", 12.5),
    ("PROFILE_EFFORT", "profiling", "normal", "Quick", "quick"),
    ("PROFILE_MAX_COST", "profiling", 0.5, "1.25", 1.25),
    ("PROFILE_TASKS_DIR", "profiling", None, "/some/tasks", "/some/tasks"),
    ("PROFILE_TIMEOUT", "profiling", 90.0, "91.5", 91.5),
    ("PROFILE_PROMPTS_PER_CATEGORY", "profiling", 3, "4", 4),
    ("PROFILE_MEASURE_VRAM", "profiling", True, "false", False),
    ("PROFILE_VRAM_SAMPLE_DELAY", "profiling", 2.0, "3.5", 3.5),
    ("PROFILE_VRAM_SAMPLES", "profiling", 3, "4", 4),
    ("PROFILE_PARALLEL_COUNT", "profiling", 1, "2", 2),
    ("PROFILE_WARMUP_DISK_SPEED_MBPS", "profiling", 50.0, "51.5", 51.5),
    ("PROFILE_WARMUP_MAX_TIMEOUT", "profiling", 1800.0, "1801.5", 1801.5),
    ("PROFILE_ADAPTIVE_TIMEOUT_MIN", "profiling", 30.0, "31", 31.0),
    ("PROFILE_ADAPTIVE_TIMEOUT_MAX", "profiling", 1800.0, "1801.5", 1801.5),
    ("PROFILE_ADAPTIVE_SAFETY_FACTOR", "profiling", 2.0, "3.5", 3.5),
    ("JUDGE_ENABLED", "judge", False, "true", True),
    ("JUDGE_MODEL", "judge", "gpt-4o", "some-text", "some-text"),
    ("JUDGE_BASE_URL", "judge", "https://api.openai.com/v1", "https://example.test/v1", "https://example.test/v1"),
    ("JUDGE_API_KEY", "judge", None, "s3cret-value", "s3cret-value"),
    ("JUDGE_HTTP_REFERER", "judge", "", "some-text", "some-text"),
    ("JUDGE_X_TITLE", "judge", "", "some-text", "some-text"),
    ("JUDGE_MAX_RETRIES", "judge", 3, "4", 4),
    ("JUDGE_RETRY_BASE_DELAY", "judge", 1.0, "2.5", 2.5),
    ("BENCHMARK_SOURCES", "benchmarks", ("huggingface", "lmsys"), "one, two", ("one", "two")),
    ("ARTIFICIAL_ANALYSIS_API_KEY", "benchmarks", None, "s3cret-value", "s3cret-value"),
    ("ARTIFICIAL_ANALYSIS_CACHE_TTL", "benchmarks", 86400, "86401", 86401),
    ("ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE", "benchmarks", None, "/srv/x", "/srv/x"),
    ("PROVIDER_DB_ENABLED", "provider_db", True, "false", False),
    ("PROVIDER_DB_PATH", "provider_db", "data/provider.db", "/srv/x", "/srv/x"),
    ("PROVIDER_DB_AUTO_UPDATE_HOURS", "provider_db", 4, "5", 5),
    ("PROVIDER_DB_MAX_AGE_HOURS", "provider_db", 168, "169", 169),
    (
        "PROVIDER_DB_DOWNLOAD_URL",
        "provider_db",
        "https://raw.githubusercontent.com/peva3/smarterrouter-provider/refs/heads/main/data/provider.db",
        "https://example.test/x",
        "https://example.test/x",
    ),
    ("DB_SLOW_FALLBACK_ENABLED", "provider_db", True, "false", False),
    ("DB_SLOW_QUERY_THRESHOLD_MS", "provider_db", 250, "251", 251),
    ("DB_SLOW_FALLBACK_WINDOW_SECONDS", "provider_db", 30, "31", 31),
    ("DB_STALE_CACHE_MAX_AGE_SECONDS", "provider_db", 300, "301", 301),
    ("FEEDBACK_ENABLED", "feedback", True, "false", False),
    ("DLQ_ENABLED", "dead_letters", True, "false", False),
    ("DLQ_MAX_RETRIES", "dead_letters", 3, "4", 4),
    ("DLQ_RETRY_BASE_DELAY_SECONDS", "dead_letters", 60, "61", 61),
    ("DLQ_AUTO_RETRY_BATCH_SIZE", "dead_letters", 10, "11", 11),
]
_TEXT = {
    *(
        "MODEL_PREFIX",
        "SIGNATURE_FORMAT",
        "PINNED_MODEL",
        "MODEL",
        "CATEGORY_MODEL",
        "EMBED_MODEL",
        "JUDGE_HTTP_REFERER",
        "JUDGE_X_TITLE",
    ),
}


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.as_posix() if isinstance(value, Path) else value


def _read(directory: Path, environment: Mapping[str, str], group: str, name: str) -> Any:
    settings = load(environment, directory).settings
    return _plain(getattr(getattr(settings, group), name.lower()))


@pytest.mark.parametrize(("name", "group", "default", "text", "read"), TABLE, ids=[row[0] for row in TABLE])
def test_every_setting_is_read(tmp_path: Path, name: str, group: str, default: Any, text: str, read: Any) -> None:
    assert read != default, "the row would prove nothing"
    assert _plain(getattr(getattr(Settings(), group), name.lower())) == default
    assert _read(tmp_path, {f"ROUTER_{name}": text}, group, name) == read


@pytest.mark.parametrize(("name", "group", "default"), [row[:3] for row in TABLE], ids=[row[0] for row in TABLE])
def test_blank_values_fall_back_except_for_text(tmp_path: Path, name: str, group: str, default: Any) -> None:
    expected = _read(tmp_path, {}, group, name)
    for blank in ("", "   "):
        assert _read(tmp_path, {f"ROUTER_{name}": blank}, group, name) == (blank if name in _TEXT else expected)


def test_the_table_is_complete() -> None:
    assert {f"ROUTER_{row[0]}" for row in TABLE} == set(SETTINGS)
    assert len({row[0] for row in TABLE}) == len(TABLE)


def test_every_setting_has_one_sentence_for_people() -> None:
    for one in SETTINGS.values():
        assert one.field.description, one.name
        assert one.field.description.endswith("."), one.name


def test_no_name_stands_in_two_groups() -> None:
    names = [name for group in GROUPS.values() for name in group.model_fields]
    assert len(names) == len(set(names)) == len(SETTINGS)


def test_settings_are_frozen_and_refuse_unknown_names() -> None:
    with pytest.raises(ValidationError):
        Settings().server.port = 1
    with pytest.raises(ValidationError):
        GROUPS["server"].model_validate({"prot": 1})


def test_data_belongs_beside_the_database() -> None:
    def data_dir(url: str) -> Path:
        database = GROUPS["database"].model_validate({"database_url": url})
        return Settings.model_validate({"database": database, "home": Path("/home/x")}).data_dir

    assert data_dir("sqlite:///data/router.db") == Path("/home/x/data")
    assert data_dir("sqlite:////var/lib/router.db") == Path("/var/lib")
    assert data_dir("sqlite:///:memory:") == Path("/home/x/data")
    assert data_dir("postgresql://db/router") == Path("/home/x/data")
