import pytest
from pydantic import ValidationError

from smarterrouter.settings.groups_models import Backends, Discovery, Routing


def test_the_older_name_of_the_polling_interval_counts_too() -> None:
    def interval(**given: str) -> float:
        return Discovery.model_validate(given).model_polling_interval

    assert interval() == 300
    assert interval(polling_interval="60") == 60
    assert interval(model_polling_interval="30", polling_interval="60") == 30
    assert interval(model_polling_interval=" ", polling_interval="60") == 60


def test_addresses_are_brought_into_the_form_that_backends_need() -> None:
    found = Backends.model_validate(
        {
            "ollama_url": "http://host:11434/v1/",
            "llama_cpp_url": "http://host:8080/",
            "openai_base_url": "http://host:8000",
        }
    )
    assert found.ollama_url == "http://host:11434"
    assert found.llama_cpp_url == "http://host:8080"
    assert found.openai_base_url == "http://host:8000/v1"


def test_no_provider_is_the_default_and_ollama_can_be_named() -> None:
    assert Backends().provider is None
    assert Backends.model_validate({"provider": ""}).provider is None
    assert Backends.model_validate({"provider": "ollama"}).provider == "ollama"


def test_delays_have_an_order() -> None:
    with pytest.raises(ValidationError, match="must not be less than"):
        Backends(backend_retry_base_delay=11)


def test_new_models_are_profiled_by_default() -> None:
    assert Discovery().model_auto_profile_enabled


def test_the_router_has_a_name_even_when_it_is_left_blank() -> None:
    assert Routing.model_validate({"external_model_name": ""}).external_model_name == "smarterrouter/main"
