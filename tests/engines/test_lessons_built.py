"""Lessons as notebooks and pages: what students get holds no solution, and nothing asks for a network."""

import re
from pathlib import Path
from typing import Any

import pytest

from engines.__main__ import main
from engines.errors import EngineError, MissingExtraError, UnknownNameError
from engines.workshop import building, check, pictures
from engines.workshop.errors import LessonError, LessonFailedError
from engines.workshop.reading import Lesson, cells, choose, lessons, read_head
from engines.workshop.running import trial
from engines.workshop.solutions import without_solutions

pytest.importorskip("jupytext", reason="waits for jupytext: pip install -e '.[lessons]'")
nbformat = pytest.importorskip("nbformat", reason="waits for nbformat: pip install -e '.[lessons]'")

SMALL = '''"""Small things.

After this hour you can add.
"""

TITLE_ZH = "小事"
ENGINE = "all"
NEEDS = ()
MINUTES = {"question": 5, "by hand": 10, "engine": 10, "break it": 8, "exercises": 10, "discussion": 5}

# %% [markdown]
# ## The question
# What is 1 + 1? <script>alert(1)</script> <https://elsewhere.example/>

# %%
import altair as alt
import pandas as pd

from engines.workshop import check, pictures, show

# %% [markdown]
# ## By hand: with a pencil
# Take one.

# %% [markdown] tags=["teacher"]
# ### Goes wrong
# They use a calculator.

# %% [markdown]
# ## The engine

# %%
numbers = pd.DataFrame({"数": ["一", "<b>"], "n": [1, 2]})
show(numbers, "numbers · 数字", mark=numbers["n"] == 2)
chart = alt.Chart(numbers).mark_bar().encode(x="n:Q")
show(pictures.picture(chart, "bars · 条形", 'two bars, "one" & two'))

# %% [markdown]
# ## Break it

# %% [markdown]
# ## Exercises

# %%
answer = None
# solution
answer = numbers["n"].iloc[0] + 1  # SECRET
# end of solution
check("1", answer, lambda given: given == 2, "count your fingers")

# %% [markdown]
# ## Discussion

# %% [markdown] tags=["teacher"]
# ### Answers
# TWO.
'''


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    path = tmp_path_factory.mktemp("lessons") / "77_small.py"
    path.write_text(SMALL, encoding="utf-8")
    return read_head(path)


@pytest.fixture(scope="module")
def built(small: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("ipykernel", "nbclient", "vl_convert"):
        pytest.importorskip(name, reason=f"waits for {name}: pip install -e '.[lessons]'")
    folder = tmp_path_factory.mktemp("built") / "out"
    building.build([small], [small], folder, lambda *_: None)
    return folder


def changed(small: Lesson, tmp_path: Path, old: str, new: str) -> Lesson:
    assert old in SMALL
    path = tmp_path / "77_small.py"
    path.write_text(SMALL.replace(old, new), encoding="utf-8")
    return read_head(path)


def test_students_get_no_solution_and_no_note(built: Path) -> None:
    files = sorted((built / "student").iterdir())
    assert [path.name for path in files] == ["77_small.html", "77_small.ipynb", "index.html"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in ("SECRET", "calculator", "TWO.", "参考答案"))
    assert "your lines here" in files[0].read_text(encoding="utf-8")


def test_teachers_get_solutions_that_were_run_and_all_notes(built: Path) -> None:
    page = (built / "teacher" / "77_small.html").read_text(encoding="utf-8")
    assert all(word in page for word in ("SECRET", "calculator", "TWO.", "✓ exercise 1"))
    notes = (built / "teacher" / "notes.html").read_text(encoding="utf-8")
    assert all(word in notes for word in ("calculator", "TWO.", "5–15 min"))


def test_notebooks_are_whole_and_a_students_exercises_are_not_answered(built: Path) -> None:
    for audience in ("student", "teacher"):
        notebook = nbformat.read(built / audience / "77_small.ipynb", as_version=4)
        nbformat.validate(notebook)
        kinds = {kind for cell in notebook.cells for out in cell.get("outputs", []) for kind in out.get("data", {})}
        assert {"image/svg+xml", "text/html", "text/plain"} <= kinds
        exercise = next(cell for cell in notebook.cells if "exercise" in cell.metadata.get("tags", []))
        assert bool(exercise.outputs) == (audience == "teacher")


def test_nothing_in_a_page_asks_for_a_network_or_runs(built: Path) -> None:
    for path in built.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert not re.search(r"<(script|link|iframe|img)\b|@import|url\(", text), path
        asked = set(re.findall(r'\b(?:src|href)="([^"#]+)"', text))
        assert all(not one.startswith("http") or "elsewhere.example" in one for one in asked)


def test_pages_are_read_without_a_request_an_error_or_something_cut_off(built: Path, browser: Any) -> None:
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 800})
        asked, told = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, told=told: told.append(message.text))
        for path in sorted(built.rglob("*.html")):
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path.name, width)
        assert all(url.startswith("file:") for url in asked)
        assert told == []
        page.goto((built / "teacher" / "77_small.html").as_uri())
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)") >= 16
        assert page.locator("svg[role=img]").get_attribute("aria-label") == 'two bars, "one" & two'
        page.close()


