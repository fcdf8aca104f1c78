"""Settings of what is learned about models: profiles, judges, benchmarks, feedback."""

from typing import Self

from pydantic import model_validator

from smarterrouter.settings.group import Group, off, on, setting
from smarterrouter.settings.kinds import (
    Count,
    FilePath,
    Name,
    OpenAiUrl,
    PageUrl,
    Positive,
    Seconds,
    SecondsOrOff,
    Secret,
    Words,
)


class Profiling(Group):
    """How models are measured on this machine."""

    profile_timeout: Seconds = setting(90.0, "Seconds for one question.")
    profile_prompts_per_category: Positive = setting(3, "Questions per category.")
    profile_measure_vram: bool = on("Measure the memory that a model takes.")
    profile_vram_sample_delay: SecondsOrOff = setting(2.0, "Seconds to wait before measuring.")
    profile_vram_samples: Positive = setting(3, "Measurements that are averaged.")
    profile_parallel_count: Positive = setting(1, "Models profiled at the same time.")
    profile_warmup_disk_speed_mbps: float = setting(50.0, "Disk speed in MB/s that loading is expected to have.", gt=0)
    profile_warmup_max_timeout: Seconds = setting(1800.0, "Longest wait in seconds for a model to load.")
    profile_adaptive_timeout_min: Seconds = setting(30.0, "Shortest limit in seconds that is adapted to a model.")
    profile_adaptive_timeout_max: Seconds = setting(1800.0, "Longest such limit in seconds.")
    profile_adaptive_safety_factor: float = setting(
        2.0, "How much longer than expected a model may take.", ge=1, le=100
    )

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.profile_adaptive_timeout_min > self.profile_adaptive_timeout_max:
            raise ValueError(
                "ROUTER_PROFILE_ADAPTIVE_TIMEOUT_MAX: must not be less than ROUTER_PROFILE_ADAPTIVE_TIMEOUT_MIN"
            )
        return self


class Judge(Group):
    """A strong model that grades answers while profiling."""

    judge_enabled: bool = off("Let a judge grade the answers.")
    judge_model: Name = setting("gpt-4o", "Model that judges.")
    judge_base_url: OpenAiUrl = setting("https://api.openai.com/v1", "Where it is served.")
    judge_api_key: Secret | None = setting(None, "Key for it.")
    judge_http_referer: str = setting("", "HTTP-Referer header, which OpenRouter asks for.")
    judge_x_title: str = setting("", "X-Title header, which OpenRouter asks for.")
    judge_max_retries: Count = setting(3, "New tries after a failure.")
    judge_retry_base_delay: SecondsOrOff = setting(1.0, "Seconds before the first; doubles each time.")


class Benchmarks(Group):
    """Where published scores come from."""

    benchmark_sources: Words = setting(
        ("huggingface", "lmsys"), "Sources, most trusted first; also artificial_analysis."
    )
    artificial_analysis_api_key: Secret | None = setting(None, "Key for artificialanalysis.ai.")
    artificial_analysis_cache_ttl: Count = setting(86400, "Seconds for which its data is kept.")
    artificial_analysis_model_mapping_file: FilePath | None = setting(None, "YAML file that maps its names to models.")


class ProviderDb(Group):
    """The downloadable database of scores of hosted models."""

    provider_db_enabled: bool = on("Use it.")
    provider_db_path: FilePath = setting("data/provider.db", "Where it is kept.")
    provider_db_auto_update_hours: Count = setting(4, "Hours between two downloads; 0 = never.")
    provider_db_max_age_hours: Positive = setting(168, "Hours after which it counts as stale.")
    provider_db_download_url: PageUrl = setting(
        "https://raw.githubusercontent.com/peva3/smarterrouter-provider/refs/heads/main/data/provider.db",
        "Where it is downloaded from.",
    )
    db_slow_fallback_enabled: bool = on("Do without it for a while when it is slow.")
    db_slow_query_threshold_ms: Positive = setting(250, "What counts as slow, in milliseconds.")
    db_slow_fallback_window_seconds: Count = setting(30, "Seconds to do without it.")
    db_stale_cache_max_age_seconds: Count = setting(300, "Age in seconds up to which remembered data serves meanwhile.")


class Feedback(Group):
    """What users say of answers."""

    feedback_enabled: bool = on("Collect feedback and learn from it.")
