"""Who else could file accounts: direct HTTP, a plain script of Playwright, a plain script of Selenium.

Each files the same accounts on the same pages: log in to three systems; for each account look it up, file it in four
steps, fetch its papers, store them, write the result back. Direct HTTP is the floor that no browser beats, and what a
bank may not do with systems that are not its own. The plain scripts are what a good developer writes in an afternoon:
no evidence, no reading back, no queue, and nobody who settles what is in doubt. One account after the other.

Run as a process of its own, `python -m benchmarks.filing_peers NAME JOB`, so that what it costs can be counted.
"""

import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.errors import PeerMissingError
from rpa.filing import Filing, from_record

__all__ = [
    "PEERS",
    "Job",
    "file_by_http",
    "file_by_ours",
    "file_by_playwright",
    "file_by_selenium",
    "has_selenium",
    "read_job",
]

KEY = ("account_type", "certificate_number", "account_number", "bank_code", "opened_on")
CHOICES = ("account_type", "depositor_category", "industry", "capital_currency")


class Job(NamedTuple):
    """What is to be done.

    Parameters
    ----------
    urls
        Addresses of the systems.
    user, password
        Who logs in.
    accounts
        What is to be filed.
    folder
        For files.
    contexts
        How many accounts at once, for subjects that can.
    began
        When the day began, Unix seconds.
    """

    urls: Mapping[str, str]
    user: str
    password: str
    accounts: Sequence[Filing]
    folder: Path
    contexts: int
    began: float


def read_job(path: Path) -> Job:
    """Read a job that was written as JSON."""
    given = json.loads(path.read_text(encoding="utf-8"))
    accounts = [from_record(record) for record in given["accounts"]]
    folder = Path(given["folder"])
    return Job(given["urls"], given["user"], given["password"], accounts, folder, given["contexts"], given["began"])


def _details(filing: Filing) -> dict[str, str]:
    capital = "未注明" if filing.capital_fen is None else f"{filing.capital_fen // 100}.{filing.capital_fen % 100:02d}"
    names = ("depositor_category", "depositor_name", "area_code", "phone", "address", "post_code")
    more = ("legal_representative", "industry", "capital_currency", "business_scope", "superior_unit")
    found = {name: str(getattr(filing, name)) for name in (*names, *more)} | {"capital": capital}
    return found | ({"basic_account_number": filing.basic_account_number} if filing.account_type == "general" else {})


def _key(filing: Filing) -> dict[str, str]:
    return {name: str(getattr(filing, name)) for name in KEY}


def _unpacked(archive: Path, folder: Path) -> list[str]:
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
        return [str(folder / name) for name in file.namelist()]


def file_by_http(job: Job) -> None:
    """File by requests alone, as no clerk and no bot may."""
    import httpx

    with httpx.Client(follow_redirects=True, timeout=30.0) as client:
        for url in job.urls.values():
            client.post(f"{url}/login", data={"username": job.user, "password": job.password}).raise_for_status()
        for filing in job.accounts:
            _file_one_by_http(client, job, filing)


def _file_one_by_http(client: Any, job: Job, filing: Filing) -> None:
    accounts, operations, images = (job.urls[name] for name in ("accounts", "operations", "images"))

    def post(url: str, form: Mapping[str, str]) -> Any:
        from urllib.parse import urlencode

        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return client.post(url, content=urlencode(form, encoding="gbk"), headers=headers).raise_for_status()

    asked = {"bank_code": filing.bank_code, "account_number": filing.account_number}
    client.get(f"{accounts}/query", params=asked).raise_for_status()
    details = post(f"{accounts}/filing/new", _key(filing)).url
    check = post(str(details), _details(filing)).url
    result = post(str(check).replace("/check", "/confirm"), {})
    said = re.findall(r"<td>([^<]*)</td>", result.text)
    receipt, basic = said[0], said[3]
    papers = client.get(f"{operations}/accounts/{filing.filing_id}/papers.zip").raise_for_status().content
    archive = job.folder / f"{filing.filing_id}.zip"
    archive.write_bytes(papers)
    names = _unpacked(archive, job.folder / filing.filing_id)
    files = [("files", (Path(name).name, Path(name).read_bytes())) for name in names]
    form = {"entity": filing.entity, "filing_id": filing.filing_id}
    client.post(f"{images}/upload", data=form, files=files).raise_for_status()
    back = {"result": "filed", "receipt": receipt, "basic_account_number": basic, "reason": ""}
    client.post(f"{operations}/accounts/{filing.filing_id}/result", data=back).raise_for_status()


def file_by_playwright(job: Job) -> None:
    """File by a plain script of Playwright."""
    from playwright.sync_api import sync_playwright

    from rpa.browser.resolver import find_browser

    with sync_playwright() as driver:
        found = find_browser(os.environ)
        browser = driver.chromium.launch(executable_path=str(found.path), args=["--no-sandbox"])
        page = browser.new_page(accept_downloads=True)
        for url in job.urls.values():
            page.goto(f"{url}/login")
            page.fill("[name=username]", job.user)
            page.fill("[name=password]", job.password)
            page.click("button[type=submit]")
        for filing in job.accounts:
            _file_one_by_playwright(page, job, filing)
        browser.close()


