"""Forfaiting: receivables are offered for quotes, banks bid sealed, the best valid quote wins, papers stay private.

Case 4-2 of the white paper, Gansu Bank's platform for forfaiting (福费廷): request, sealed quotes, award, assignment
without recourse, each deal's papers encrypted to its counterparty, one master agreement that is signed once. In each
deal one bank has the best quote and does not keep to the rules (it stays silent, reveals something else, too early, too
late, or copies another's seal), and one has not signed the agreement: neither may win. The winner must be the one that
the rules' readable twin names.
"""

import tempfile
from pathlib import Path

from datasets import lending
from engines.progress import Report
from engines.receivables.deals import Deal, Deals, play_deals
from engines.receivables.papers import Papers, exchange_papers
from engines.receivables.quote_pictures import quotes_drawn
from engines.result import Check, Number, Picture, Result, Table
from engines.risk_graph.amounts import wan
from ledger.auditor import Report as Audit
from ledger.auditor import verify
from ledger.contracts.discounts import price
from ledger.reference.quotes import winner

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "4-2"
TITLE_ZH = "福费廷交易平台"
_CONDUCTS_ZH = {
    **{"": "如实报价", "silent": "不揭示", "liar": "揭示与承诺不符", "early": "提前揭示", "late": "逾期揭示"},
    **{"copycat": "抄袭他行承诺", "unsigned": "未签主协议"},
}


def run(seed: int = 7, size: int = 14, progress: Report | None = None) -> Result:
    """Play some deals, judge the winners by the rules' twin, and try who can read the papers.

    Parameters
    ----------
    seed
        Seed of the province and of all keys.
    size
        Number of deals; the paper reports 14.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    OutOfRangeError
        If seed or size is out of range.
    """
    told = progress or (lambda *_: None)
    with tempfile.TemporaryDirectory(prefix="hexi-forfaiting-") as folder:
        deals, running = play_deals(Path(folder) / "forfaiting.ledger", seed, max(size, 1), told)
        told("papers · 单据", 0, 1)
        papers = exchange_papers(deals, running, seed, Path(folder))
        told("papers · 单据", 1, 1)
        running.close()
        audit, written = verify(deals.path, ledger=deals.members.ledger), deals.path.read_bytes()
    return _result(seed, size, deals, papers, audit, written)


def _result(seed: int, size: int, deals: Deals, papers: list[Papers], audit: Audit, written: bytes) -> Result:
    names = {row[0]: row[1] for row in lending.BANKS}
    total, odd = sum(deal.amount for deal in deals.deals), sum(bool(_odd(deal)) for deal in deals.deals)
    return Result(
        case="forfaiting",
        title="Forfaiting: sealed quotes for receivables, and papers for the winner alone",
        title_zh="福费廷交易平台：密封报价、择优成交与单据保密",
        paper_case=PAPER_CASE,
        headline=f"{len(deals.deals)} deals of {wan(total)} yuan: the best valid quote won each; "
        f"{odd} better quotes that broke the rules did not; papers were read by the winners alone",
        headline_zh=f"成交 {len(deals.deals)} 笔、{wan(total)}元，均由最优有效报价成交；"
        f"{odd} 个违规的更优报价均未中标；单据仅中标行可读",
        seed=seed,
        size=size,
        source=f"synthetic province, {len(deals.members.parties)} members · 合成数据",
        numbers=_numbers(deals, papers, total),
        checks=_checks(deals, papers, audit, written),
        tables=(_deal_table(deals, names), _conduct_table(deals)),
        pictures=(
            Picture(
                "Every quote of every deal",
                "全部报价",
                "Blue won. A red cross is a quote that does not count, although it is the best: it was not revealed as "
                "it was committed to, not in time, or by a bank that has not signed the master agreement.",
                lambda: quotes_drawn(deals.deals, names),
            ),
        ),
        notes=(
            "Quotes are secret until they are revealed, and readable by all members after that: so everybody can check "
            "that the best one won · 报价揭示后对全体成员可见，便于核验",
            "A bank may stay silent at no cost, and learn the others' quotes: a platform would ask for a deposit · "
            "不揭示无代价，实际平台可收取保证金",
            "Erasure reaches the seller's vault; what the winner has read it may remember · 密钥销毁不及于已读内容",
        ),
    )


def _odd(deal: Deal) -> list[str]:
    """Return the banks whose quote was better than the winner's and did not count."""
    won = next(quote.offer for quote in deal.quotes if quote.bank == deal.winner)
    return [quote.bank for quote in deal.quotes if not quote.counts and quote.offer < won]


