"""The live page in a real browser: what people see of decisions, degrading, drift and a server that goes away."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving_sample import SampleDecider, event, served

from fraud.serving.application import Application
from fraud.serving.desk import Desk
from fraud.serving.drift import Drift
from fraud.serving.limits import Limits

HOSTILE = "<img src=x onerror=alert(1)>"
CUT_OFF = """() => [...document.querySelectorAll("main *, header *")]
    .filter(one => !one.children.length && one.textContent && getComputedStyle(one).overflow !== "hidden")
    .filter(one => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"""


class Seen:
    """The live page of a server in the browser, with all that the browser complained about."""

    def __init__(self, browser: Any, client: httpx.Client, language: str = "zh-CN", width: int = 1280) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 1000}, locale=language)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(str(client.base_url))
        self.wait("() => document.body.dataset.drawn !== undefined")

    def wait(self, script: str) -> None:
        """Wait until a function of the page is true; asked from outside, as the page's policy forbids eval."""
        for _ in range(300):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {script}")

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).inner_text())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    desk = Desk(SampleDecider(tmp_path_factory.mktemp("log")), Limits(patience=5))
    desk.watch.drift = Drift(window=1_000)
    with served(Application(desk)) as client:
        for start in range(0, 1_200, 400):
            young = {"customer_age": 20.0} if start else {}
            events = [event(number % 90 + 1000 * (start + number), **young) for number in range(400)]
            for number, one in enumerate(events):
                one |= {"transaction_id": f"S{start + number:05d}", "amount_fen": 3_000 * number}
            assert client.post("/v1/decisions/batch", json={"events": events}).status_code == 200
        yield client


@pytest.fixture(scope="module")
def seen(browser: Any, client: httpx.Client) -> Iterator[Seen]:
    looked = Seen(browser, client)
    yield looked
    looked.context.close()


def test_the_page_shows_decisions_rates_rules_and_drift(seen: Seen, client: httpx.Client) -> None:
    assert seen.text("#decisions") == "1,200"
    assert "正常" in seen.text("#state")
    assert seen.page.locator("#newest tr").count() == 60
    assert {"放行", "挂起", "阻断"} < set(seen.page.locator("#actions .name").all_inner_texts())
    assert "大额交易" in seen.text("#rules")
    assert "客户年龄" in seen.text("#drift")
    assert seen.page.locator("#drift i.drifted").count() >= 1
    assert "ms" in seen.text("#latency")


def test_a_new_decision_comes_in_by_itself_and_is_text_whatever_it_says(seen: Seen, client: httpx.Client) -> None:
    sent = event(1, transaction_id=HOSTILE, amount_fen=1_234_567_89, channel=HOSTILE)
    assert client.post("/v1/decisions", json=sent).status_code == 200
    seen.wait(f"() => document.querySelector('#newest tr').textContent.includes({HOSTILE!r})")
    row = seen.text("#newest tr:first-child")
    assert "1,234,567.89" in row
    assert "阻断" in row
    assert "金额偏大" in row
    assert seen.page.locator("#newest img").count() == 0


def test_the_page_speaks_english_and_chinese(seen: Seen) -> None:
    seen.page.locator("#language").click()
    assert "block" in seen.text("#actions")
    assert seen.page.locator("html").get_attribute("lang") == "en"
    assert seen.page.evaluate("() => !/[\\u4e00-\\u9fff]/.test(document.querySelector('main').innerText)")
    seen.page.locator("#language").click()
    assert "阻断" in seen.text("#actions")


def test_only_what_was_not_passed_is_listed_if_asked(seen: Seen) -> None:
    seen.page.locator("#only-alerts").check()
    assert set(seen.page.locator("#newest .action").all_inner_texts()) <= {"挂起", "阻断", "加强验证"}
    seen.page.locator("#only-alerts").uncheck()


def test_a_page_that_is_paused_stands_still(seen: Seen, client: httpx.Client) -> None:
    seen.page.locator("#pause").click()
    before = seen.text("#newest tr:first-child")
    client.post("/v1/decisions", json=event(2, transaction_id="paused"))
    seen.page.wait_for_timeout(1_200)
    assert seen.text("#newest tr:first-child") == before
    seen.page.locator("#pause").click()
    seen.wait("() => document.querySelector('#newest tr').textContent.includes('paused')")


def test_the_browser_has_nothing_to_complain_about_and_asks_nobody_else(seen: Seen, client: httpx.Client) -> None:
    assert seen.complaints == []
    assert all(url.startswith(str(client.base_url)) for url in seen.requests)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_nothing_is_cut_off_on_a_desk_or_a_phone(browser: Any, client: httpx.Client, width: int, language: str) -> None:
    looked = Seen(browser, client, language, width)
    assert looked.page.evaluate(CUT_OFF) == []
    assert looked.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    looked.context.close()


def test_a_burst_is_seen_as_degraded_and_a_server_that_goes_as_gone(browser: Any, tmp_path: Path) -> None:
    slow = SampleDecider(tmp_path, seconds=0.01)
    with served(Application(Desk(slow, Limits(patience=0.05)))) as client:
        looked = Seen(browser, client)
        threading.Thread(
            target=client.post,
            args=("/v1/decisions/batch",),
            kwargs={"json": {"events": [event(number) for number in range(80)]}},
        ).start()
        looked.wait("() => document.querySelector('#state').className === 'degraded'")
        assert "已降级" in looked.text("#state")
        assert looked.page.locator("#tile-degraded.bad").count() == 1
        assert looked.page.locator("#newest .mark").count() > 0
    looked.wait("() => document.querySelector('#state').className === 'away'")
    assert "重连" in looked.text("#state")
    looked.context.close()
