from tests.doubles.in_process import Caller, ListSink

from smarterrouter.api.asgi import AsgiSink
from smarterrouter.gateway.sink import Headers, Sink

HEADERS: Headers = [(b"content-type", b"text/plain")]


async def sends(sink: Sink) -> None:
    assert not sink.started
    await sink.start(HEADERS)
    assert sink.started
    sink.begins()
    for count in (1, 2):
        await sink.write(b"x")
        assert sink.writes == count
    await sink.finish()


async def test_the_door_and_the_tests_double_are_sinks():
    caller = Caller()
    await sends(AsgiSink(caller.send, "r1", begins=lambda: None, on_end=lambda: None))
    assert caller.body == b"xx"
    double = ListSink()
    await sends(double)
    assert double.body == b"xx"
