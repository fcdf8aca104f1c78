import random

from smarterrouter.profiling.tasks.people import people


def test_people_have_names_of_their_own():
    found = people(random.Random(3), 8)
    assert len({name for name, _, _ in found}) == 8
    assert all(18 < age <= 80 for _, age, _ in found)
