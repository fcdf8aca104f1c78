"""What the profiler does without."""

from tests.doubles.pretend_model import PretendModel, check

from smarterrouter.profiling.means import Means
from smarterrouter.profiling.questions import Untouched
from smarterrouter.profiling.timeouts import Limits


def test_hooks_limits_and_judge_are_optional():
    means = Means(PretendModel().ask, check)
    assert isinstance(means.hooks, Untouched)
    assert means.limits == Limits()
    assert means.judge is None
