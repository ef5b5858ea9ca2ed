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
    assert made.has_room("first", {"a": 60, "b": 60}), "nothing is there"
    made.begin("first", "a", 60)
    assert made.has_room("second", {"a": 60, "c": 40}), "rows that are there take no room"
    made.begin("second", "c", 40)
    assert made.has_room("first", {"b": 60}), "a request that has begun goes on"
    assert not made.has_room("third", {"d": 10})
    assert made.has_room("none", {}), "a request that needs none goes on"
    made.end("second")
    assert made.has_room("third", {"d": 40})


def test_requests_without_room_have_it_in_their_order(reads):
    made, _ = reads
    made.begin("first", "a", 90)
    assert not made.has_room("second", {"b": 20})
    assert not made.has_room("third", {"a": 90}), "one that would fit waits behind one that came before"
    assert not made.has_room("fourth", {"c": 5})
    made.end("second")  # given up
    assert not made.has_room("fourth", {"c": 5})
    assert made.has_room("third", {"a": 90})
    made.begin("third", "a", 90)
    assert made.has_room("fourth", {"c": 5})


def test_a_request_of_more_than_the_room_is_served_alone(reads):
    made, _ = reads
    assert made.has_room("large", {"a": 1_000})
    made.begin("large", "a", 1_000)
    assert made.held("large") == {"a"}
    assert not made.has_room("other", {"b": 1})
    made.let_go("large", "a")
    assert made.has_room("other", {"b": 1})


def test_rows_that_cannot_be_read_are_none(reads):
    made, _ = reads
    assert str(made.begin("first", "bad", 10).exception(10)) == "not finite"
    assert made.rows("bad") is None
