"""A filmstrip of one filing: what the bot saw, as its evidence kept it, and what the systems show in the end."""

from datetime import datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from engines.filing.evening import Evening
from engines.result import Film, Frame
from rpa.evidence.story import read_index
from rpa.filing import Filing

__all__ = ["filmstrip"]

_STAGES = {
    "screenshot check page": ("before confirming: everything is read back", "提交前逐项核对"),
    "screenshot result": ("filed: receipt and basic-account number", "备案成功与编号"),
}


def filmstrip(evening: Evening, filing: Filing) -> Film:
    """Return the filmstrip of one account that was filed; the systems must still be served."""
    frames = [*_evidence_frames(evening.settings.evidence_folder / filing.filing_id), *_end_frames(evening, filing)]
    return Film(
        f"One filing: {filing.depositor_name}",
        f"一笔备案：{filing.depositor_name}",
        "The first pictures are the bot's evidence, without passwords and identity numbers; the others are what the "
        "systems show afterwards.",
        tuple(frames),
    )


def _evidence_frames(folder: Path) -> list[Frame]:
    found: dict[str, tuple[datetime, Frame]] = {}
    for file in read_index(folder):
        if file.kind in _STAGES:
            english, chinese = _STAGES[file.kind]
            frame = Frame(english, chinese, (folder / file.name).read_bytes())
            found[file.kind] = (datetime.fromisoformat(file.at), frame)
    return [frame for _, frame in sorted(found.values(), key=lambda pair: pair[0])]


def _end_frames(evening: Evening, filing: Filing) -> list[Frame]:
    """Look at the systems as a clerk would; this is the demonstration's own visit, no fault strikes it."""
    urls = evening.addresses
    for site in evening.branch.sites.values():
        site.faults.rates = {}
    pages = (
        ("operations", f"/accounts/{filing.filing_id}", "written back on the operations platform", "运营平台已回写"),
        ("images", f"/sets/{filing.entity}/{filing.filing_id}", "papers on the image platform", "影像平台存档"),
    )
    frames = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=evening.settings.browser.path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1000, "height": 640})
        for system, path, english, chinese in pages:
            page.goto(f"{urls[system]}/login")
            page.fill("[name=username]", "clerk")
            page.fill("[name=password]", evening.settings.credentials[system].password.reveal())
            page.click("button[type=submit]")
            page.goto(f"{urls[system]}{path}")
            frames.append(Frame(english, chinese, page.screenshot(type="jpeg", quality=80)))
        browser.close()
    return frames
