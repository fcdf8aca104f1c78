import pytest

from smarterrouter.backends import llama_props
from smarterrouter.domain.models import Offer

PLAIN = Offer(backend="b", name="m", context_tokens=4096)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("all F32", "F32"),
        ("F16", "F16"),
        ("BF16", "BF16"),
        ("Q4_K - Medium", "Q4_K_M"),
        ("Q5_K - Small", "Q5_K_S"),
        ("Q3_K - Large", "Q3_K_L"),
        ("Q8_0", "Q8_0"),
        ("IQ4_XS - 4.25 bpw", "IQ4_XS"),
        ("IQ2_XXS - 2.0625 bpw", "IQ2_XXS"),
        ("(guessed) Q6_K", "Q6_K"),
        ("MXFP4 MoE", "MXFP4"),
        ("TQ1_0 - 1.69 bpw ternary", "TQ1_0"),
        ("unknown, may not work", None),
        (None, None),
        (7, None),
    ],
)
def test_quantisation_gets_its_short_name(words, name):
    assert llama_props.quantisation(words) == name


def test_context_is_what_one_request_gets():
    offer = llama_props.enrich(PLAIN, {"default_generation_settings": {"n_ctx": 1024}}, embeddings=None)
    assert offer.context_tokens == 1024


@pytest.mark.parametrize(
    "props", [{}, {"default_generation_settings": None}, {"default_generation_settings": {"n_ctx": 0}}]
)
def test_context_of_the_list_stays_when_props_have_none(props):
    assert llama_props.enrich(PLAIN, props, embeddings=None).context_tokens == 4096


@pytest.mark.parametrize(
    ("props", "says"),
    [
        ({"chat_template_caps": {"supports_tools": True, "supports_tool_calls": True}}, {"chat", "json", "tools"}),
        ({"chat_template_caps": {"supports_tools": True, "supports_tool_calls": False}}, {"chat", "json"}),
        ({"chat_template": "{% for tool in tools %}"}, {"chat", "json", "tools"}),
        ({"chat_template": "<think>"}, {"chat", "json", "thinking"}),
        ({"modalities": {"vision": True}}, {"chat", "json", "vision"}),
        ({"modalities": []}, {"chat", "json"}),
    ],
)
def test_capabilities_come_from_template_and_modalities(props, says):
    assert llama_props.enrich(PLAIN, props, embeddings=None).capabilities == says


def test_what_the_server_denies_is_denied():
    offer = llama_props.enrich(PLAIN, {"modalities": {"vision": False}}, embeddings=False)
    assert offer.denied == {"vision", "embeddings"}


def test_w09_a_server_for_embeddings_is_no_chat_model():
    offer = llama_props.enrich(PLAIN, {"chat_template": "tools <think>"}, embeddings=True)
    assert offer.capabilities == {"embeddings"}
    assert "chat" in offer.denied


@pytest.mark.parametrize(
    ("arguments", "context"),
    [
        (["--ctx-size", "1024", "--parallel", "2"], 512),
        (["--ctx-size", "1024", "--parallel", "2", "--kv-unified"], None),
        (["--ctx-size", "1024"], None),
        (["--ctx-size", "0", "--parallel", "2"], None),
        (["--parallel", "2", "--ctx-size"], None),
        ([], None),
    ],
)
def test_planned_context_is_divided_between_requests(arguments, context):
    assert llama_props.planned_context(arguments) == context


@pytest.mark.parametrize(
    ("arguments", "flag"), [([], None), (["--alias", "a"], False), (["--embeddings"], True), (["--embedding"], True)]
)
def test_planned_embeddings_need_the_flag(arguments, flag):
    assert llama_props.planned_embeddings(arguments) is flag
