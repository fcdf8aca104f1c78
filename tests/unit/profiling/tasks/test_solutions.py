from itertools import combinations, pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.profiling.tasks import solutions

SMALL = st.lists(st.integers(-9, 20), max_size=8)


@settings(deadline=None)
@given(SMALL, st.integers(1, 3))
def test_choosing_with_gaps_is_the_best_of_all_choices(values, gap):
    def allowed(places):
        return all(two - one > gap for one, two in pairwise(places))

    all_choices = (places for size in range(len(values) + 1) for places in combinations(range(len(values)), size))
    assert solutions.choose(values, gap) == max(
        sum(values[p] for p in places) for places in all_choices if allowed(places)
    )


@settings(deadline=None)
@given(st.integers(0, 20), st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3)), max_size=3))
def test_ways_of_paying_are_counted_by_trying(amount, coins):
    ways = sum(
        sum(value * used for (value, _), used in zip(coins, counts, strict=True)) == amount
        for counts in product(*(range(count + 1) for _, count in coins))
    )
    assert solutions.change(amount, [list(coin) for coin in coins]) == ways


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), max_size=8), st.integers(1, 5))
def test_longest_subsequence_by_trying(values, step):
    best = 0
    for size in range(len(values) + 1):
        for chosen in combinations(values, size):
            if all(abs(one - two) <= step for one, two in pairwise(chosen)):
                best = max(best, size)
    assert solutions.longest(values, step) == best


@settings(deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=1, max_size=4)
    ),
    st.integers(0, 5),
)
def test_cheapest_way_by_walking_all(grid, turn):
    height, width = len(grid), len(grid[0])
    costs = []
    for way in set(product("rd", repeat=height + width - 2)):
        if way.count("r") != width - 1:
            continue
        y = x = 0
        cost = grid[0][0]
        for place, step in enumerate(way):
            x, y = (x + 1, y) if step == "r" else (x, y + 1)
            cost += grid[y][x] + (turn if place and way[place - 1] != step else 0)
        costs.append(cost)
    assert solutions.cheapest(grid, turn) == min(costs)


@settings(deadline=None)
@given(st.integers(-10_000, 10_000), st.integers(2, 10))
def test_numerals_are_read_back_by_python(n, base):
    assert int(solutions.numeral(n, "0123456789"[:base]), base) == n


@settings(deadline=None)
@given(st.text("ab", max_size=30), st.integers(1, 4))
def test_shortened_texts_can_be_told_back(text, longest):
    short, back, place = solutions.shorten(text, longest), "", 0
    while place < len(short):
        end = place + 1
        while end < len(short) and short[end].isdigit():
            end += 1
        back += short[place] * int(short[place + 1 : end] or 1)
        place = end
    assert back == text


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=6), st.integers(1, 3))
def test_joined_spans_cover_the_same_and_stand_apart(spans, gap):
    made = [[start, start + length] for start, length in spans]
    joined = solutions.join_spans(made, gap)
    assert all(any(one[0] <= start and end <= one[1] for one in joined) for start, end in made)
    assert all(two[0] - one[1] > gap for one, two in pairwise(joined))
    assert {one[0] for one in joined} <= {start for start, _ in made}


def test_small_cases_by_hand():
    assert solutions.keep([3, 14, 9, 5], 3, 4) == 9 + 196 + 81
    assert solutions.rank(["tree", "oak", "ash"], "ae") == ["tree", "ash", "oak"]
    assert solutions.depth("a<b{c}d>e<>", "<{", ">}") == 2
    assert solutions.depth("<{>}", "<{", ">}") == -1
    assert solutions.machine(["push 2", "push 1", "jump 0"], 7) == [2, 2, 2]
    assert solutions.machine(["push 6", "push 2", "sub", "dup", "mul"], 99) == [16]
    assert solutions.regions([[5, 5, 0], [0, 0, 5]], 3) == 2
    assert solutions.evaluate("2 * 3 + 4") == 14
    assert solutions.evaluate("(2 * 3) + 4 * 2") == 20
    assert solutions.fields("a;'b;c';'it''s';", ";") == ["a", "b;c", "it's", ""]
    assert solutions.cached(["a", "b", "a", "c", "b", "a"], 2) == 1
    assert solutions.spiral([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == [7, 4, 1, 2, 3, 6, 9, 8, 5]
    assert solutions.justify(["aa", "b", "cc", "dddd"], 9) == ["aa  b  cc", "dddd"]
    assert solutions.turns([[0, 4], [1, 1]], 2) == [1, 0]
    assert solutions.later([3, 5, 10], 1, 5, 10) == [3, 5, 11]
    assert solutions.later([4, 5, 10], 1, 5, 10) == [5, 1, 1]
    assert solutions.grown(["...", "###", "..."], 3) == [".#.", ".#.", ".#."]
