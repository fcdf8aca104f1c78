from smarterrouter.profiling.tasks import words


def test_no_word_comes_twice():
    for group in (words.NAMES, words.THINGS, words.CITIES, words.TOPICS, words.ERRANDS):
        assert len(set(group)) == len(group)


def test_things_are_single_words_in_small_letters():
    assert all(word.isalpha() and word == word.lower() for word in words.THINGS)
    assert len(words.THINGS) > 30
