"""The plot is sound XML whatever the numbers."""

from xml.etree import ElementTree

from bench.routing_plot import bars


def test_it_is_sound_and_names_everything() -> None:
    text = bars({"a & b": {"<ours>": (12.0, 10.0, 15.0), "theirs": (-400.0, -900.0, 2.0)}, "empty": {}})
    root = ElementTree.fromstring(text)
    shown = " ".join(element.text or "" for element in root.iter())
    for words in ("a & b", "<ours>", "12.0 %", "-400.0 %"):
        assert words in shown
