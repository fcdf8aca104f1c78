import pytest

from smarterrouter.inference import seats


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (1, 0), (2, 0.5), (3, 1), (4, 2), (8, 32), (9, 60), (10_000, 60)]
)
def test_the_first_failure_is_free_and_then_waiting_doubles(failures, seconds):
    assert seats.delay(failures) == seconds


def test_threads_leave_cores_for_others():
    assert 1 <= seats.threads() <= 8


def test_a_hold_is_released_once():
    released = []
    hold = seats.Hold("/x.sock", "key", lambda: released.append(1))
    hold.release()
    hold.release()
    assert released == [1]


def test_addresses_have_keys_of_their_own():
    one, two = seats.Seat("a", "/a.sock"), seats.Seat("b", "/b.sock")
    assert one.api_key != two.api_key
    assert len(one.api_key) >= 32
    assert not one.free
