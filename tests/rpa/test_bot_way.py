"""The whole way of accounts that nothing disturbs: filed, imaged, written back, or handed over with the reason."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from rpa.bot import run_once
from rpa.browser import find_browser
from rpa.queue import State, WorkQueue
from tests.rpa.bot_world import QUICK, basic, basic_number, code_of, general, judged, row_of, world
from tests.rpa.test_browser_session import Stuck

FOUND = find_browser(os.environ)


def test_accounts_of_every_kind_end_as_they_should(tmp_path: Path, chrome: Any) -> None:
    plain, other = basic(1), general(2, capital_fen=None, capital_currency="", superior_unit="兰州建设集团")
    short = replace(basic(3), business_scope="", address="")
    contradicted = basic(4, legal_representative="别人")
    wrong_code = replace(basic(5), certificate_number=code_of(5)[:-1] + ("0" if code_of(5)[-1] != "0" else "1"))
    second = basic(6)
    cancelled, wrong_number = general(7), general(8, basic_account_number=basic_number(99))
    filings = [plain, other, short, contradicted, wrong_code, second, cancelled, wrong_number]
    rows = [row_of(basic(number)) for number in range(1, 9)]
    known = [
        (second.certificate_number, basic_number(6), "open"),
        (cancelled.certificate_number, basic_number(7), "cancelled"),
        (wrong_number.certificate_number, basic_number(8), "open"),
    ]
    with world(tmp_path, filings, known=known, registry=rows) as made:
        summary = chrome.run(run_once(made.settings(FOUND, contexts=2), browser=chrome.browser))
        completed = replace(short, business_scope=basic(3).business_scope, address=basic(3).address)
        assert judged(made, [plain, other, completed]) == {}
        queue = WorkQueue(made.settings(FOUND).queue_path)
        states = {item.filing_id: item.state for item in queue.items()}
        assert [states[one.filing_id] for one in filings] == [
            *[State.DONE] * 3,
            *[State.WAITING] * 2,
            *[State.REFUSED] * 3,
        ]
        assert "法定代表人" in summary.for_persons[contradicted.filing_id]
        assert "不得重复开立" in summary.for_persons[second.filing_id]
        assert "已销户" in summary.for_persons[cancelled.filing_id]
        told = made.truth.written_back
        assert told[second.filing_id]["result"] == "refused"
        assert "不得重复开立" in told[second.filing_id]["reason"]
        assert contradicted.filing_id not in told
        assert summary.alarms == ()
        assert summary.reconciliation is not None
        assert summary.reconciliation.is_clean
        assert len(summary.reconciliation.agreed) == 3


def test_a_browser_that_is_stuck_is_started_again(tmp_path: Path) -> None:
    """The browser that runs opens no tab: the bot notices, starts one of its own, and files with that."""
    with world(tmp_path, [basic(1)]) as made:
        quick = replace(QUICK, page_seconds=5.0)
        stuck: Any = Stuck(opens_context=False)
        summary = asyncio.run(run_once(made.settings(FOUND, patience=quick), browser=stuck))
        assert judged(made, [basic(1)]) == {}
        assert summary.browser_starts == 1
        assert summary.alarms == ()
