"""What the systems have in common: log-ins and sessions, the log, dates, and answers to whatever is sent."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from filing_sample import BASIC
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visiting import (
    FORM,
    NOW,
    Clock,
    Visitor,
    branch_in,
    clerk_at,
    details_of,
    draft_of,
    file_account,
    key_of,
    reasons,
    text_of,
    upload,
    visitors,
)

from rpa.systems import NAMES
from rpa.systems.branch import SYSTEMS
from rpa.systems.truth import truth_of

PAGES = {
    "operations": ["/", "/pending", "/lists", f"/accounts/{BASIC.filing_id}"],
    "accounts": ["/", "/query", "/filing/new"],
    "images": ["/", "/upload"],
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_without_a_session_every_page_leads_to_the_log_in(tmp_path: Path, system: str) -> None:
    branch = branch_in(tmp_path)
    with visitors(branch) as some:
        for path in [*PAGES[system], "/audit", "/sheet/x", "/files/a/b", "/filing/x/check"]:
            answer = some[system].get(path)
            assert answer.status_code == 404 or reasons(answer) == ["会话已超时，请重新登录"]
        for path in ("/filing/x/confirm", f"/accounts/{BASIC.filing_id}/result", "/upload"):
            answer = some[system].send(path, {})
            assert answer.status_code in (404, 405) or reasons(answer) == ["会话已超时，请重新登录"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_session_ends_when_nobody_asks_for_long_enough(tmp_path: Path, system: str) -> None:
    clock = Clock()
    with clerk_at(tmp_path, system, clock=clock, session_seconds=60) as (clerk, branch):
        for _ in range(3):
            clock.time += timedelta(seconds=50)
            assert clerk.get("/").url.path == "/"
        clock.time += timedelta(seconds=61)
        assert clerk.get("/").url.path == "/login"
        assert branch.sites[system].sessions == {}


def test_a_session_s_cookie_is_for_the_system_alone_and_ends_with_the_log_out(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        answer = clerk.another().send("/login", {"username": "clerk", "password": "pass word"}, follow_redirects=False)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert len(branch.sites["accounts"].sessions) == 2
        clerk.send("/logout", {})
        assert clerk.get("/").url.path == "/login"
        assert len(branch.sites["accounts"].sessions) == 1


def test_a_session_of_one_system_is_none_of_another(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        token = clerk.client.cookies["accounts_session"]
        with visitors(branch) as some:
            some["images"].client.cookies.set("images_session", token)
            assert some["images"].get("/").url.path == "/login"


def test_three_systems_on_one_host_do_not_take_each_other_s_cookies(tmp_path: Path) -> None:
    with visitors(branch_in(tmp_path)) as some:
        for visitor in some.values():
            visitor.client._cookies = some["images"].client._cookies  # a browser keeps them by host, whatever the port
            visitor.log_in()
        assert all(visitor.get("/").url.path == "/" for visitor in some.values())


@pytest.mark.parametrize(("user", "password"), [("clerk", "wrong"), ("nobody", ""), ("", ""), ("clerk", "口令")])
def test_a_wrong_password_is_refused_without_saying_what_was_wrong(tmp_path: Path, user: str, password: str) -> None:
    with visitors(branch_in(tmp_path)) as some:
        answer = some["accounts"].send("/login", {"username": user, "password": password})
        assert answer.status_code == 401
        assert reasons(answer) == ["用户名或密码错误"]


def test_five_wrong_passwords_lock_a_user_for_ten_minutes(tmp_path: Path) -> None:
    clock = Clock()
    branch = branch_in(tmp_path, clock=clock)
    with visitors(branch) as some:
        door = some["operations"]
        for _ in range(5):
            door.send("/login", {"username": "clerk", "password": "guess"})
        right = {"username": "clerk", "password": "pass word"}
        assert "用户已锁定" in reasons(door.send("/login", right))[0]
        some["operations"].another().log_in("other")
        clock.time += timedelta(minutes=10)
        assert door.send("/login", right).url.path == "/"
        assert len(branch.records["operations"].log("log-in refused")) == 5


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_page_and_answer_bears_the_system_s_date(tmp_path: Path, system: str) -> None:
    with clerk_at(tmp_path, system) as (clerk, _):
        for path in [*PAGES[system], "/audit", "/nowhere", "/login"]:
            answer = clerk.get(path)
            assert answer.headers["date"] == "Wed, 01 Jul 2026 02:00:00 GMT"
            assert '<span id="today">2026-07-01</span>' in text_of(answer)


def test_the_log_says_who_did_what_to_an_auditor_alone(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        file_account(clerk, BASIC)
        assert clerk.get("/audit").status_code == 403
        page = text_of(clerk.another().log_in("admin").get("/audit"))
        place = f"{BASIC.bank_code}/{BASIC.account_number}"
        assert f"<tr><td>2026-07-01 10:00:00</td><td>账户备案</td><td>{place}</td><td>clerk</td></tr>" in page
        assert "<td>登录</td><td>admin</td>" in page
        assert BASIC.legal_representative not in page


def test_the_log_has_pages_the_newest_first(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        for place in range(120):
            branch.records["images"].note(NOW, "stored", f"L{place}", {"by": "clerk"})
        admin = clerk.another().log_in("admin")
        page = text_of(admin.get("/audit?page=2"))
        assert re.findall(r"<td>(L\d+)</td>", page)[0] == "L70"
        assert '<span id="page-last">3</span>' in page
        assert len(re.findall(r"<tr><td>", text_of(admin.get("/audit?page=9")))) == 22


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/<script>", 404),
        ("DELETE", "/", 405),
        ("PUT", "/upload", 405),
        ("POST", "/query", 405),
        ("GET", "/filing/x/confirm", 405),
    ],
)
def test_what_is_not_there_and_wrong_methods_get_a_page_of_the_system(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    system = "images" if path == "/upload" else "accounts"
    with clerk_at(tmp_path, system) as (clerk, _):
        answer = clerk.ask(method, path)
        assert answer.status_code == status
        assert len(reasons(answer)) == 1
        assert SYSTEMS[system] in text_of(answer)
        assert "<script>" not in answer.text


def test_huge_forms_are_refused(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        answer = clerk.send("/filing/new", {"account_number": "1" * 2**20})
        assert answer.status_code == 413
        assert reasons(answer) == ["提交的数据过大"]
        many = "&".join(f"a{place}=" for place in range(300))
        answer = clerk.ask("POST", "/filing/new", content=many, headers=FORM)
        assert answer.status_code == 400
        assert reasons(answer) == ["请求格式错误"]


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", ""])
def test_a_body_that_is_no_upload_gets_a_page(tmp_path: Path, kind: str) -> None:
    with clerk_at(tmp_path, "images") as (clerk, branch):
        answer = clerk.ask("POST", "/upload", content=b"--x\r\nnonsense \xff", headers={"Content-Type": kind})
        assert answer.status_code in (400, 422)
        assert len(reasons(answer)) == 1
        assert truth_of(branch).stored == {}


TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["../../etc/passwd", "<script>alert(1)</script>", "' OR 1=1 --", "&#0;", "&#55296;", "\x00", "\ud7ff", "𠮷"]
    ),
)
NAMED = st.sampled_from(
    [*key_of(BASIC), *details_of(BASIC), "username", "password", "result", "reason", "page", "captcha"]
)


class Watched:
    """Visitors who are logged in, for many tries; what they send may change nothing."""

    def __init__(self, visitors_by_system: dict[str, Visitor]) -> None:
        self.by_system = visitors_by_system
        self.draft = draft_of(visitors_by_system["accounts"], BASIC).split("/")[2]

    def send(self, system: str, path: str, form: dict[str, str], raw: bytes) -> httpx.Response:
        path = path.replace("DRAFT", self.draft)
        if raw:
            return self.by_system[system].ask("POST", path, content=raw, headers=FORM)
        return self.by_system[system].send(path, form)


def test_no_form_makes_a_system_fail_or_file(tmp_path: Path) -> None:
    branch = branch_in(tmp_path)
    paths = [
        *(
            ("accounts", path)
            for path in ("/filing/new", "/filing/DRAFT/details", "/filing/x/details", "/filing/x/confirm")
        ),
        *(
            ("operations", path)
            for path in (f"/accounts/{BASIC.filing_id}/result", "/accounts/x/result", "/logout?x=%ff")
        ),
        *(("images", path) for path in ("/upload", "/login", "/query?page=%ff%00")),
    ]
    with visitors(branch) as some:
        watched = Watched({name: visitor.log_in() for name, visitor in some.items()})

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(
            st.sampled_from(paths),
            st.dictionaries(st.one_of(NAMED, TEXT), TEXT, max_size=12),
            st.one_of(st.just(b""), st.binary(max_size=60)),
        )
        def tries(where: tuple[str, str], form: dict[str, str], raw: bytes) -> None:
            answer = watched.send(*where, form, raw)
            assert answer.status_code < 500
            assert "Traceback" not in answer.text
            assert "<script>alert(1)" not in answer.text

        tries()
        assert truth_of(branch).filed == truth_of(branch).stored == {}


def test_no_address_makes_a_system_fail(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch), visitors(branch) as some:
        places = {"accounts": clerk, "images": some["images"].log_in(), "operations": some["operations"].log_in()}
        stems = [("accounts", "/query?"), ("accounts", "/result/"), ("accounts", "/filing/"), ("images", "/sets/a/")]
        stems += [
            ("images", "/upload?"),
            ("images", "/files/a/"),
            ("operations", "/accounts/"),
            ("operations", "/lists/"),
        ]

        @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(st.sampled_from(stems), st.binary(max_size=30))
        def tries(stem: tuple[str, str], tail: bytes) -> None:
            quoted = "".join(f"%{byte:02X}" if byte % 3 else chr(48 + byte % 75) for byte in tail)
            answer = places[stem[0]].get(stem[1] + quoted.replace("\\", "").replace("#", ""))
            assert answer.status_code < 500

        tries()


def test_every_switch_is_described() -> None:
    assert all(len(text) > 10 and ": " in text for text in NAMES.values())


def test_a_page_shows_what_was_typed_as_text(tmp_path: Path) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    with clerk_at(tmp_path, "accounts") as (clerk, branch), visitors(branch) as some:
        pages = [
            clerk.send("/filing/new", key_of(BASIC, account_number=evil)),
            clerk.get("/query", params={"bank_code": evil}),
        ]
        pages.append(clerk.get(f"/result/{evil.replace('/', '')}"))
        images = some["images"].log_in()
        pages += [images.get("/upload", params={"entity": evil}), upload(images, data={"entity": evil})]
        for page in pages:
            assert "<img src=x" not in page.text
