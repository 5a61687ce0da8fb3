"""Save pages of the running systems for `test_pages_saved.py`: `PYTHONPATH=.:tests/rpa python tests/rpa/save_pages.py`.

Each page lies under saved/<system>/<name>.html as the browser understood it, beside it <name>.json with the module that
must recognise it and what that must read. Readings are written by the readers: look at what changed before committing.
"""

import asyncio
import dataclasses
import json
import os
import tempfile
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from driving import WHO, log_in, systems, up_to_check
from filing_sample import BASIC, GENERAL

from rpa.browser import Tab, fill_form, find_browser, go, open_browser, open_tab, press
from rpa.browser.matching import Button
from rpa.pages import accounts, images, login, maintenance, notice, operations, refused
from rpa.pages.accounts.forms import DETAILS_FORM, KEY_FORM, typed
from rpa.systems import Faults

SAVED = Path(__file__).parent / "saved"


def plain(reading: Any) -> Any:
    """What JSON can hold of a reading."""
    if dataclasses.is_dataclass(reading) and not isinstance(reading, type):
        return {one.name: plain(getattr(reading, one.name)) for one in dataclasses.fields(reading)}
    if isinstance(reading, tuple | list):
        return [plain(one) for one in reading]
    if isinstance(reading, dict):
        return {"/".join(key) if isinstance(key, tuple) else key: plain(value) for key, value in reading.items()}
    return reading.isoformat() if isinstance(reading, date) else reading


