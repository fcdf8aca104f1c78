"""Settings of what is kept: database, caches, Redis, graphics memory, failed work."""

from typing import Literal

from smarterrouter.settings.group import Group, on, setting
from smarterrouter.settings.kinds import (
    Count,
    DatabaseUrl,
    Gigabytes,
    Name,
    Positive,
    RedisUrl,
    Seconds,
    Share,
)


class Database(Group):
    """Where requests, profiles and keys are written down."""

    database_url: DatabaseUrl = setting("sqlite:///data/router.db", "SQLite file or PostgreSQL server.")
    database_pool_size: Positive = setting(10, "Connections kept open (PostgreSQL).")
    database_max_overflow: Count = setting(20, "Further connections under load (PostgreSQL).")
    database_pool_recycle: int = setting(3600, "Seconds after which a connection is replaced; -1 = never.", ge=-1)
    database_pool_pre_ping: bool = on("Test a connection before it is used.")


class Cache(Group):
    """What was answered or decided before."""

    cache_enabled: bool = on("Remember decisions and answers.")
    cache_max_size: Positive = setting(500, "Decisions that are remembered.")
    cache_ttl_seconds: Positive = setting(3600, "Seconds for which they are remembered.")
    cache_similarity_threshold: Share = setting(0.85, "How alike two prompts must be to share a decision.")
    cache_response_max_size: Positive = setting(200, "Answers that are remembered.")
    embed_model: str = setting("", "Embedding model that compares prompts.")
    persistent_cache_enabled: bool = on("Keep what is remembered in the database.")
    persistent_cache_max_age_days: Positive = setting(7, "Days after which it is deleted there.")
    cache_stats_enabled: bool = on("Count hits and misses over time.")
    cache_stats_retention_hours: Positive = setting(24, "Hours for which these counts are kept.")
    cache_cleanup_interval_hours: Positive = setting(24, "Hours between two clean-ups.")
    cache_backend: Literal["memory", "redis"] = setting("memory", "Where it is kept.")


class Redis(Group):
    """An optional Redis shared by several gateways."""

    redis_url: RedisUrl | None = setting(None, "Address of Redis, such as redis://localhost:6379/0.")
    redis_max_connections: Positive = setting(20, "Most connections.")
    redis_cache_prefix: Name = setting("smarterrouter:", "Text before every key.")


class Vram(Group):
    """The memory of graphics cards."""

    vram_monitor_enabled: bool = on("Watch the memory of graphics cards.")
    vram_monitor_interval: Seconds = setting(30.0, "Seconds between two readings.")
    vram_max_total_gb: Gigabytes | None = setting(None, "Gigabytes that models may take; unset = 90 % of the cards.")
    vram_log_interval: Seconds = setting(60.0, "Seconds between two summaries in the log.")
    vram_auto_unload_enabled: bool = on("Unload models when memory is needed.")
    vram_unload_threshold_pct: int = setting(85, "Percentage in use from which models are unloaded.", ge=1, le=100)
    vram_unload_strategy: Literal["lru", "largest"] = setting(
        "lru", "Which goes first: least recently used or largest."
    )
    vram_default_estimate_gb: Gigabytes = setting(8.0, "Gigabytes that an unknown model is taken to need.")
    amd_unified_memory_gb: Gigabytes | None = setting(None, "Memory of an AMD processor with shared memory.")
    apple_unified_memory_gb: Gigabytes | None = setting(None, "Memory of an Apple processor.")


class DeadLetters(Group):
    """Work that failed and is kept to be tried again."""

    dlq_enabled: bool = on("Keep work that failed.")
    dlq_max_retries: Count = setting(3, "How many times it is tried again.")
    dlq_retry_base_delay_seconds: Positive = setting(60, "Seconds before the first new try; doubles each time.")
    dlq_auto_retry_batch_size: Positive = setting(10, "How many are tried at once.")
