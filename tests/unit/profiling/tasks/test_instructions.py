import re

from smarterrouter.profiling.tasks import instructions

BY_ID = {template.id.removeprefix("instructions/"): template for template in instructions.TEMPLATES}


def asked(name):
    for seed in range(20):
        sample = BY_ID[name].sample(seed)
        yield sample.task.messages[0]["content"], sample.answer.text.removeprefix("Answer: ")


def test_letters_are_counted_one_by_one():
    for text, answer in asked("letters-2"):
        letter, words = re.search(r'letter "(\w)" occur in: (.*)\?', text).groups()
        assert len([one for one in words if one == letter]) == int(answer)


def test_words_are_turned_round():
    for text, answer in asked("spelling-2"):
        assert "".join(reversed(re.search(r'word "(\w+)"', text)[1])) == answer


def test_a_single_step_is_applied():
    for text, answer in asked("steps-1"):
        step, line = re.search(r"1\. (.*)\nLine: (.*)\n", text).groups()
        words = line.split()
        expected = {
            "reverse the order of the words": [words[5], words[4], words[3], words[2], words[1], words[0]],
            "move the first word to the end": words[1:] + words[:1],
            "repeat the last word": line.split() + line.split()[-1:],
            "delete every letter e": re.sub("[eE]", "", line).split(),
        }.get(step)
        if expected:
            assert answer.split() == expected


def test_the_city_is_the_one_moved_to():
    for text, answer in asked("ignored-1"):
        assert f"to {answer} in May" in text
