"""Memory goes back when the process has grown, and only then."""

from smarterrouter.jobs.return_memory import ReturnMemory


async def test_only_growth_is_worth_the_search() -> None:
    sizes = iter([40, 100, 60, 65, 80, 70, 50, 69])
    given: list[int] = []
    job = ReturnMemory(lambda: next(sizes), lambda: given.append(1), growth=20)
    await job.run()  # 40: what it begins with
    assert not given
    await job.run()  # 100; settles at 60
    assert len(given) == 1
    await job.run()  # 65
    assert len(given) == 1
    await job.run()  # 80; settles at 70
    assert len(given) == 2
    await job.run()  # 50: smaller by itself
    await job.run()  # 69
    assert len(given) == 2
