"""What several folders of tests share: a headless browser, and a month of foreign transactions."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read by OpenMP when scikit-learn is first imported

# how long an example takes is the machine's matter: a busy one would fail tests of what is right
settings.register_profile("hexi", deadline=None)
settings.load_profile("hexi")

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
WAITS = "waits for a headless browser: apt-get install chromium-headless-shell fonts-noto-cjk"
HANDBOOK = Path("../shared/data/handbook-2018-04.csv.gz")


@pytest.fixture(scope="session")
def handbook_month() -> Path:
    """288,062 transactions of the Handbook; the test is skipped where the file is not beside the checkout."""
    path = Path(__file__).parents[1] / HANDBOOK
    if not path.exists():
        pytest.skip(f"waits for the Handbook's month: {HANDBOOK}")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless browser of this machine, driven by Playwright; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(WAITS)
    playwright = pytest.importorskip("playwright.sync_api")
    # Chromium refuses to run as root inside its own sandbox.
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=as_root)
        yield running
        running.close()
