"""The picture of the model card."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.jobs.training.plot import reliability

shares = st.floats(0, 1)


@given(st.dictionaries(st.text(max_size=9), st.lists(st.tuples(shares, shares, st.integers(1, 9999)), max_size=9)))
def test_every_point_is_a_dot_inside_the_picture(curves) -> None:
    named = {f"held out {place}": points for place, points in enumerate(curves.values())}
    root = ElementTree.fromstring(reliability(named))
    dots = [element for element in root if element.tag.endswith("circle")]
    assert len(dots) == sum(map(len, named.values()))
    assert all(0 <= float(dot.attrib["cx"]) <= 400 and 0 <= float(dot.attrib["cy"]) <= 420 for dot in dots)


def test_what_came_true_lies_on_the_diagonal_and_names_are_escaped() -> None:
    picture = reliability({"<a & b>": [(0.25, 0.25, 10), (0.75, 0.75, 40)]})
    assert "&lt;a &amp; b&gt;" in picture
    root = ElementTree.fromstring(picture)
    diagonal = next(
        element for element in root if element.tag.endswith("line") and "stroke-dasharray" in element.attrib
    )
    left, bottom = float(diagonal.attrib["x1"]), float(diagonal.attrib["y1"])
    for dot in (element for element in root if element.tag.endswith("circle")):
        assert float(dot.attrib["cx"]) - left == bottom - float(dot.attrib["cy"])
