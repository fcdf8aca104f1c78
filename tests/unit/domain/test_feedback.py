from smarterrouter.domain.feedback import FLIPS, Sign


def test_every_sign_says_more_than_a_coin() -> None:
    assert FLIPS.keys() == set(Sign)
    assert all(0 < flip < 0.5 for flip in FLIPS.values())
