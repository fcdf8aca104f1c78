import pytest

from smarterrouter.profiling.tasks.bugs import BUGS

TRIED = {
    "largest": [([-5, -2, -9],), ([1, 4, 2],)],
    "how many words": [("Big bad Box", "B"), ("tab big", "b"), ("", "x"), ("Bob", "b")],
    "mean": [([],), ([1, 2],), ([4],), ([2, 4, 9],)],
    "vowels": [("Hello",), ("aXe",), ("",)],
    "index of target": [([1, 3, 5], 5), ([1, 3, 5], 1), ([1, 3, 5], 4), ([2], 2), ([], 1)],
    "Fibonacci": [(n,) for n in range(9)],
    "anagrams": [
        ("Dormitory", "dirty room"),
        ("aab", "abb"),
        ("ab", "ab c"),
        ("aa", "a"),
        ("a b", "ab"),
        ("ab", "a b"),
    ],
    "primes": [(n,) for n in range(30)],
}


def results(text, tried):
    space = {}
    exec(text.replace("NAME", "f"), space)
    found = []
    for arguments in tried:
        try:
            found.append(space["f"](*arguments))
        except Exception as error:
            found.append(type(error))
    return found


@pytest.mark.parametrize("bug", [bug for level in BUGS for bug in level], ids=lambda bug: bug[0][:30])
def test_each_spoilt_line_changes_what_the_function_does(bug):
    text, right, places = bug
    tried = next(runs for word, runs in TRIED.items() if word in text)
    good = results(right, tried)
    assert not any(isinstance(value, type) for value in good)
    for line, wrong in places:
        lines = right.splitlines()
        before = lines[line - 1]
        lines[line - 1] = before[: len(before) - len(before.lstrip())] + wrong
        spoilt = "\n".join(lines)
        assert spoilt != right
        if "low = middle" in wrong:
            continue  # it would never end
        assert results(spoilt, tried) != good, wrong