def save(system: str, name: str, module: ModuleType, html: str) -> None:
    """Write a page and its reading."""
    if not module.recognise(html):
        raise SystemExit(f"{module.__name__} does not recognise {system}/{name}: {html[:400]}")
    folder = SAVED / system
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.html").write_text(html.rstrip() + "\n", encoding="utf-8")
    expected = {"page": module.__name__, "reading": plain(module.read(html))}
    (folder / f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


async def save_accounts(tab: Tab, base: str) -> None:
    """Pages of the account-management system."""
    asked = accounts.query.Account(BASIC.bank_code, BASIC.account_number)
    save("accounts", "login", login, (await go(tab, base + login.PATH)).html)
    await fill_form(tab, login._FIELDS, {"username": WHO.user, "password": "wrong"})
    save("accounts", "login_refused", login, (await press(tab, Button("登录"))).html)
    save("accounts", "login_expired", login, (await go(tab, f"{base}/filing/new")).html)
    save("accounts", "home", accounts.home, (await log_in(tab, base, accounts.home)).html)
    save("accounts", "query", accounts.query, (await go(tab, base + accounts.query.PATH)).html)
    save("accounts", "query_nothing", accounts.query, (await accounts.query.submit(tab, asked)).html)
    for filing, kind in ((BASIC, "basic"), (GENERAL, "general")):
        save("accounts", f"check_{kind}", accounts.check, (await up_to_check(tab, base, filing)).html)
        answer = await accounts.check.submit(tab, filing)
        save("accounts", f"result_{kind}", accounts.result, answer.html)
        save("accounts", f"sheet_{kind}", accounts.sheet, (await accounts.result.submit(tab)).html)
    save("accounts", "query_found", accounts.query, (await go(tab, accounts.query.address(base, asked))).html)
    save("accounts", "refused", refused, (await go(tab, f"{base}/sheet/BA1")).html)


async def save_forms(tab: Tab, base: str, name: str) -> None:
    """Both forms of a filing, empty and refused, as the faults of the system show them."""
    await log_in(tab, base, accounts.home)
    save("accounts", f"key{name}", accounts.key, (await go(tab, base + accounts.key.PATH)).html)
    wrong = typed(GENERAL) | {"certificate_number": "91620100135325849K", "opened_on": "2026-07-02"}
    await fill_form(tab, KEY_FORM, {field.name: wrong[field.name] for field in KEY_FORM})
    save("accounts", f"key{name}_refused", accounts.key, (await press(tab, Button("下一步"))).html)
    await go(tab, base + accounts.key.PATH)
    save("accounts", f"details{name}", accounts.details, (await accounts.key.submit(tab, GENERAL)).html)
    wrong = typed(GENERAL) | {"phone": "12", "basic_account_number": "J8210000015839"}
    await fill_form(tab, DETAILS_FORM, {field.name: wrong[field.name] for field in DETAILS_FORM})
    save("accounts", f"details{name}_refused", accounts.details, (await press(tab, Button("下一步"))).html)


async def save_operations(tab: Tab, base: str) -> None:
    """Pages of the operations platform."""
    account, where = operations.account, operations.account.address(base, BASIC.filing_id)
    save("operations", "login", login, (await go(tab, base + login.PATH)).html)
    save("operations", "home", operations.home, (await log_in(tab, base, operations.home)).html)
    save("operations", "pending", operations.pending, (await go(tab, base + operations.pending.PATH)).html)
    save("operations", "lists", operations.lists, (await go(tab, base + operations.lists.PATH)).html)
    save("operations", "account", account, (await go(tab, where)).html)
    save("operations", "account_refused", account, (await account.submit(tab, account.Outcome(is_filed=True))).html)
    done = account.Outcome(True, "BA20260701000001", "J6201898273514")
    save("operations", "account_filed", account, (await account.submit(tab, done)).html)
    await go(tab, account.address(base, GENERAL.filing_id))
    no = account.Outcome(False, reason="该存款人基本存款账户已销户，不得开立一般存款账户")
    save("operations", "account_not_filed", account, (await account.submit(tab, no)).html)
    save("operations", "missing", refused, (await go(tab, account.address(base, "L9"))).html)


async def save_images(tab: Tab, base: str, folder: Path) -> None:
    """Pages of the image platform."""
    papers = [folder / "营业执照.png", folder / "身份证.pdf"]
    papers[0].write_bytes(b"\x89PNG\r\n\x1a\n of nobody")
    papers[1].write_bytes(b"%PDF-1.4 of nobody")
    upload, item = images.upload, images.upload.Papers(BASIC.entity, BASIC.filing_id, papers)
    save("images", "login", login, (await go(tab, base + login.PATH)).html)
    await log_in(tab, base, images.home)
    save("images", "upload", upload, (await go(tab, upload.address(base, BASIC.entity, BASIC.filing_id))).html)
    empty = upload.Papers(BASIC.entity, BASIC.filing_id, [])
    save("images", "upload_refused", upload, (await upload.submit(tab, empty)).html)
    save("images", "page_set", images.page_set, (await upload.submit(tab, item)).html)
    save("images", "printed", images.printed, (await images.page_set.submit(tab)).html)
    save("images", "home", images.home, (await go(tab, base + images.home.PATH)).html)
    missing = images.page_set.address(base, BASIC.entity, "L9")
    save("images", "missing", refused, (await go(tab, missing)).html)


async def save_strange(tab: Tab, base: str, name: str, module: ModuleType, path: str) -> None:
    """A page that a fault puts in the place of another."""
    if path != login.PATH:
        await log_in(tab, base, accounts.home)
    save("accounts", name, module, (await go(tab, base + path)).html)


async def main() -> None:
    """Save them all."""
    forms = {"": {}, "_wrapped": {"label_wrapped": (1, 2, 3, 4, 5)}, "_laid_out": {"layout_changed": (1, 2, 3, 4, 5)}}
    forms |= {"_renamed": {"label_changed": (1, 2, 3, 4, 5)}, "_moved": {"label_moved": (1, 2, 3, 4, 5)}}
    forms |= {"_swapped": {"labels_swapped": (1, 2, 3, 4, 5)}}
    strange = (
        ("login_captcha", login, login.PATH, {"captcha": (1,)}),
        ("login_one_time", login, login.PATH, {"one_time_password": (1,)}),
        ("notice", notice, "/query", {"notice": (2,)}),
        ("maintenance", maintenance, "/query", {"maintenance": (2,)}),
    )
    async with open_browser(find_browser(os.environ)) as browser:

        async def with_systems(faults: dict[str, tuple[int, ...]], work: Any) -> None:
            with (
                tempfile.TemporaryDirectory() as name,
                systems(Path(name), {"accounts": Faults(plan=faults)}) as served,
            ):
                async with open_tab(browser, Path(name) / "files") as tab:
                    await work(tab, served[0], Path(name))

        async def three(tab: Tab, addresses: dict[str, str], folder: Path) -> None:
            await save_accounts(tab, addresses["accounts"])
            await save_operations(tab, addresses["operations"])
            await save_images(tab, addresses["images"], folder)

        await with_systems({}, three)
        for name, plan in forms.items():
            await with_systems(plan, lambda tab, at, _, name=name: save_forms(tab, at["accounts"], name))
        for name, module, path, plan in strange:
            await with_systems(
                plan, lambda tab, at, _, n=name, m=module, p=path: save_strange(tab, at["accounts"], n, m, p)
            )


if __name__ == "__main__":
    asyncio.run(main())
