"""Who files accounts where bots are measured: direct HTTP, plain scripts of three tools, and ours.

Each files the same accounts on the same pages: log in to three systems; for each account look it up, file it in four
steps, fetch its papers, store them, write the result back. Direct HTTP is the floor that no browser beats, and what a
bank may not do with systems that are not its own. The plain scripts (Playwright, Selenium, Robot Framework Browser) are
what a good developer writes in an afternoon: no evidence, no reading back, no queue, and nobody who settles what is in
doubt. One account after the other.

Run as a process of its own, `python -m benchmarks.filing_peers NAME JOB`, so that what it costs can be counted.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.filing_job import CHOICES, Job, details_of, key_of, read_job, unpacked
from benchmarks.filing_robot import file_by_robot
from benchmarks.filing_selenium import file_by_selenium
from rpa.filing import Filing

__all__ = ["PEERS", "SPENT", "file_by_http", "file_by_ours", "file_by_playwright"]

SPENT = "spent.json"
"""Name of the file in which ours says where its time went."""


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
    details = post(f"{accounts}/filing/new", key_of(filing)).url
    check = post(str(details), details_of(filing)).url
    result = post(str(check).replace("/check", "/confirm"), {})
    said = re.findall(r"<td>([^<]*)</td>", result.text)
    receipt, basic = said[0], said[3]
    papers = client.get(f"{operations}/accounts/{filing.filing_id}/papers.zip").raise_for_status().content
    archive = job.folder / f"{filing.filing_id}.zip"
    archive.write_bytes(papers)
    names = unpacked(archive, job.folder / filing.filing_id)
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
    send(key_of(filing))
    send(details_of(filing))
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
    page.set_input_files("[name=files]", unpacked(archive, job.folder / filing.filing_id))
    page.click("form[action='/upload'] button")
    page.goto(f"{operations}/accounts/{filing.filing_id}")
    page.select_option("[name=result]", "filed")
    page.fill("[name=receipt]", said[0])
    page.fill("[name=basic_account_number]", said[3])
    page.click("form[action$='/result'] button")
    page.wait_for_load_state()


def file_by_ours(job: Job) -> None:
    """File by the bot of `rpa`, with its queue, evidence, reading back, and the encrypted list.

    Where its time went is left in the job's folder: seconds in the acts of the browser by their kind, of both counters
    together, and processor seconds of this process alone.
    """
    import asyncio

    from benchmarks.filing_settings import settings_of
    from rpa.bot import run_once
    from rpa.browser.acts import acts_timed

    acts: Counter[str] = Counter()

    def add(kind: str, seconds: float) -> None:
        acts[kind] += seconds  # type: ignore[assignment]  # a counter adds up seconds, too

    with acts_timed(add):
        asyncio.run(run_once(settings_of(job), reconcile=False))
    spent = {"acts": acts, "cpu": time.process_time()}
    (job.folder / SPENT).write_text(json.dumps(spent), encoding="utf-8")


PEERS: Mapping[str, Callable[[Job], None]] = {
    "direct HTTP (floor)": file_by_http,
    "plain Playwright": file_by_playwright,
    "plain Selenium": file_by_selenium,
    "Robot Framework Browser": file_by_robot,
    "ours": file_by_ours,
}


if __name__ == "__main__":
    PEERS[sys.argv[1]](read_job(Path(sys.argv[2])))
