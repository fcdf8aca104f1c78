"""Settings of what is learned about models: profiles, judges, benchmarks, feedback."""

from typing import Literal, Self

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

    profile_effort: Literal["quick", "normal", "thorough"] = setting(
        "normal", "How many answers one model gives at most: quick 15, normal 40, thorough 50."
    )
    profile_max_cost: float = setting(
        0.5, "US dollars that the profile of one hosted model may cost; 0 = hosted models are not profiled.", ge=0
    )
    profile_tasks_dir: FilePath | None = setting(None, "Folder of your own tasks, asked beside those of the package.")
    profile_timeout: Seconds = setting(90.0, "Seconds for one answer before any was measured; larger models get more.")
    profile_prompts_per_category: Positive = setting(
        3, "Questions about each category before a profile may end early, as far as its effort allows."
    )
    profile_measure_vram: bool = on("Measure the memory that a model takes on graphics cards, where its backend tells.")
    profile_vram_sample_delay: SecondsOrOff = setting(2.0, "Seconds to wait before measuring it.")
    profile_vram_samples: Positive = setting(3, "Measurements that are averaged.")
    profile_parallel_count: Positive = setting(1, "Models profiled at the same time.")
    profile_warmup_disk_speed_mbps: float = setting(
        50.0, "Disk speed in MB/s that loading a model is expected to have.", gt=0
    )
    profile_warmup_max_timeout: Seconds = setting(1800.0, "Longest wait in seconds for a model to load.")
    profile_adaptive_timeout_min: Seconds = setting(
        30.0, "Shortest limit in seconds for one answer, once answers were measured."
    )
    profile_adaptive_timeout_max: Seconds = setting(1800.0, "Longest limit in seconds for one answer.")
    profile_adaptive_safety_factor: float = setting(
        2.0, "How much longer than measured before an answer may take.", ge=1, le=100
    )

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.profile_adaptive_timeout_min > self.profile_adaptive_timeout_max:
            raise ValueError(
                "ROUTER_PROFILE_ADAPTIVE_TIMEOUT_MAX: must not be less than ROUTER_PROFILE_ADAPTIVE_TIMEOUT_MIN"
            )
        return self


class Judge(Group):
    """A strong model that grades free prose while profiling, beside the checks that programs make."""

    judge_enabled: bool = off("Let a judge grade free prose; ROUTER_OFFLINE=true keeps it out.")
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
        ("huggingface", "lmsys"),
        "Sources, most trusted first: huggingface, lmsys, hub, artificial_analysis, files and addresses; [] = none.",
    )
    artificial_analysis_api_key: Secret | None = setting(
        None, "Key for artificialanalysis.ai, which the source artificial_analysis needs."
    )
    artificial_analysis_cache_ttl: Count = setting(86400, "Seconds for which its data is kept.")
    artificial_analysis_model_mapping_file: FilePath | None = setting(
        None, "YAML file that maps its names to your models."
    )


class ProviderDb(Group):
    """The downloadable database of scores of hosted models, most of them estimated."""

    provider_db_enabled: bool = on("Use it.")
    provider_db_path: FilePath = setting("data/provider.db", "Where it is kept.")
    provider_db_auto_update_hours: Count = setting(4, "Hours between two downloads; 0 = never.")
    provider_db_max_age_hours: Positive = setting(168, "Hours from which on its age is a warning.")
    provider_db_download_url: PageUrl = setting(
        "https://raw.githubusercontent.com/peva3/smarterrouter-provider/refs/heads/main/data/provider.db",
        "Where it is downloaded from.",
    )
    db_slow_fallback_enabled: bool = on("When reading it is slow, use what was read for a while.")
    db_slow_query_threshold_ms: Positive = setting(250, "What counts as slow, in milliseconds.")
    db_slow_fallback_window_seconds: Count = setting(30, "Seconds for which what was read is used.")
    db_stale_cache_max_age_seconds: Count = setting(300, "Age in seconds up to which what was read is good enough.")


class Feedback(Group):
    """What users say of answers."""

    feedback_enabled: bool = on("Collect feedback and learn from it.")
