"""Reading pages out of HTML alone: what people see, and a refusal where a page says two things."""

import pytest

from rpa.browser.reading import alerts, forms, has_heading, headings, links, pairs, rows, text_at, title
from rpa.errors import UnknownPageError


def table(*lines: str) -> str:
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def test_values_are_what_people_see() -> None:
    page = table(
        "<th>存款人名称：</th><td>\n 兰州<b>河西</b>通&amp;建材&#40;集团&#41; </td>",
        "<td>地址</td><td>黄河路<br>12号<!-- 13号 --><script>x</script></td>",
    )
    assert pairs(page) == {"存款人名称": "兰州河西通&建材(集团)", "地址": "黄河路 12号"}


def test_two_pairs_may_stand_in_one_row() -> None:
    assert pairs(table("<th>甲</th><td>1</td><th>乙</th><td>2</td>")) == {"甲": "1", "乙": "2"}


@pytest.mark.parametrize(
    "lines",
    [
        ("<th>账号</th><td>62</td>", "<th>账号</th><td>63</td>"),
        ("<th>账号</th><td>62</td>", "<th>账号：</th><td></td>"),
        ("<th>账号</th><td>62</td><td>63</td>",),
    ],
)
def test_a_label_with_two_values_is_not_read(lines: tuple[str, ...]) -> None:
    with pytest.raises(UnknownPageError):
        pairs(table(*lines))


def test_a_label_that_stands_twice_with_one_value_is_read() -> None:
    assert pairs(table("<th>账号</th><td>62</td>", "<th>账号</th><td>62</td>")) == {"账号": "62"}


def test_rows_of_a_form_are_no_values() -> None:
    assert pairs(table("<th>账号</th><td><input value=62></td>", "<th>甲</th><td>1</td>")) == {"甲": "1"}


def test_a_table_that_is_not_there_has_no_values() -> None:
    assert pairs("<p>甲</p>", "#check") == {}
    assert rows("<p>甲</p>", "#lists") == []


def test_rows_that_do_not_fit_their_headings_are_not_read() -> None:
    assert rows(table("<th>编号</th><th>状态</th>", "<td>1</td>")) == []
    assert rows(table("<td>1</td><td>2</td>")) == []


def test_a_label_that_wraps_a_list_does_not_take_the_options_texts() -> None:
    page = (
        "<form><label>行业分类 <select name=industry><option value=C>制造业</option>"
        "<option value=F selected>批发和零售业</option></select></label></form>"
    )
    control = forms(page)[0].by_name["industry"]
    assert (control.label, control.kind, control.value) == ("行业分类", "choice", "F")


def test_a_forms_controls_hold_what_the_page_says() -> None:
    page = (
        '<form action="/x" method="POST"><input type=hidden name=t value=1>'
        "<textarea name=scope>\n 甲、乙\n丙</textarea>"
        "<select name=s><option value=a>A</option><option value=b>B</option></select><button> 下一步 </button></form>"
    )
    (form,) = forms(page)
    assert (form.action, form.method, form.buttons) == ("/x", "post", ("下一步",))
    assert {one.name: one.value for one in form.controls} == {"t": "1", "scope": " 甲、乙\n丙", "s": "a"}


def test_error_regions_say_each_message_once() -> None:
    page = '<div class="faults" role="alert"><p>甲</p><p>乙</p><p>甲</p></div><p>丙</p><div role="alert"></div>'
    assert alerts(page) == ("甲", "乙")
    assert alerts("<p>甲</p>") == ()


def test_titles_headings_and_links() -> None:
    page = "<title>查询 - 系统</title><h2>账户 查询</h2><a href='/q'> 账户查询 </a><a href='/z'>账户查询</a>"
    assert (title(page), headings(page), links(page)) == ("查询 - 系统", ("账户 查询",), {"账户查询": "/q"})
    assert has_heading(page, "账户查询")
    assert not has_heading("<h2>首页</h2><h2>账户查询</h2>", "账户查询")
    assert text_at(page, "#nothing") == ""
