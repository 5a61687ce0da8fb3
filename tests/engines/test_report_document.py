import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st
from report_sample import sample_result

from engines.report.document import FORMAT, repeat_command, to_json
from engines.report.legible import legible
from engines.result import Result


def test_json_says_all_that_the_result_says():
    result = sample_result()
    read = json.loads(to_json(result))
    plain = dataclasses.asdict(dataclasses.replace(result, pictures=()))
    for key in ("case", "title", "title_zh", "paper_case", "headline", "headline_zh", "seed", "size", "source"):
        assert read[key] == plain[key]
    for key in ("numbers", "checks"):
        assert read[key] == list(plain[key])
    assert read["notes"] == list(result.notes)
    assert read["tables"][0]["rows"] == [list(row) for row in result.tables[0].rows]
    assert read["passed"] is False


def test_json_keeps_the_order_of_its_keys():
    head = ["format", "case", "title", "title_zh", "paper_case", "headline", "headline_zh", "passed"]
    run = ["seed", "size", "source", "command"]
    body = ["numbers", "checks", "tables", "pictures", "networks", "films", "notes"]
    assert list(json.loads(to_json(sample_result()))) == head + run + body
    assert json.loads(to_json(sample_result()))["format"] == FORMAT


def test_json_holds_no_drawing_and_does_not_draw():
    def refuse():
        raise AssertionError("a picture was drawn for JSON")

    result = sample_result()
    pictures = tuple(dataclasses.replace(picture, draw=refuse) for picture in result.pictures)
    read = json.loads(to_json(dataclasses.replace(result, pictures=pictures)))
    assert [set(picture) for picture in read["pictures"]] == [{"title", "title_zh", "caption"}] * 4


def test_json_leaves_chinese_readable():
    assert "规则与模型结合的反欺诈平台" in to_json(sample_result())


def test_the_command_of_a_foreign_file_replaces_the_plain_one():
    command = "hexi run anti-fraud --input mine.csv"
    assert json.loads(to_json(sample_result(), command))["command"] == command
    assert repeat_command(sample_result(case="a b")) == "hexi run 'a b' --seed 7 --size 200000"


@given(st.text())
def test_any_text_becomes_json_that_a_file_can_hold(text):
    result = Result("anti-fraud", text, text, "1-5", text, text, 7, 100, text, notes=(text,))
    written = to_json(result).encode("utf-8")
    assert json.loads(written)["notes"] == [legible(text)]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_ordinary_text_is_left_as_it_is(text):
    assert legible(text) == text


def test_escape_codes_and_halves_of_characters_are_replaced():
    assert legible("\x1b[2J") == "\ufffd[2J"
    assert legible("a\ud800b\u202ec\x00\x9b") == "a\ufffdb\ufffdc\ufffd\ufffd"
    assert legible("two\nlines\tand tab") == "two\nlines\tand tab"
