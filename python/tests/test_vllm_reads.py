"""How many rows of waiting requests the plugin for vLLM has in memory."""

import pytest

from tokenreel.vllm._reads import Reads


@pytest.fixture
def reads():
    read = []

    def rows(uuid):
        read.append(uuid)
        if uuid == "bad":
            raise ValueError("not finite")
        return f"rows of {uuid}"

    made = Reads(rows, 2, 100)
    yield made, read
    made.shutdown()


def test_rows_are_read_once_for_all_requests_and_kept_for_the_last(reads):
    made, read = reads
    assert made.begin("first", "a", 10).result(10) == "rows of a"
    assert made.begin("second", "a", 10).result(10) == "rows of a"
    made.let_go("first", "a")
    made.let_go("first", "a")
    assert (made.rows("a"), read) == ("rows of a", ["a"])
    made.end("second")
    assert made.rows("a") is None
    made.end("second")
    made.let_go("unknown", "a")
    assert made.begin("second", "a", 10).result(10) == "rows of a"
    assert read == ["a", "a"], "a request that begins again reads again"


def test_a_request_waits_while_others_have_the_room(reads):
    made, _ = reads
    assert made.has_room("first", ["a", "b"])
    made.begin("first", "a", 60)
    assert made.has_room("second", ["c"]), "there is room for one more, whatever its size"
    made.begin("second", "c", 60)
    assert not made.has_room("third", ["d"])
    assert made.has_room("first", ["b"]), "a request that has begun goes on"
    assert made.has_room("third", ["a", "c"]), "rows that are there take no room"
    assert made.has_room("third", []), "a request that needs none goes on"
    made.end("second")
    assert made.has_room("third", ["d"])


def test_a_request_of_more_than_the_room_is_served_alone(reads):
    made, _ = reads
    assert made.has_room("large", ["a"])
    made.begin("large", "a", 1_000)
    assert not made.has_room("other", ["b"])
    made.let_go("large", "a")
    assert made.has_room("other", ["b"])


def test_rows_that_cannot_be_read_are_none(reads):
    made, _ = reads
    assert str(made.begin("first", "bad", 10).exception(10)) == "not finite"
    assert made.rows("bad") is None
