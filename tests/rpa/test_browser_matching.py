"""Finding fields: label, name, test id, likeness; each healed look-up is told, and in doubt nothing is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa.browser import Button, Candidate, Field, Healed, in_order, resolve
from rpa.browser.fields import candidates_of
from rpa.browser.labels import likeness, normal
from rpa.errors import NotFoundOnPageError
from rpa.pages.accounts.forms import DETAILS_FORM, KEY_FORM

PHONE = Field("phone", "联系电话", test_id="phone-box")
POST = Field("post_code", "邮政编码")


def text(number: int, label: str = "", name: str = "", **more: str) -> Candidate:
    return Candidate(number, "text", label, name, **more)  # type: ignore[arg-type]  # whatever a test wants


def test_a_label_finds_its_field_and_there_is_nothing_to_tell() -> None:
    (match,) = resolve([PHONE], [text(0, "邮政编码", "zip"), text(1, " 联系电话： ", "phone")])
    assert match is not None
    assert (match.number, match.healed) == (1, None)


def test_the_name_is_next_and_is_told() -> None:
    (match,) = resolve([PHONE], [text(0, "传真", "fax"), text(1, "电话号码", "phone")])
    assert match is not None
    assert match.healed == Healed("phone", "联系电话", "电话号码", "name", 1.0)


def test_then_the_test_id() -> None:
    (match,) = resolve([PHONE], [text(0, "传真", "f1"), text(1, "座机", "f2", test_id="phone-box")])
    assert match is not None
    assert match.healed is not None
    assert (match.number, match.healed.found_by) == (1, "test id")


def test_then_likeness_with_its_score() -> None:
    (match,) = resolve([PHONE], [text(0, "传真", "f1"), text(1, "联系人电话", "f2")])
    assert match is not None
    assert match.healed is not None
    assert match.healed.found_by == "likeness"
    assert 0.65 <= match.healed.score < 1.0


def test_the_text_beside_a_control_without_a_label_will_do() -> None:
    (match,) = resolve([PHONE], [text(0, "", "f1", beside="邮政编码"), text(1, "", "f2", beside="联系电话")])
    assert match is not None
    assert match.number == 1


def test_two_controls_that_are_as_like_are_none() -> None:
    with pytest.raises(NotFoundOnPageError, match="two controls could be the field '联系电话'"):
        resolve([PHONE], [text(0, "联系电话1", "f1"), text(1, "联系电话2", "f2")])


def test_two_controls_with_one_label_are_told_apart_by_name_or_not_at_all() -> None:
    (match,) = resolve([PHONE], [text(0, "联系电话", "agent_phone"), text(1, "联系电话", "phone")])
    assert match is not None
    assert match.number == 1
    with pytest.raises(NotFoundOnPageError, match="2 controls of the page could be"):
        resolve([PHONE], [text(0, "联系电话", "f1"), text(1, "联系电话", "f2")])


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundOnPageError, match=r"there is no field '联系电话' \(phone\) on the page"):
        resolve([PHONE], [text(0, "注册地址", "address"), Candidate(1, "button", "联系电话")])
    assert resolve([Field("x", "上级单位", is_needed=False)], [text(0, "注册地址", "address")]) == [None]


def test_a_field_of_another_kind_is_not_the_field() -> None:
    with pytest.raises(NotFoundOnPageError):
        resolve([Field("industry", "行业分类", "choice")], [text(0, "行业分类", "industry")])


def test_exchanged_labels_are_followed_and_told_since_only_reading_back_can_judge() -> None:
    found = resolve([PHONE, POST], [text(0, "邮政编码", "phone"), text(1, "联系电话", "post_code")])
    assert [match.number for match in found if match] == [1, 0]
    assert {match.healed.found_by for match in found if match and match.healed} == {"label, against its name"}


def test_one_control_is_not_two_fields() -> None:
    # the label says post code, the name says phone: whoever is right, one of the two would get a wrong value
    with pytest.raises(NotFoundOnPageError, match="one control of the page would be both"):
        resolve([PHONE, POST], [text(0, "邮政编码", "phone"), text(1, "邮编号", "zip")])


def test_likeness_takes_nothing_that_is_another_fields_by_its_label() -> None:
    fields = [Field("", "注册资金"), Field("", "注册资金币种")]
    with pytest.raises(NotFoundOnPageError, match="there is no field '注册资金'"):
        resolve(fields, [text(0, "注册资金币种", "f1"), text(1, "经营范围", "f2")])


def test_neighbours_and_place_decide_between_like_labels() -> None:
    form = in_order(Field("", "法定代表人"), Field("", "证件编号"), Field("", "联系电话"))
    page = candidates_of(
        [
            ["text", label, "", "", ""]
            for label in ("法定代表人", "证件编码号", "联系电话", "经办人", "证件号编", "备注")
        ]
    )
    found = resolve(form, page)
    assert [match.number for match in found if match] == [0, 1, 2]


def test_links_of_one_text_are_told_apart_by_where_they_lead() -> None:
    links = [Candidate(number, "link", "下载", f"/lists/{number}") for number in range(3)]
    (match,) = resolve([Button("下载", "link", name="/lists/2")], links)
    assert match is not None
    assert (match.number, match.healed) == (2, None)
    with pytest.raises(NotFoundOnPageError):
        resolve([Button("下载", "link")], links)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("注册地址", "注册资金"), ("账号", "账户性质"), ("银行机构代码", "注册地地区代码"), ("住所", "注册地址")),
        *(
            ("法定代表人", "法定代表人证件号码"),
            ("社会信用代码", "统一社会信用代码有效期"),
            ("注册资金", "注册资金币种"),
        ),
    ],
)
def test_unlike_labels_stay_below_what_is_taken(one: str, other: str) -> None:
    assert likeness(one, other) < 0.7


@given(st.text(max_size=8), st.text(max_size=8))
def test_likeness_lies_between_nothing_and_the_same(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, one) == (1.0 if normal(one) else 0.0)


STRANGERS = (
    *(
        "经办人电话",
        "联系地址",
        "注册日期",
        "注册类型",
        "法定代表人证件号码",
        "开户许可证编号",
        "账户名称",
        "存款人地址",
    ),
    *(
        "资金性质",
        "行业代码说明",
        "电子邮箱",
        "传真",
        "通讯地址",
        "地区名称",
        "组织机构代码",
        "注册资金大写",
        "经营期限",
    ),
    *(
        "上级法人证件号码",
        "邮政编码校验",
        "注册资金币种说明",
        "银行机构联系人",
        "开户日期类型",
        "统一社会信用代码有效期",
    ),
)


@pytest.mark.parametrize("form", [KEY_FORM, DETAILS_FORM], ids=["key", "details"])
@given(seed=st.integers(0, 2**32 - 1))
def test_however_a_form_is_rearranged_and_renamed_no_value_goes_into_anothers_control(
    form: tuple[Field, ...], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    gone = int(rng.integers(len(form) + 1))  # one of the fields is not there, or none
    page: list[tuple[list[str], int]] = []
    for place, field in enumerate(form):
        how, name = rng.integers(6), field.name if rng.random() < 0.5 else f"ctl{place}"
        label = {1: f"{field.label}：", 2: f"请填写{field.label}", 3: field.label[:1] + field.label[2:]}.get(
            int(how), field.label
        )
        if place != gone:
            page.append(([field.kind, label, name, "", ""], place))
    for stranger in rng.choice(STRANGERS, 6, replace=False):
        kind = ("text", "long", "choice")[rng.integers(3)]
        page.append(([kind, str(stranger), f"ctl{rng.integers(99)}x", "", ""], -1))
    rng.shuffle(page)
    try:
        found = resolve(form, candidates_of([facts for facts, _ in page]))
    except NotFoundOnPageError:
        return
    assert gone == len(form) or not form[gone].is_needed
    assert [page[match.number][1] for match in found if match] == [n for n in range(len(form)) if n != gone]
