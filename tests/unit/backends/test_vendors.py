import pytest
from yarl import URL

from smarterrouter.backends.vendors import VENDORS, changes_meaning
from smarterrouter.wire.chat import ChatRequest

NEWER = {"prediction", "service_tier", "audio", "store", "modalities", "metadata", "random_seed"}
"""Members of OpenAI's chat request that the gateway relays without a look, and one vendor's own name."""


@pytest.mark.parametrize(("name", "vendor"), VENDORS.items())
def test_each_row_can_be_used(name, vendor):
    if vendor.url:
        url = URL(vendor.url)
        assert url.scheme == "https"
        assert not vendor.url.endswith("/")
        assert not vendor.local
    else:
        assert vendor.local or name == "litellm"
    assert name == "compatible" or vendor.source.startswith("https://")


@pytest.mark.parametrize("vendor", VENDORS.values())
def test_rows_speak_of_members_that_exist(vendor):
    known = {*ChatRequest.__struct_fields__, *NEWER}
    assert {*vendor.lacks, *vendor.renames, *vendor.renames.values()} <= known
    assert not vendor.lacks & {"messages", "model", "stream"}
    assert not vendor.lacks & vendor.renames.keys()


def test_addresses_belong_to_one_vendor_each():
    urls = [vendor.url for vendor in VENDORS.values() if vendor.url]
    assert len(set(urls)) == len(urls)


def test_the_servers_that_people_run_are_there():
    wanted = {"openai", "vllm", "lmstudio", "llamafile", "tgi", "sglang", "openrouter", "groq", "together", "mistral"}
    assert wanted | {"deepseek", "compatible"} <= VENDORS.keys()


@pytest.mark.parametrize("member", ["response_format", "tools", "stop", "logprobs", "logit_bias"])
def test_some_members_may_never_be_left_out_silently(member):
    assert changes_meaning(member)


@pytest.mark.parametrize("member", ["user", "seed", "store", "metadata", "top_k"])
def test_others_may(member):
    assert not changes_meaning(member)
