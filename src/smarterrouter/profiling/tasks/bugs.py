"""Small functions, each with lines that can be spoilt: what they do, the right text, and (line, wrong text) pairs."""

Bug = tuple[str, str, tuple[tuple[int, str], ...]]

_EASY: tuple[Bug, ...] = (
    (
        "return the largest number of a list that may hold negative numbers only",
        (
            "def NAME(values):\n"
            "    best = values[0]\n"
            "    for value in values[1:]:\n"
            "        if value > best:\n"
            "            best = value\n"
            "    return best"
        ),
        ((2, "best = 0"), (4, "if value < best:"), (6, "return value")),
    ),
    (
        "return how many words of a text begin with a given letter, in any case",
        (
            "def NAME(text, letter):\n"
            "    count = 0\n"
            "    for word in text.split():\n"
            "        if word[0].lower() == letter.lower():\n"
            "            count += 1\n"
            "    return count"
        ),
        ((3, "for word in text:"), (4, "if word[0] == letter.lower():"), (5, "count = 1")),
    ),
    (
        "return the mean of a list, or 0 for an empty one",
        (
            "def NAME(values):\n"
            "    if not values:\n"
            "        return 0\n"
            "    total = 0\n"
            "    for value in values:\n"
            "        total += value\n"
            "    return total / len(values)"
        ),
        ((2, "if values:"), (6, "total = value"), (7, "return total // len(values)")),
    ),
    (
        "return the text without its vowels",
        (
            "def NAME(text):\n"
            '    result = ""\n'
            "    for letter in text:\n"
            '        if letter.lower() not in "aeiou":\n'
            "            result += letter\n"
            "    return result"
        ),
        ((4, 'if letter.lower() in "aeiou":'), (5, "result = letter"), (6, "return text")),
    ),
)
_HARD: tuple[Bug, ...] = (
    (
        "return the index of target in a sorted list, or -1",
        (
            "def NAME(values, target):\n"
            "    low, high = 0, len(values) - 1\n"
            "    while low <= high:\n"
            "        middle = (low + high) // 2\n"
            "        if values[middle] == target:\n"
            "            return middle\n"
            "        if values[middle] < target:\n"
            "            low = middle + 1\n"
            "        else:\n"
            "            high = middle - 1\n"
            "    return -1"
        ),
        ((3, "while low < high:"), (7, "if values[middle] > target:"), (8, "low = middle")),
    ),
    (
        "return the n-th Fibonacci number, with 0 and 1 as numbers 0 and 1",
        "def NAME(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a",
        ((2, "a, b = 1, 1"), (3, "for _ in range(n - 1):"), (5, "return b")),
    ),
    (
        "tell whether two texts are anagrams, spaces and case not counting",
        (
            "def NAME(one, two):\n"
            "    counts = {}\n"
            '    for letter in one.lower().replace(" ", ""):\n'
            "        counts[letter] = counts.get(letter, 0) + 1\n"
            '    for letter in two.lower().replace(" ", ""):\n'
            "        counts[letter] = counts.get(letter, 0) - 1\n"
            "    return all(count == 0 for count in counts.values())"
        ),
        (
            (4, "counts[letter] = 1"),
            (5, "for letter in two.lower():"),
            (7, "return any(count == 0 for count in counts)"),
        ),
    ),
    (
        "return all primes below n",
        (
            "def NAME(n):\n"
            "    primes = []\n"
            "    for number in range(2, n):\n"
            "        for prime in primes:\n"
            "            if prime * prime > number:\n"
            "                primes.append(number)\n"
            "                break\n"
            "            if number % prime == 0:\n"
            "                break\n"
            "        else:\n"
            "            primes.append(number)\n"
            "    return primes"
        ),
        ((3, "for number in range(1, n):"), (5, "if prime * prime >= number:"), (8, "if number // prime == 0:")),
    ),
)

BUGS = (_EASY, _HARD)
"""By level."""
