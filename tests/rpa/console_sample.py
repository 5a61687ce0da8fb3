"""A queue and evidence as a day leaves them, and a client that asks the console without a browser or a server."""

import asyncio
import atexit
import re
import shutil
import struct
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from filing_sample import BASIC, GENERAL

from rpa.console import console_application
from rpa.console.correction import typed_of
from rpa.deadlines import default_policy
from rpa.deadlines.rules import CHINA
from rpa.evidence import Evidence
from rpa.filing import to_record
from rpa.queue import Item, State, WorkQueue

NOW = datetime(2026, 7, 1, 16, 45, tzinfo=CHINA)
DUE = datetime(2026, 7, 1, 17, 30, tzinfo=CHINA)
HOME = "http://127.0.0.1"
REFUSED, WAITING, FILED = "/accounts/L00000002", "/accounts/L00000003", "/accounts/L00000007"

SIGNED = {"who": "王芳", "reason": "与营业执照核对"}


class Client:
    """Keeps its cookies as a browser does."""

    def __init__(self, folder: Path, now: datetime = NOW) -> None:
        self.now = now
        self.queue_path, self.evidence_path = folder / "queue.db", folder / "evidence"
        self.application = console_application(self.queue_path, self.evidence_path, lambda: self.now, default_policy())
        self._cookies = httpx.Cookies()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, data: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self._ask("POST", path, data, {"Origin": HOME, "Sec-Fetch-Site": "same-origin", **(headers or {})})

    def forget(self) -> None:
        self._cookies = httpx.Cookies()

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's form."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.get(path).text))

    def _ask(self, method: str, path: str, data: Any, headers: Mapping[str, str] | None) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.application, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=HOME, cookies=self._cookies) as client:
                sent = {"content": data} if isinstance(data, bytes) else {"data": data}
                answer = await client.request(method, path, headers=headers, **sent)
                self._cookies = client.cookies
                return answer

        return asyncio.run(asked())


def picture(shade: int, width: int = 640, height: int = 400) -> bytes:
    """A grey PNG with a darker band."""
    rows = b"".join(b"\0" + bytes([shade - 60 if row < 60 else shade]) * width for row in range(height))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def filled(folder: Path) -> Client:
    """1 is done with evidence, 2 refused, 3 waits, 4 overdue, 5 in danger, 6 is for tomorrow, 7 is filed and waits."""
    shutil.copytree(_day(), folder, dirs_exist_ok=True)
    return Client(folder)


@cache
def _day() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    client = Client(folder)
    queue = WorkQueue(client.queue_path)
    start, due = NOW.timestamp() - 1800, DUE.timestamp()
    ways: list[tuple[float, tuple[tuple[State, str], ...]]] = [
        (due, tuple((state, "") for state in _WAY)),
        (due, ((State.REFUSED, "统一社会信用代码 (certificate_number) 校验码错误"),)),
        (due, ((State.VALIDATED, ""), (State.FILING, ""), (State.WAITING, "an unknown dialog: <b>系统升级公告</b>"))),
        (start - 7200, ()),
        (due, ((State.VALIDATED, ""),)),
        (due + 86400, ()),
        (due, (*((state, "") for state in _WAY[:3]), (State.WAITING, "影像校验不一致"))),
    ]
    for place, (until, _) in enumerate(ways, 1):
        filing = replace(
            BASIC if place % 2 else GENERAL, filing_id=f"L{place:08d}", account_number=f"301821000000{place:04d}"
        )
        record = to_record(filing) | ({"certificate_number": "911101080000000000"} if place == 2 else {})
        queue.add(filing.filing_id, record, due=until, rank=0, now=start - 300 * (place == 4))
    for place in range(1, len(ways) + 1):
        lease = queue.claim(f"bot-{1 + place % 2}", now=start, seconds=3000)
        assert lease is not None
        for step, (state, reason) in enumerate(ways[int(lease.item.filing_id[1:]) - 1][1]):
            facts = {"receipt": "R20260701001", "basic_account_number": "J8210000015838"} if state == "filed" else {}
            lease = queue.advance(lease, state, now=start + 60 * place + 9 * step, reason=reason, facts=facts)
        if lease.item.filing_id == "L00000004":
            queue.release(lease, now=start + 5, not_before=NOW.timestamp() + 40, reason="银行系统 503")
    queue.close()
    evidence = Evidence(client.evidence_path)
    story = evidence.story("L00000001")
    for stage, shade in (("before confirming", 240), ("receipt", 225), ("account sheet", 210)):
        story.screenshot(stage, picture(shade), at=NOW)
    sent = {name: value for name, value in to_record(BASIC).items() if name != "filing_id"}
    story.values("check page", sent, sent | {"post_code": "730001"}, at=NOW)
    story.receipt({"receipt": "R20260701001", "查询密码": "482913"}, at=NOW)
    story.close(at=NOW + timedelta(seconds=1))
    return folder


_WAY = (State.VALIDATED, State.FILING, State.FILED, State.IMAGED, State.WRITTEN_BACK, State.DONE)


def item(client: Client, number: int) -> Item:
    queue = WorkQueue(client.queue_path)
    try:
        return queue.item(f"L{number:08d}")
    finally:
        queue.close()


def correction(client: Client, **changed: str) -> dict[str, str]:
    right = replace(GENERAL, filing_id="L00000002", account_number="3018210000000002")
    return {**typed_of(to_record(right)), **client.form(f"{REFUSED}/correct"), **SIGNED, **changed}