def test_equal_lessons_give_equal_pages(built: Path, small: Lesson) -> None:
    from engines.workshop.notebooks import for_teacher, written_out

    once, again = (written_out(for_teacher(small, cells(small))) for _ in range(2))
    assert once == again
    assert "execution_count" in (built / "teacher" / "77_small.ipynb").read_text(encoding="utf-8")
    assert "iopub" not in (built / "teacher" / "77_small.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('TITLE_ZH = "小事"\n', "", "TITLE_ZH is None, but must be a str"),
        ('ENGINE = "all"', 'ENGINE = "tax"', "must be one of fraud, graph, ledger, rpa, all"),
        ('"question": 5', '"question": 50', "MINUTES make 93, but must make 45 to 60"),
        ('"question": 5, ', "", "in this order"),
        ("After this hour you can add.\n", "", "a title, an empty line and a paragraph"),
        ("ENGINE =", "ENGINE = =", "is no Python"),
    ],
)
def test_a_head_that_lacks_something_is_refused(
    small: Lesson, tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(LessonError, match=message):
        changed(small, tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("## Break it", "## Smash it", "opens none of its parts"),
        ("# ## Break it", "# Break it", "its parts are"),
        ("### Answers", "### Solutions", "must with one of ### Goes wrong"),
    ],
)
def test_cells_that_are_not_a_lessons_are_refused(
    small: Lesson, tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(LessonError, match=message):
        cells(changed(small, tmp_path, old, new))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# solution\nx = 1", "no '# end of solution'"),
        ("x = 1\n# end of solution", "has no partner"),
        ("# solution\n# solution\n# end of solution", "has no partner"),
        ("if x:\n    # solution\n    y = 1\n    # end of solution\nelse\n", "is no Python"),
    ],
)
def test_marks_without_a_partner_are_refused(source: str, message: str) -> None:
    with pytest.raises(LessonError, match=message):
        without_solutions(source, "77_small")


def test_a_function_without_its_body_still_runs() -> None:
    kept = without_solutions("def f(x):\n    # solution\n    return x\n    # end of solution\n", "77_small")
    names: dict = {}
    exec(kept, names)
    assert names["f"](1) is None


def test_a_cell_that_fails_is_named_and_leaves_the_folder_as_it_was(small: Lesson, tmp_path: Path) -> None:
    here = Path.cwd()
    with pytest.raises(LessonFailedError, match=r"in 'engine', the cell 'numbers = .*ZeroDivisionError"):
        trial(changed(small, tmp_path, 'show(numbers, "numbers · 数字", mark=numbers["n"] == 2)', "1 / 0"))
    assert Path.cwd() == here


def test_an_answer_that_raises_is_wrong_and_does_not_stop(capsys: pytest.CaptureFixture[str]) -> None:
    check("1", "two", lambda answer: answer > 1, "a number is asked for")
    assert capsys.readouterr().out.startswith("✗ exercise 1: not yet, a number is asked for (TypeError")


def test_lessons_are_asked_for_by_number_topic_or_name() -> None:
    known = lessons()
    by_topic = next(iter(known)).partition("_")[2]
    assert choose(known, ["1", by_topic]) == choose(known, ["01"])
    with pytest.raises(UnknownNameError, match="did you mean"):
        choose(known, ["01_rulez"])


def test_building_waits_for_its_extra_with_one_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = building.find_spec
    monkeypatch.setattr(building, "find_spec", lambda name: None if name == "nbclient" else found(name))
    with pytest.raises(MissingExtraError, match=r"pip install -e '\.\[lessons\]' \(not installed: nbclient\)"):
        building.build([], [], tmp_path / "out", lambda *_: None)
    assert not (tmp_path / "out").exists()


def test_the_command_lists_lessons_and_refuses_a_file_for_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["lesson", "list", "--json"]) == 0
    assert '"name": "01_rules"' in capsys.readouterr().out
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["lesson", "build", "1", "-o", str(tmp_path / "file")]) == 2
    assert "is a file; name a folder" in capsys.readouterr().err
    assert main(["lesson", "build", "nothing", "-o", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()


def test_pictures_say_in_words_what_is_seen() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [0.1, 0.2], "c": ["x", "y"]})
    for drawn in (
        pictures.bars(frame, "b", "c", title="t · 题", alt="bars", percent=True, mark=[True, False]),
        pictures.lines(frame, x="a", y="b", subject="c", title="t · 题", alt="lines", log=True, at={1.5: "here"}),
        pictures.points(frame, x="a", y="b", group="c", label="c", title="t · 题", alt="points"),
    ):
        svg = drawn.svg()
        assert f'aria-label="{drawn.alt}"' in svg
        assert "t · 题" in svg


def test_errors_of_lessons_are_the_roofs() -> None:
    assert issubclass(LessonError, EngineError)
