"""Logic: puzzles with exactly one solution, found by trying all."""

from collections.abc import Callable
from itertools import pairwise, permutations, product

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.drafts import Draft, Family, Rng, choice, exact, listing, number, templates
from smarterrouter.profiling.tasks.words import NAMES

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TURNS = {"left": -1, "right": 1, "around": 2}
_SIDES = ("north", "east", "south", "west")
_MOVES = ((0, 1), (1, 0), (0, -1), (-1, 0))

Row = tuple[str, ...]
Clue = tuple[str, Callable[[Row], bool]]


def _clue(rng: Rng, row: Row) -> Clue:
    one, two = rng.sample(row, 2)
    here, there = row.index(one), row.index(two)
    kind = rng.randrange(4)
    if kind == 0:
        side = "left" if here < there else "right"
        return (
            f"{one} sits somewhere to the {side} of {two}.",
            lambda r: (r.index(one) < r.index(two)) == (here < there),
        )
    if kind == 1:
        gap = abs(here - there)
        how = (
            "next to each other"
            if gap == 1
            else f"with exactly {gap - 1} {'person' if gap == 2 else 'people'} between them"
        )
        return f"{one} and {two} sit {how}.", lambda r: abs(r.index(one) - r.index(two)) == gap
    if kind == 2:
        ends = here in (0, len(row) - 1)
        return (
            f"{one} {'sits' if ends else 'does not sit'} at an end.",
            lambda r: (r.index(one) in (0, len(r) - 1)) == ends,
        )
    if abs(here - there) == 1:
        return f"{one} and {two} sit next to each other.", lambda r: abs(r.index(one) - r.index(two)) == 1
    return f"{one} and {two} do not sit next to each other.", lambda r: abs(r.index(one) - r.index(two)) != 1


def seats(rng: Rng, level: int) -> Draft:
    """People in a row, told apart by clues."""
    row = tuple(rng.sample(NAMES, level + 4))
    left = list(permutations(row))
    clues: list[str] = []
    while len(left) > 1:
        text, holds = _clue(rng, row)
        kept = [one for one in left if holds(one)]
        if len(kept) < len(left):
            clues.append(text)
            left = kept
    people = ", ".join(sorted(row))
    text = f"{people} sit in a row of {len(row)} chairs.\n" + "\n".join(clues) + "\nWho sits where, from left to right?"
    return listing(text, row, max_tokens=400)


Claim = tuple[str, str, Callable[[dict[str, bool]], bool]]


def _claim(rng: Rng, speaker: str, people: Row) -> Claim:
    one, two = rng.sample(people, 2)
    kind = rng.randrange(3)
    if kind == 0:
        other = one if one != speaker else two
        return speaker, f"{other} is a liar.", lambda who: not who[other]
    if kind == 1:
        return speaker, f"{one} and {two} are of the same kind.", lambda who: who[one] == who[two]
    return speaker, f"At least one of {one} and {two} is a liar.", lambda who: not (who[one] and who[two])


def liars(rng: Rng, level: int) -> Draft:
    """Knights, who speak the truth, and liars, who never do."""
    while True:
        people = tuple(rng.sample(NAMES, level + 3))
        claims = [_claim(rng, speaker, people) for speaker in people]
        worlds = [dict(zip(people, kinds, strict=True)) for kinds in product((True, False), repeat=len(people))]
        fitting = [who for who in worlds if all(who[name] == holds(who) for name, _, holds in claims)]
        if len(fitting) == 1:
            break
    who = fitting[0]
    asked = rng.choice(people)
    said_by = "\n".join(f'{name} says: "{text}"' for name, text, _ in claims)
    text = (
        f"On an island everyone is either a knight, who always tells the truth, or a liar, who always "
        f"lies.\n{said_by}\n"
        f"How many of the {len(people)} are knights, and what is {asked}? "
        "Give the number and then knight or liar, such as 2, liar."
    )
    kind = "knight" if who[asked] else "liar"
    return listing(text, (str(sum(who.values())), kind), max_tokens=400)


def swaps(rng: Rng, level: int) -> Draft:
    """Who holds what after many swaps."""
    people = rng.sample(NAMES, 4)
    things = rng.sample(("red ball", "green cup", "blue pen", "black key", "white hat", "old map"), 4)
    holds = dict(zip(people, things, strict=True))
    start = "; ".join(f"{name} has the {thing}" for name, thing in holds.items())
    steps = []
    for _ in range((3, 7, 13)[level]):
        one, two = rng.sample(people, 2)
        holds[one], holds[two] = holds[two], holds[one]
        steps.append(f"{one} and {two} swap.")
    asked = rng.choice(people)
    others = [thing for thing in things if thing != holds[asked]]
    return exact(f"{start}. {' '.join(steps)} What does {asked} have now?", holds[asked], others, max_tokens=300)


