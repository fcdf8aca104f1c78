import re

from smarterrouter.profiling.base import LONG_CONTEXT
from smarterrouter.profiling.tasks import instructions

FOUND = {template.id.split("/")[1]: template for template in instructions.TEMPLATES if LONG_CONTEXT in template.flags}


def test_needles_are_in_the_text_once():
    for name in ("needle-1", "needle-2", "needle-3"):
        for seed in range(20):
            sample = FOUND[name].sample(seed)
            text = sample.task.messages[0]["content"]
            person = re.search(r"locker of (\w+)\?", text)[1]
            codes = re.findall(rf"locker of {person} opens with the code (\d+)", text)
            assert codes == [sample.answer.text.removeprefix("Answer: ")]


def test_chains_are_followed():
    for seed in range(20):
        sample = FOUND["chain-1"].sample(seed)
        text = sample.task.messages[0]["content"]
        person = re.search(r"parcel for (\w+)\?", text)[1]
        city = re.search(rf"parcel for {person} is kept in (\w+)", text)[1]
        assert re.search(rf"kept in {city} is on shelf (\d+)", text)[1] == sample.answer.text.removeprefix("Answer: ")
        sample = FOUND["chain-2"].sample(seed)
        text = sample.task.messages[0]["content"]
        city = re.search(r"delivered to (\w+) in all", text)[1]
        total = sum(map(int, re.findall(rf"delivered (\d+) crates to {city}\b", text)))
        assert str(total) == sample.answer.text.removeprefix("Answer: ")


def test_long_means_long():
    assert len(FOUND["needle-3"].make(0).messages[0]["content"]) > 15_000
