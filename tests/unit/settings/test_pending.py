"""The list of names that wait for their feature can only shrink: take a name out here when its feature works."""

from smarterrouter.settings.groups import SETTINGS
from smarterrouter.settings.pending import PENDING, warnings

MAY_STILL_WAIT = frozenset(
    f"ROUTER_{name}"
    for name in [
        "ADMIN_ALLOWED_IPS",
        "ADMIN_AUDIT_ENABLED",
        "AMD_UNIFIED_MEMORY_GB",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_BASE_URL",
        "APPLE_UNIFIED_MEMORY_GB",
        "CACHE_BACKEND",
        "CACHE_CLEANUP_INTERVAL_HOURS",
        "CACHE_ENABLED",
        "CACHE_MAX_SIZE",
        "CACHE_RESPONSE_MAX_SIZE",
        "CACHE_SIMILARITY_THRESHOLD",
        "CACHE_STATS_ENABLED",
        "CACHE_STATS_RETENTION_HOURS",
        "CACHE_TTL_SECONDS",
        "COHERE_API_KEY",
        "COHERE_BASE_URL",
        "CONTENT_MODERATION_ACTION",
        "CONTENT_MODERATION_CATEGORIES",
        "CONTENT_MODERATION_ENABLED",
        "CONTENT_MODERATION_WEBHOOK_URL",
        "DLQ_AUTO_RETRY_BATCH_SIZE",
        "DLQ_ENABLED",
        "DLQ_MAX_RETRIES",
        "DLQ_RETRY_BASE_DELAY_SECONDS",
        "EMBED_MODEL",
        "ENCRYPTION_KEY",
        "EXTERNAL_PROVIDERS",
        "EXTERNAL_PROVIDERS_ENABLED",
        "GOOGLE_API_KEY",
        "GOOGLE_BASE_URL",
        "MISTRAL_API_KEY",
        "MISTRAL_BASE_URL",
        "PERSISTENT_CACHE_ENABLED",
        "PERSISTENT_CACHE_MAX_AGE_DAYS",
        "PINNED_MODEL",
        "PROMPT_INJECTION_ACTION",
        "PROMPT_INJECTION_DETECTION_ENABLED",
        "RATE_LIMIT_ADMIN_REQUESTS_PER_MINUTE",
        "RATE_LIMIT_CHAT_REQUESTS_PER_MINUTE",
        "RATE_LIMIT_ENABLED",
        "RATE_LIMIT_REQUESTS_PER_MINUTE",
        "REDIS_CACHE_PREFIX",
        "REDIS_MAX_CONNECTIONS",
        "REDIS_URL",
        "VRAM_AUTO_UNLOAD_ENABLED",
        "VRAM_DEFAULT_ESTIMATE_GB",
        "VRAM_LOG_INTERVAL",
        "VRAM_MAX_TOTAL_GB",
        "VRAM_MONITOR_ENABLED",
        "VRAM_MONITOR_INTERVAL",
        "VRAM_UNLOAD_STRATEGY",
        "VRAM_UNLOAD_THRESHOLD_PCT",
    ]
)


def test_nothing_new_waits() -> None:
    assert set(PENDING) <= MAY_STILL_WAIT


def test_only_real_settings_wait() -> None:
    assert set(PENDING) <= set(SETTINGS)
    assert all(PENDING.values())


def test_one_sentence_for_each_feature() -> None:
    found = warnings(frozenset({"ROUTER_CACHE_TTL_SECONDS", "ROUTER_CACHE_ENABLED", "ROUTER_REDIS_URL", "ROUTER_PORT"}))
    assert found == [
        "ROUTER_CACHE_ENABLED, ROUTER_CACHE_TTL_SECONDS: accepted, has no effect yet (comes with the caches)",
        "ROUTER_REDIS_URL: accepted, has no effect yet (comes with Redis)",
    ]
    assert warnings(frozenset()) == []
