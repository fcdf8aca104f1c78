"""Words of a text, as bytes."""

from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned.words import LONGEST, as_bytes, word, words_of


def test_signs_and_other_scripts_end_a_word_and_digits_are_alike() -> None:
    found = words_of(as_bytes("let's add 12 (and 345) to c++ or 我api的 naïve_name #1"))
    assert found == [
        *(b"let", b"s", b"add", b"00", b"and", b"000", b"to", b"c++", b"or", b"api", "naïve_name".encode("latin-1")),
        b"#0",
    ]


@given(st.text(alphabet=st.characters(codec="latin-1"), min_size=1, max_size=20))
def test_a_single_word_is_keyed_as_it_is_found(text: str) -> None:
    found = words_of(as_bytes(text.lower()))
    assert found == word(text.lower()).split()


@given(st.text(max_size=3000))
def test_any_text_has_bounded_bytes(text: str) -> None:
    data = as_bytes(text.lower())
    assert len(data) <= LONGEST
    assert all(0 < len(one) <= LONGEST for one in words_of(data))