def formula(rng: Rng, level: int) -> Draft:
    """A logical expression, worked out."""

    def grown(depth: int) -> str:
        if depth == 0:
            return rng.choice(("A", "B", "C", "D"))
        operator = rng.choice(("and", "or", "xor"))
        left, right = grown(depth - 1), grown(depth - 1)
        return f"{rng.choice(('', 'not '))}({left} {operator} {right})"

    depth = (2, 3, 4)[level]
    text = grown(depth)
    # Asked over all sixteen rows of the table, so that guessing true or false does not help.
    rows = [dict(zip("ABCD", row, strict=True)) for row in product((True, False), repeat=4)]
    value = sum(holds(text, row) for row in rows)
    if level == 0:
        row = rng.choice(rows)
        given = ", ".join(f"{name} is {str(row[name]).lower()}" for name in "ABCD")
        right, other = ("true", "false") if holds(text, row) else ("false", "true")
        return exact(f"{given}. Is this true or false: {text}?", right, (other, f"not {right}"), max_tokens=200)
    text = f"A, B, C and D can each be true or false. For how many of the 16 combinations is this true: {text}?"
    return number(text, value, max_tokens=400)


def holds(text: str, row: dict[str, bool]) -> bool:
    """The value of a fully bracketed expression of one-letter names."""
    text = text.strip()
    if text.startswith("not "):
        return not holds(text[4:], row)
    if len(text) == 1:
        return row[text]
    depth, inner = 0, text[1:-1]
    for place, letter in enumerate(inner):
        depth += (letter == "(") - (letter == ")")
        for operator in (" and ", " or ", " xor "):
            if depth == 0 and inner.startswith(operator, place):
                left, right = holds(inner[:place], row), holds(inner[place + len(operator) :], row)
                return {" and ": left and right, " or ": left or right, " xor ": left != right}[operator]
    raise ValueError(text)


def walk(rng: Rng, level: int) -> Draft:
    """Steps and turns on a plane."""
    x = y = facing = 0
    steps = []
    for _ in range((3, 6, 10)[level]):
        if rng.random() < 0.5:
            turn = rng.choice(("left", "right", "around") if level else ("left", "right"))
            facing = (facing + _TURNS[turn]) % 4
            steps.append("turn around" if turn == "around" else f"turn {turn}")
        length = rng.randint(1, 9)
        back = level == 2 and rng.random() < 0.3
        x += _MOVES[facing][0] * length * (-1 if back else 1)
        y += _MOVES[facing][1] * length * (-1 if back else 1)
        steps.append(f"walk {length} steps {'backwards' if back else 'forward'}")
    text = (
        f"You stand at (0, 0) and face north (north is +y, east is +x). You do this: {'; '.join(steps)}. "
        "Give your x, your y and the direction that you face, such as 3, -2, west."
    )
    return listing(text, (str(x), str(y), _SIDES[facing]), max_tokens=300)


def days(rng: Rng, level: int) -> Draft:
    """Days of the week."""
    start, after = rng.randrange(7), rng.randint(20, 400)
    if level == 0:
        text, gone = f"Today is {_DAYS[start]}. What day of the week is it in {after} days?", after
    else:
        back, forward = rng.randint(30, 90), rng.randint(100, 900)
        text = (
            f"The day before yesterday was {_DAYS[(start - 2) % 7]}. What day of the week will it be "
            f"{forward} days after "
            f"the day that was {back} days ago?"
        )
        gone = forward - back
    right = _DAYS[(start + gone) % 7]
    return exact(text, right, (_DAYS[(start + gone + 1) % 7], _DAYS[(start + gone - 1) % 7]), max_tokens=200)


def machine(rng: Rng, level: int) -> Draft:
    """A small automaton reads a word."""
    states = "PQRST"[: level + 3]
    letters = "ab" if level == 0 else "abc"
    table = {(state, letter): rng.choice(states) for state in states for letter in letters}
    word = "".join(rng.choice(letters) for _ in range((7, 13, 22)[level]))
    state = states[0]
    for letter in word:
        state = table[state, letter]
    rules = "; ".join(f"in {s} reading {letter} go to {to}" for (s, letter), to in table.items())
    text = f"A machine starts in state {states[0]}. Its rules: {rules}. It reads {word}. In which state is it then?"
    return exact(text, state, [other for other in states if other != state], max_tokens=400)