def _numbers(deals: Deals, papers: list[Papers], total: int) -> tuple[Number, ...]:
    saved = [
        sorted(quote.offer for quote in deal.quotes if quote.counts)[-1]
        - min(quote.offer for quote in deal.quotes if quote.counts)
        for deal in deals.deals
    ]
    return (
        Number(
            "deals, and their sum", "成交笔数与金额", f"{len(deals.deals)}, {wan(total)} yuan", "14 deals, 558 m yuan"
        ),
        Number("banks", "参与银行", str(len(lending.BANKS)), "45"),
        Number("best against worst valid quote, mean", "最优与最差有效报价平均差", f"{sum(saved) / len(saved):.0f} bp"),
        Number("refusals counted by the node", "节点拒绝计数", str(sum(deals.refusals.values()))),
        Number("papers sent, read and erased", "单据发送、阅读与销毁", str(len(papers))),
    )


def _checks(deals: Deals, papers: list[Papers], audit: Audit, written: bytes) -> tuple[Check, ...]:
    wrong = [deal.name for deal in deals.deals if _twin(deal) != deal.winner]
    priced = [deal.name for deal in deals.deals if deal.price != _price(deal)]
    unread = [one.deal for one in papers if not one.read]
    readers = [one.deal for one in papers if one.stranger != "StrangerError" or one.erased != "PurgedError"]
    leaked = [one.deal for one in papers if any(secret in written for secret in one.secrets)]
    slipped = [
        deal.name
        for deal in deals.deals
        if deal.wrong_award is None
        or any(quote.conduct and quote.conduct != "silent" and not quote.refused for quote in deal.quotes)
    ]
    return (
        Check("the winner is the one that the rules' twin names", "中标行与规则参考实现一致", not wrong, _named(wrong)),
        Check("the price is the amount less interest, to the fen", "价格按规则计算到分", not priced, _named(priced)),
        Check(
            "what broke the rules was refused, and so was each award to whoever broke them",
            "违规行为与错误成交均被拒绝",
            not slipped,
            _named(slipped),
        ),
        Check("each winner read its papers", "中标行均可读取单据", not unread, _named(unread)),
        Check(
            "no other bank could, and nobody after the erasure",
            "其他银行不可读，销毁后无人可读",
            not readers,
            _named(readers),
        ),
        Check(
            "nothing of the papers or keys is in the ledger's file",
            "账本文件不含单据与密钥",
            not leaked,
            _named(leaked),
        ),
        Check(
            "the whole ledger holds",
            "账本复核通过",
            audit.holds,
            "; ".join(map(str, audit.findings)) or f"{audit.entries:,} entries",
        ),
    )


def _named(deals: list[str]) -> str:
    return ", ".join(deals) or "all deals · 全部"


def _twin(deal: Deal) -> str | None:
    found = winner(
        deal.events,
        rule="lowest_rate",
        limit=10_000,
        amount=deal.amount,
        commit_until=deal.deadlines[0],
        reveal_until=deal.deadlines[1],
    )
    return None if found is None else found[0]


def _price(deal: Deal) -> int:
    offer = next(quote.offer for quote in deal.quotes if quote.bank == deal.winner)
    return price(deal.amount, offer, deal.days, "ACT/360")


def _deal_table(deals: Deals, names: dict[str, str]) -> Table:
    rows = tuple(
        (
            deal.name,
            wan(deal.amount),
            str(deal.days),
            names[deal.winner],
            f"{next(quote.offer for quote in deal.quotes if quote.bank == deal.winner) / 100:.2f} %",
            wan(deal.price),
            ", ".join(names[bank] for bank in _odd(deal)),
        )
        for deal in deals.deals
    )
    columns = ("deal", "amount", "days", "winner · 中标行", "rate", "price", "better, but void · 更优但无效")
    return Table("The deals", "成交明细", columns, rows)


def _conduct_table(deals: Deals) -> Table:
    rows = []
    for conduct, chinese in _CONDUCTS_ZH.items():
        mine = [quote for deal in deals.deals for quote in deal.quotes if quote.conduct == conduct]
        rules = sorted({refusal.rule for quote in mine for refusal in quote.refused})
        counted = str(sum(quote.counts for quote in mine))
        rows.append((conduct or "as it should", chinese, str(len(mine)), counted, ", ".join(rules) or "–"))
    columns = ("what the bank does", "行为", "quotes · 报价", "count · 有效", "refused by · 拒绝规则")
    return Table("What banks did", "报价行为", columns, tuple(rows))
