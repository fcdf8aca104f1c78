import pytest
from pydantic import ValidationError

from smarterrouter.settings.groups_knowledge import Benchmarks, Judge, Profiling


def test_adaptive_limits_have_an_order() -> None:
    with pytest.raises(ValidationError, match="ROUTER_PROFILE_ADAPTIVE_TIMEOUT_MAX"):
        Profiling(profile_adaptive_timeout_min=60, profile_adaptive_timeout_max=50)


def test_sources_keep_their_order() -> None:
    found = Benchmarks.model_validate({"benchmark_sources": "lmsys, artificial_analysis"})
    assert found.benchmark_sources == ("lmsys", "artificial_analysis")


def test_the_judge_has_one_version_in_its_address() -> None:
    assert Judge.model_validate({"judge_base_url": "https://x/v1/v1/"}).judge_base_url == "https://x/v1"