def _file_one_by_playwright(page: Any, job: Job, filing: Filing) -> None:
    accounts, operations, images = (job.urls[name] for name in ("accounts", "operations", "images"))

    def send(form: Mapping[str, str]) -> None:
        for name, value in form.items():
            if name in CHOICES:
                page.select_option(f"[name={name}]", value)
            else:
                page.fill(f"[name={name}]", value)
        page.click("#main button[type=submit]")

    page.goto(f"{accounts}/query")
    send({"bank_code": filing.bank_code, "account_number": filing.account_number})
    page.goto(f"{accounts}/filing/new")
    send(_key(filing))
    send(_details(filing))
    page.click("text=确认提交")
    page.wait_for_selector("#receipt")
    said = page.locator("#receipt td").all_inner_texts()
    page.goto(f"{operations}/accounts/{filing.filing_id}")
    with page.expect_download() as download:
        page.click("text=下载影像")
    archive = job.folder / f"{filing.filing_id}.zip"
    download.value.save_as(archive)
    page.goto(f"{images}/upload")
    page.fill("[name=entity]", filing.entity)
    page.fill("[name=filing_id]", filing.filing_id)
    page.set_input_files("[name=files]", _unpacked(archive, job.folder / filing.filing_id))
    page.click("form[action='/upload'] button")
    page.goto(f"{operations}/accounts/{filing.filing_id}")
    page.select_option("[name=result]", "filed")
    page.fill("[name=receipt]", said[0])
    page.fill("[name=basic_account_number]", said[3])
    page.click("form[action$='/result'] button")
    page.wait_for_load_state()


def has_selenium() -> bool:
    """Return whether Selenium, Chromium and its driver are there.

    Examples
    --------
    >>> has_selenium() in (True, False)
    True
    """
    return find_spec("selenium") is not None and bool(shutil.which("chromedriver") and shutil.which("chromium"))


def file_by_selenium(job: Job) -> None:
    """File by a plain script of Selenium.

    Raises
    ------
    PeerMissingError
        If there is no driver for Chromium.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    driver_path, browser_path = shutil.which("chromedriver"), shutil.which("chromium")
    if driver_path is None or browser_path is None:
        raise PeerMissingError("Selenium needs chromedriver and chromium (Debian: chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser_path
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(job.folder)})
    driver = webdriver.Chrome(options=options, service=Service(driver_path))
    try:
        driver.implicitly_wait(5)
        for url in job.urls.values():
            driver.get(f"{url}/login")
            driver.find_element(By.NAME, "username").send_keys(job.user)
            driver.find_element(By.NAME, "password").send_keys(job.password)
            driver.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
            WebDriverWait(driver, 10, 0.02).until(lambda one: "/login" not in one.current_url)
        for filing in job.accounts:
            _file_one_by_selenium(driver, job, filing)
    finally:
        driver.quit()


def _file_one_by_selenium(driver: Any, job: Job, filing: Filing) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.ui import Select, WebDriverWait

    accounts, operations, images = (job.urls[name] for name in ("accounts", "operations", "images"))

    def send(form: Mapping[str, str], button: str = "#main button[type=submit]") -> None:
        for name, value in form.items():
            field = driver.find_element(By.NAME, name)
            if name in CHOICES or name == "result":
                Select(field).select_by_value(value)
            else:
                field.clear()
                field.send_keys(value)
        pressed = driver.find_element(By.CSS_SELECTOR, button)
        pressed.click()
        # a click returns before the next page is there
        WebDriverWait(driver, 10, 0.02).until(staleness_of(pressed))

    driver.get(f"{accounts}/query")
    send({"bank_code": filing.bank_code, "account_number": filing.account_number})
    driver.get(f"{accounts}/filing/new")
    send(_key(filing))
    send(_details(filing))
    driver.find_element(By.XPATH, "//button[text()='确认提交']").click()
    said = [cell.text for cell in driver.find_elements(By.CSS_SELECTOR, "#receipt td")]
    driver.get(f"{operations}/accounts/{filing.filing_id}")
    driver.find_element(By.LINK_TEXT, "下载影像").click()
    archive = job.folder / f"{filing.filing_id}.zip"
    WebDriverWait(driver, 10, 0.05).until(lambda _: archive.exists())
    driver.get(f"{images}/upload")
    files = "\n".join(_unpacked(archive, job.folder / filing.filing_id))
    driver.find_element(By.NAME, "files").send_keys(files)
    send({"entity": filing.entity, "filing_id": filing.filing_id}, "form[action='/upload'] button")
    driver.get(f"{operations}/accounts/{filing.filing_id}")
    back = {"result": "filed", "receipt": said[0], "basic_account_number": said[3]}
    send(back, "form[action$='/result'] button")


def file_by_ours(job: Job) -> None:
    """File by the bot of `rpa`, with its queue, evidence, reading back, and the encrypted list."""
    import asyncio

    from benchmarks.filing_settings import settings_of
    from rpa.bot import run_once

    asyncio.run(run_once(settings_of(job), reconcile=False))


PEERS: Mapping[str, Callable[[Job], None]] = {
    "direct HTTP (floor)": file_by_http,
    "plain Playwright": file_by_playwright,
    "plain Selenium": file_by_selenium,
    "ours": file_by_ours,
}


if __name__ == "__main__":
    PEERS[sys.argv[1]](read_job(Path(sys.argv[2])))
