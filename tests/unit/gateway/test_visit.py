from tests.doubles.in_process import visit


def test_it_begins_as_a_failure_that_nobody_has_answered():
    made = visit()
    assert (made.id, made.endpoint, made.method, made.status, made.error) == ("r1", "chat", "POST", 500, "")
    assert (made.first_byte, made.total, made.failed, made.named) == (0.0, 0.0, [], False)


def test_the_first_byte_counts_once():
    made = visit()
    made.clock.away()
    made.clock.back()
    made.byte_goes_out()
    first, overhead = made.first_byte, made.overhead
    assert first > 0
    assert overhead > 0
    made.byte_goes_out()
    made.nothing_went_out()
    assert (made.first_byte, made.overhead) == (first, overhead)


def test_without_a_byte_our_share_is_known_all_the_same():
    made = visit()
    made.nothing_went_out()
    assert made.first_byte == 0.0
    assert made.overhead > 0


def test_the_end_stops_the_clock_for_the_caller():
    made = visit()
    made.ended()
    assert 0 < made.total <= made.clock.total