def overlap(rng: Rng, level: int) -> Draft:
    """How many are in both, exactly or at least."""
    total = rng.randint(60, 160)
    if level == 0:
        both, neither = rng.randint(5, 20), rng.randint(5, 20)
        one = rng.randint(both + 5, total - neither - 10)
        two = total - neither - one + both
        text = (
            f"Of {total} people, {one} speak Danish, {two} speak Finnish and {neither} speak neither. How "
            f"many speak both?"
        )
        return number(text, both, wrong=(one + two - total,))
    counts = [rng.randint(total * 3 // 4, total - 3) for _ in range(3)]
    value = max(0, sum(counts) - 2 * total)
    text = (
        f"Of {total} people, {counts[0]} own a bicycle, {counts[1]} own a car and {counts[2]} own a boat. "
        f"What is the smallest "
        f"possible number of people who own all three?"
    )
    return number(text, value, wrong=(min(counts), value + 5))


def network(rng: Rng, level: int) -> Draft:
    """The cheapest way through a network, found by relaxing every road until nothing changes."""
    nodes = "ABCDEFGH"[: (5, 7)[level]]
    roads = {(nodes[place], nodes[place + 1]): rng.randint(3, 12) for place in range(len(nodes) - 1)}
    while len(roads) < (7, 12)[level]:
        one, two = sorted(rng.sample(nodes, 2))
        roads.setdefault((one, two), rng.randint(4, 25))
    cost = dict.fromkeys(nodes, 10**6) | {nodes[0]: 0}
    for _ in nodes:
        for (one, two), length in roads.items():
            cost[two] = min(cost[two], cost[one] + length)
            cost[one] = min(cost[one], cost[two] + length)
    listed = ", ".join(f"{one}-{two} {length}" for (one, two), length in sorted(roads.items()))
    text = (
        f"Roads between towns and their lengths: {listed}. How long is the shortest way from {nodes[0]} to {nodes[-1]}?"
    )
    return number(text, cost[nodes[-1]], max_tokens=400)


def lamps(rng: Rng, level: int) -> Draft:
    """Switches that turn several lamps."""
    count = (5, 7)[level]
    presses = [rng.randint(1, count) for _ in range((4, 9)[level])]
    lit = [False] * (count + 1)
    for press in presses:
        for place in (press - 1, press, press + 1):
            if 1 <= place <= count:
                lit[place] = not lit[place]
    on = [str(place) for place in range(1, count + 1) if lit[place]]
    text = (
        f"{count} lamps in a row, numbered 1 to {count}, are off. Pressing button n toggles lamp n and its "
        f"direct neighbours. "
        f"The buttons {', '.join(map(str, presses))} are pressed in this order. "
        f"How many lamps are on, and what is the sum of their numbers? Give both, such as 3, 11."
    )
    return listing(text, (str(len(on)), str(sum(map(int, on)))), max_tokens=300)


def syllogism(rng: Rng, level: int) -> Draft:
    """What follows from statements about nonsense."""
    names = rng.sample(("blorks", "zims", "tarkins", "wobs", "fendels", "grips", "mulos", "yanters"), level + 4)
    chain = names[: level + 3]
    premises = [f"All {one} are {two}." for one, two in pairwise(chain)]
    alien = names[-1]
    premises.append(f"No {chain[-1]} are {alien}.")
    premises.append(f"Some {alien} are red.")
    rng.shuffle(premises)
    right = rng.choice((f"No {chain[0]} are {alien}.", f"Some red things are not {chain[0]}."))
    wrong = (f"All {chain[-1]} are {chain[0]}.", f"Some {chain[0]} are red.", f"No red things are {chain[-1]}.")
    return choice(rng, f"{' '.join(premises)} Which of these must be true?", right, wrong, max_tokens=(40, 300)[level])


def family(rng: Rng, level: int) -> Draft:
    """Who is whose cousin, aunt or grandchild."""
    people = rng.sample(NAMES, 9)
    root, *rest = people
    children, grandchildren = rest[:3], rest[3:]
    facts = [f"{child} is a child of {root}." for child in children]
    parent: dict[str, str] = {}
    for place, grandchild in enumerate(grandchildren[: 3 + level * 2]):
        parent[grandchild] = children[place % 3]
        facts.append(f"{parent[grandchild]} is a parent of {grandchild}.")
    rng.shuffle(facts)
    asked = rng.choice(sorted(parent))
    cousins = sorted(one for one in parent if parent[one] != parent[asked])
    if level == 0:
        sides = sorted(child for child in children if child != parent[asked])
        return listing(f"{' '.join(facts)} Who are the aunts and uncles of {asked}?", sides, ordered=False)
    return listing(f"{' '.join(facts)} Who are all the cousins of {asked}?", cousins, ordered=False)


TEMPLATES = templates(
    Category.LOGIC,
    (
        Family("seats", seats, (-0.1, 0.9, 1.9)),
        Family("liars", liars, (0.7, 1.4, 2.1)),
        Family("swaps", swaps, (-1.2, 0.2, 1.2)),
        Family("formula", formula, (-1.0, 0.9, 2.2)),
        Family("walk", walk, (-0.7, 0.5, 1.5)),
        Family("days", days, (-0.4, 0.5)),
        Family("machine", machine, (-0.4, 0.7, 1.6)),
        Family("overlap", overlap, (-0.2, 1.1)),
        Family("network", network, (0.1, 1.3)),
        Family("lamps", lamps, (0.3, 1.6)),
        Family("syllogism", syllogism, (0.1, 0.5)),
        Family("family", family, (-0.9, 0.3)),
    ),
)
"""In the order in which they are shown."""
