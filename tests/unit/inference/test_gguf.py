import struct

import gguf as reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.tiny_models import tiny_model

from smarterrouter.inference import gguf


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def entry(name, kind, value):
    return text(name) + struct.pack("<I", kind) + value


def model(*entries, tensors=(), version=3, count=None):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(entries) if count is None else count)
    return head + b"".join(entries) + b"".join(tensors)


def tensor(name, *sizes):
    return text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, 0, 0)


def number(value):
    return struct.pack("<I", value)


ARCHITECTURE = entry("general.architecture", 8, text("llama"))


@pytest.fixture
def read(tmp_path):
    def read(data):
        path = tmp_path / "model.gguf"
        path.write_bytes(data)
        return gguf.read(path)

    return read


def test_a_real_file_is_read_as_its_own_package_reads_it():
    path = tiny_model(context=2048, pooling=1)
    known = reference.GGUFReader(path)
    header = gguf.read(path)
    assert header.architecture == "llama"
    assert header.kind == "model"
    assert header.context_tokens == 2048
    assert header.parameters == sum(int(tensor.n_elements) for tensor in known.tensors)
    assert header.active == header.parameters
    assert header.quantisation == "F32"
    assert header.template == known.fields["tokenizer.chat_template"].contents()
    assert (header.chats, header.embeds, header.tools, header.thinks) == (True, True, True, True)


def test_file_types_have_the_names_of_the_gguf_package():
    names = {kind.value: kind.name for kind in reference.LlamaFileType if kind.name != "GUESSED"}
    for number, name in enumerate(gguf._FILE_TYPES):
        if name is not None:
            assert names[number].removeprefix("ALL_").removeprefix("MOSTLY_") == name


def test_a_mixture_of_experts_uses_a_part_of_its_weights(read):
    header = read(
        model(
            ARCHITECTURE,
            entry("llama.expert_count", 4, number(8)),
            entry("llama.expert_used_count", 4, number(2)),
            tensors=[tensor("token_embd.weight", 10, 10), tensor("blk.0.ffn_up_exps.weight", 10, 10, 8)],
        )
    )
    assert (header.parameters, header.active) == (900, 300)


@pytest.mark.parametrize(
    ("entries", "chats", "embeds"),
    [
        ([ARCHITECTURE], True, False),
        ([ARCHITECTURE, entry("llama.pooling_type", 4, number(1))], False, True),
        (
            [
                ARCHITECTURE,
                entry("llama.pooling_type", 4, number(3)),
                entry("tokenizer.chat_template", 8, text("{{x}}")),
            ],
            True,
            True,
        ),
        ([ARCHITECTURE, entry("llama.pooling_type", 4, number(0))], True, False),
    ],
)
def test_w09_what_is_made_for_embeddings_does_not_chat(read, entries, chats, embeds):
    header = read(model(*entries))
    assert (header.chats, header.embeds) == (chats, embeds)


def test_values_of_the_wrong_type_count_as_unsaid(read):
    header = read(
        model(
            ARCHITECTURE,
            entry("llama.context_length", 8, text("many")),
            entry("general.file_type", 7, b"\x01"),
            entry("general.type", 4, number(1)),
            entry("llama.expert_count", 4, number(0)),
            entry("llama.expert_used_count", 4, number(4)),
            tensors=[tensor("x", 2)],
        )
    )
    assert header.context_tokens is None
    assert header.kind == "model"
    assert header.active == 2


def test_all_kinds_of_values_are_stepped_over(read):
    scalars = [entry(f"a.{kind}", kind, b"\0" * struct.calcsize(form)) for kind, form in gguf._SCALARS.items()]
    arrays = [
        entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + text("one") + text("two")),
        entry("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 2) + b"\0" * 8),
    ]
    header = read(model(*scalars, *arrays, entry("llama.context_length", 10, struct.pack("<Q", 77)), ARCHITECTURE))
    assert header.context_tokens == 77


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGU",
        b"GGML" + b"\0" * 100,
        model(ARCHITECTURE, version=1),
        model(ARCHITECTURE, version=0x03000000),
        model(ARCHITECTURE, count=2),
        model(ARCHITECTURE, count=2**63),
        model(entry("general.architecture", 8, struct.pack("<Q", 2**62) + b"x")),
        model(entry("x", 9, struct.pack("<IQ", 8, 2**60))),
        model(entry("x", 9, struct.pack("<IQ", 9, 1) + b"\0" * 16)),
        model(entry("x", 13, b"\0" * 8)),
        model(ARCHITECTURE, tensors=[text("x") + struct.pack("<I", 2**31)]),
        model(ARCHITECTURE)[:-1],
    ],
)
def test_what_is_no_model_is_refused(read, data):
    with pytest.raises(gguf.NotGguf):
        read(data)


WHOLE = model(
    ARCHITECTURE,
    entry("llama.context_length", 4, number(4096)),
    entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 3) + text("a") + text("b") + text("c")),
    entry("tokenizer.chat_template", 8, text("{{ tools }}")),
    tensors=[tensor("token_embd.weight", 8, 3), tensor("blk.0.attn_q.weight", 8, 8)],
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(4, len(WHOLE) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, len(WHOLE)),
    st.binary(max_size=64),
)
def test_hostile_files_are_read_or_refused_and_nothing_else(tmp_path_factory, changes, keep, tail):
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    path = tmp_path_factory.getbasetemp() / "hostile.gguf"
    path.write_bytes(bytes(data[:keep]) + tail)
    try:
        header = gguf.read(path)
    except gguf.NotGguf:
        return
    assert header.parameters >= header.active >= 0
    assert header.context_tokens is None or header.context_tokens > 0
