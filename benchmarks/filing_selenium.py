"""A plain script of Selenium that files accounts, as a good developer writes it in an afternoon."""

import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from benchmarks.errors import PeerMissingError
from benchmarks.filing_job import CHOICES, Job, details_of, key_of, unpacked
from rpa.filing import Filing

__all__ = ["file_by_selenium", "has_selenium"]


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
    from selenium.common.exceptions import WebDriverException
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
        # a click returns before the next page is there; asked in between, the driver may not know whose the button is
        wait = WebDriverWait(driver, 10, 0.02, ignored_exceptions=(WebDriverException,))
        wait.until(staleness_of(pressed))

    driver.get(f"{accounts}/query")
    send({"bank_code": filing.bank_code, "account_number": filing.account_number})
    driver.get(f"{accounts}/filing/new")
    send(key_of(filing))
    send(details_of(filing))
    driver.find_element(By.XPATH, "//button[text()='确认提交']").click()
    said = [cell.text for cell in driver.find_elements(By.CSS_SELECTOR, "#receipt td")]
    driver.get(f"{operations}/accounts/{filing.filing_id}")
    driver.find_element(By.LINK_TEXT, "下载影像").click()
    archive = job.folder / f"{filing.filing_id}.zip"
    WebDriverWait(driver, 10, 0.05).until(lambda _: archive.exists())
    driver.get(f"{images}/upload")
    files = "\n".join(unpacked(archive, job.folder / filing.filing_id))
    driver.find_element(By.NAME, "files").send_keys(files)
    send({"entity": filing.entity, "filing_id": filing.filing_id}, "form[action='/upload'] button")
    driver.get(f"{operations}/accounts/{filing.filing_id}")
    back = {"result": "filed", "receipt": said[0], "basic_account_number": said[3]}
    send(back, "form[action$='/result'] button")
