"""Receivables: a core enterprise's promise is accepted, paid on, split, pledged, discounted and redeemed, on a ledger.

Case 4-1 of the white paper, Zheshang Bank's receivables chain (应收款链), with the pledge registration of case 6-6.
Each step is signed by maker and checker of those whom it concerns, held or refused by contracts, and chained into a log
that anybody can check offline. The province's supply chains are played day by day; what may not be done (spent twice,
pledged twice ...) is planted and must be refused, what only looks so must not. Then copies of the ledger are attacked:
a changed amount, dropped blocks, two stories; each must be noticed. What remains is a proof bundle on disk.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from datasets import firms, lending
from datasets.supply_chains import ATTEMPTS
from datasets.towns import FIRMS, towns_for
from engines.errors import EngineError
from engines.progress import Report
from engines.receivables.attacks import Attack, changed_amount, forked, rolled_back, shown_to_a_witness
from engines.receivables.flow import flow
from engines.receivables.life import life_of, most_eventful
from engines.receivables.outstanding import outstanding
from engines.receivables.playing import Played, play
from engines.receivables.tables import attack_table, attempt_table, financing_table, life_table
from engines.receivables.witnessing import witness_of
from engines.result import Check, Number, Picture, Result
from engines.risk_graph.amounts import wan
from ledger.auditor import Report as Audit
from ledger.auditor import verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.cosigning import cosign
from ledger.auditor.proof import Inclusion, prove_inclusion
from ledger.auditor.proof_files import check_inclusion
from ledger.errors import LedgerError
from ledger.node import Receipt

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "4-1"
TITLE_ZH = "应收款链平台"


def run(
    seed: int = 7,
    size: int = 80,
    bundle: Path | None = None,
    progress: Report | None = None,
    say: Callable[[str], None] | None = None,
) -> Result:
    """Play the receivables of some firms' towns, attack copies of the ledger, and leave a proof bundle.

    Parameters
    ----------
    seed
        Seed of the province and of all keys.
    size
        Number of firms, rounded up to whole towns of forty.
    bundle
        A folder that is not there yet, for the proof bundle; by default one in the system's temporary folder.
    progress
        Called with the name of a step, how much is done and how much there is.
    say
        Called with lines for the person at the terminal, such as where the bundle lies.

    Raises
    ------
    OutOfRangeError
        If seed or size is out of range.
    EngineError
        If there is something at the bundle's place already.
    """
    told = progress or (lambda *_: None)
    if bundle is not None and bundle.exists():
        raise EngineError(f"there is something at {bundle} already; name another place for the bundle")
    with tempfile.TemporaryDirectory(prefix="hexi-ledger-") as folder:
        played = play(Path(folder) / "receivables.ledger", seed, size, told)
        told("audit · 审计", 0, 6)
        audit = verify(played.path, ledger=played.members.ledger)
        proof = prove_inclusion(played.path, _last_payment(played))
        attacks = []
        for done, attack in enumerate((changed_amount, rolled_back, forked, shown_to_a_witness)):
            told("audit · 审计", done + 1, 6)
            attacks.append(attack(played, Path(folder)))
        told("audit · 审计", 5, 6)
        place = bundle or Path(tempfile.mkdtemp(prefix="hexi-receivables-")) / "bundle"
        witness = witness_of(played, Path(folder))
        write_bundle(played.path, place, [cosign(played.path, witness.ask, witness.key)], [witness.key])
        told("audit · 审计", 6, 6)
    again = verify(place, ledger=played.members.ledger, witnesses=[witness.key], quorum=1)
    if say is not None:
        say(f"proof bundle · 证明包: hexi ledger verify {place}")
    return _result(seed, size, played, audit, again, proof, attacks)


def _result(
    seed: int, size: int, played: Played, audit: Audit, again: Audit, proof: Inclusion, attacks: list[Attack]
) -> Result:
    names, chosen = _names(seed, size), most_eventful(played)
    scenes, parts = life_of(played, chosen)
    tried = [event for event in played.events if event.kind in ATTEMPTS]
    refused = [event for event in tried if not isinstance(event.answer, Receipt)]
    caught = sum(attack.caught for attack in attacks)
    total = int(played.promises["amount_fen"].sum())
    return Result(
        case="receivables",
        title="Receivables chain: a promise that is paid on, pledged, discounted and redeemed, and proofs of it",
        title_zh="应收款链：签发、承兑、拆分流转、质押、贴现、兑付与离线验证",
        paper_case=PAPER_CASE,
        headline=f"{len(played.promises)} receivables of {wan(total)} yuan, {len(played.events)} steps: "
        f"{len(refused)} of {len(tried)} planted attempts refused; {caught} of {len(attacks)} attacks on copies of the "
        "ledger noticed",
        headline_zh=f"应收款 {len(played.promises)} 笔、{wan(total)}元，流转 {len(played.events)} 步："
        f"{len(tried)} 次预埋违规拒绝 {len(refused)} 次，{len(attacks)} 种账本攻击发现 {caught} 种",
        seed=seed,
        size=size,
        source=f"synthetic province, {len(played.members.parties)} members · 合成数据",
        numbers=_numbers(played, audit, proof),
        checks=_checks(played, audit, again, proof, attacks),
        tables=(
            life_table(scenes, parts, names),
            attempt_table(played.events),
            attack_table(attacks),
            financing_table(played.events, names),
        ),
        pictures=(
            Picture(
                f"The life of receivable {chosen}",
                f"应收款 {chosen} 的一生",
                "Read from the left: each band is a part of the receivable, as thick as its amount, in the lane of "
                "whoever holds it. A band that splits is paid on; orange is pledged and does not move; a red cross is "
                "a step that the ledger refused. The steps' numbers are those of the table below.",
                lambda: flow(scenes, parts, names),
            ),
            Picture(
                "Who holds what is outstanding",
                "未到期应收款的持有结构",
                "All receivables together, at the end of each day.",
                lambda: outstanding(played.events),
            ),
        ),
        notes=_notes(),
    )


def _names(seed: int, size: int) -> dict[str, str]:
    """Return what people call each member: firms without their place and their form of company."""
    table = firms.make(FIRMS * towns_for(size, FIRMS), seed)
    short = [name.removesuffix("有限公司")[2:] for name in table["name"]]
    return dict(zip(table["firm_id"], short, strict=True)) | {row[0]: row[1] for row in lending.BANKS}


def _last_payment(played: Played) -> str:
    paid = [one.answer for one in played.events if one.step["action"] == "pay_on" and isinstance(one.answer, Receipt)]
    return paid[-1].id


def _numbers(played: Played, audit: Audit, proof: Inclusion) -> tuple[Number, ...]:
    financed = [
        one.step["amount_fen"]
        for one in played.events
        if one.step["action"] in ("pledge", "discount") and isinstance(one.answer, Receipt)
    ]
    return (
        Number(
            "financings registered, and their sum",
            "登记融资笔数与金额",
            f"{len(financed)}, {wan(sum(financed))} yuan",
            paper="about 1,000 loans, 1.53 bn yuan (case 6-6)",
            note="two towns of a made province beside a bank's supply-chain platform: no comparison · 规模不可比",
        ),
        Number("entries and blocks of the log", "账本条目与区块", f"{audit.entries:,} in {audit.blocks:,}"),
        Number("members, each with its own authority", "成员数（各有 CA）", str(len(played.members.parties))),
        Number("hashes that prove one entry", "单笔存在证明的哈希数", f"{len(proof.hashes)} of 32 bytes"),
        Number("refusals counted by the node", "节点拒绝计数", str(sum(played.refusals.values()))),
    )


def _checks(played: Played, audit: Audit, again: Audit, proof: Inclusion, attacks: list[Attack]) -> tuple[Check, ...]:
    wrong = [one for one in played.events if isinstance(one.answer, Receipt) == (one.kind in ATTEMPTS)]
    promises, fragments = played.state["receivables"], played.state.get("fragments", {})
    held = dict.fromkeys(promises, 0)
    for record in fragments.values():
        held[record["receivable"]] += record["amount"]
    apart = [name for name, record in promises.items() if record["open"] != held[name]]
    return (
        Check(
            "every planted attempt is refused, and no honest step",
            "预埋违规全部拒绝，合规步骤无一误拒",
            not wrong,
            "; ".join(f"{one.step['step_id']} {one.step['action']}: {one.answer}" for one in wrong[:3])
            or f"{sum(played.refusals.values())} refusals of {len(played.events)} steps",
        ),
        Check(
            "what is open of each receivable lies in its fragments, to the fen",
            "每笔应收款余额与拆分份额合计一致",
            not apart,
            ", ".join(apart[:3]) or f"{len(promises)} receivables, {len(fragments)} fragments left",
        ),
        Check(
            "the whole ledger holds when it is worked out again from its bytes",
            "账本逐字节复核通过",
            audit.holds,
            "; ".join(map(str, audit.findings)) or f"root {audit.root[:16]}…, state {audit.state[:16]}…",
        ),
        *(Check(f"noticed: {one.name}", f"发现：{one.name_zh}", one.caught, one.noticed) for one in attacks),
        Check(
            "one payment is proved to be in the log by its proof alone",
            "凭单笔证明即可验证交易在册",
            _is_proved(proof),
            f"entry {proof.place}, {len(proof.hashes)} hashes and the operator's signature",
        ),
        Check(
            "the proof bundle on disk says the same, and a witness has signed under it",
            "磁盘证明包复核一致，并有见证人签名",
            again.holds and (again.root, again.state) == (audit.root, audit.state),
            f"{again.entries:,} entries",
        ),
    )


def _is_proved(proof: Inclusion) -> bool:
    try:
        return check_inclusion(proof).size > proof.place
    except LedgerError:
        return False


def _notes() -> tuple[str, ...]:
    return (
        "A ledger proves what was signed, in which order; not that the goods behind an invoice exist: the ring's own "
        "receivable is accepted like any other, and only its second pledge is refused · 账本不能证明贸易背景真实",
        "Dropped blocks and second stories are noticed by whoever kept an earlier checkpoint or meets another copy; "
        "alone, each copy holds · 回滚与分叉需见证人或副本比对才能发现",
        "All keys are made from the seed, for teaching: never use them · 密钥由种子生成，仅供教学",
        "Prices: amount less interest of the days left, Actual/360, rounded half up to the fen · 贴现息按实际天数/360",
    )
