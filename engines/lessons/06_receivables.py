"""A receivable that cannot be spent twice.

After this hour you can keep the books of a receivable that is split, paid on, pledged and sold, name the rule that
stops each way of cheating, and write a small contract of your own.
"""

TITLE_ZH = "不能花两次的应收款"
ENGINE = "ledger"
NEEDS = ()
MINUTES = {"question": 5, "by hand": 13, "engine": 12, "break it": 10, "exercises": 15, "discussion": 5}

# %% [markdown]
# ## The question
# A core enterprise (核心企业) owes a steel maker one million yuan, to be paid in three months. The steel maker has
# suppliers of its own, and pays them with *parts* of that promise. A banker asks: *"A firm offers me a part as security
# (质押). How do I know that it did not offer the same part to another bank yesterday, and pay a supplier with it the
# day before?"*
#
# With paper, one does not know; banks in several countries have lent on the same invoice more than once. On a ledger it
# is a matter of bookkeeping. The trick is what one keeps books *of*.

# %%
import tempfile
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from datasets import lending
from engines.receivables.calls import moment
from engines.receivables.membership import consortium
from engines.receivables.playing import play
from engines.receivables.running import Running
from engines.workshop import check, pictures, show
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.discounts import days_between, price
from ledger.contracts.fragments import fragment_id
from ledger.errors import LedgerError, StatusError
from ledger.node import Receipt, Refusal
from ledger.policies import Policy, Signer
from ledger.state import State

# %% [markdown]
# ## By hand: coins, not accounts
# Keep no balances. Keep **fragments** (份额): each has a name, an owner and a sum, like a coin. Every step *takes
# fragments away and makes others*. Two rules are enough:
#
# 1. what is taken must be there (so it is taken **once**);
# 2. what is made has the sum of what was taken (**conservation**, 守恒).
#
# Ten proposed steps on one promise of 1,000,000 yuan. Go through them with a pencil, and strike fragments out as they
# are taken. Which steps are refused, and by which rule?

# %%
ISSUED = 1_000_000
proposed: list[tuple[str, list[str], dict[str, tuple[str, int]]]] = [
    ("steel pays bolts 400,000", ["A"], {"B": ("bolts", 400_000), "C": ("steel", 600_000)}),
    ("bolts pays paint 150,000", ["B"], {"D": ("paint", 150_000), "E": ("bolts", 250_000)}),
    ("steel pays paint 100,000", ["C"], {"F": ("paint", 100_000), "G": ("steel", 500_000)}),
    ("bolts pays glass with B again", ["B"], {"X": ("glass", 400_000)}),
    ("paint joins its two parts", ["D", "F"], {"H": ("paint", 250_000)}),
    ("bolts sells to a bank", ["E"], {"I": ("bank", 250_000)}),
    ("steel pays glass, and rounds up", ["G"], {"Y": ("glass", 200_000), "Z": ("steel", 310_000)}),
    ("steel pays glass 200,000", ["G"], {"J": ("glass", 200_000), "K": ("steel", 300_000)}),
    ("paint pays with D, joined before", ["D"], {"W": ("glass", 150_000)}),
    ("glass pays bolts 50,000", ["J"], {"L": ("bolts", 50_000), "M": ("glass", 150_000)}),
]


def apply_step(
    book: dict[str, tuple[str, int]], taken: list[str], made: dict[str, tuple[str, int]]
) -> tuple[dict[str, tuple[str, int]], str]:
    """Return the book after a step and what stopped it, if anything did."""
    if missing := [name for name in taken if name not in book]:
        return book, f"rule 1: {missing[0]} is not there"
    before, after = (sum(yuan for _, yuan in side) for side in ([book[name] for name in taken], made.values()))
    if before != after:
        return book, f"rule 2: {before:,} taken, {after:,} made"
    kept = {name: part for name, part in book.items() if name not in taken}
    return kept | made, ""


book = {"A": ("steel", ISSUED)}
lines = []
for number, (words, taken, made) in enumerate(proposed, 1):
    book, refused = apply_step(book, taken, made)
    there = " ".join(f"{name} {part[1] // 1_000}" for name, part in sorted(book.items()))
    lines.append({"": number, "step": words, "refused by": refused, "there afterwards (thousand yuan)": there})
steps = pd.DataFrame(lines)
show(steps, "ten proposed steps · 十个步骤", mark=steps["refused by"] != "")
assert sum(yuan for _, yuan in book.values()) == ISSUED

flows = pd.DataFrame(
    [(old, new, part[1]) for _, old_ones, made in proposed for old in old_ones for new, part in made.items()],
    columns=["source", "target", "yuan"],
)
flows = flows[~flows["target"].isin(list("WXYZ"))]
layer = dict(zip("ABCDEFGHIJKLM", [0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4], strict=True))
level = dict(zip("ABCDEFGHIJKLM", [2, 1, 3, 1.2, 0, 2.2, 3.4, 1.7, 0, 3, 4, 2.6, 3.6], strict=True))
names = list(layer)
sums = {name: part[1] for _, _, made in proposed for name, part in made.items()} | {"A": ISSUED}
nodes = pd.DataFrame(
    {
        "node": names,
        "x": [layer[name] for name in names],
        "y": [level[name] for name in names],
        "label": [f"{sums[name] // 1_000} k" for name in names],
        "group": ["there 在" if name in book else "spent 已用" for name in names],
    }
)
show(
    pictures.network(
        nodes,
        flows,
        height=520,
        title="one promise, its fragments · 一笔应收款的份额",
        alt="fragment A is spent into B and C, and so on; those that are still there come to one million",
    )
)

# %% [markdown] tags=["teacher"]
# ### Goes wrong
# - Step 9 is missed by half of the room: D was *joined*, not paid. It is gone all the same. Striking out with a pencil
#   helps more than thinking.
# - Step 7 looks like a rounding mistake and is the oldest fraud there is. Ask what the database of an ordinary account
#   system would have said: nothing, if the program adds the balances up wrongly.
# - Somebody asks for a balance per firm. It can be had: add up the fragments. The reverse (fragments from balances)
#   cannot.

# %% [markdown]
# ### What is a part worth today? Interest by the day
# A bank that buys a part before its day (**discount**, 贴现) pays the sum less interest. How many days are there? The
# world has several answers, and they are written into the contract as a **day count** (计息天数):
#
# `interest = sum x rate x days / year`, rounded to the fen (分)
#
# | name | days | year |
# |---|---|---|
# | ACT/360 | as the calendar has them | 360 |
# | ACT/365F | as the calendar has them | 365 |
# | 30/360 | every month has 30 | 360 |

# %%
AMOUNT_FEN, RATE_BP = 25_000_000, 315
sold, due = moment("2020-08-03"), moment("2020-10-30")
counted = pd.DataFrame({"day count": ["ACT/360", "ACT/365F", "30/360"]})
counted["days"] = [days_between(sold, due, name) for name in counted["day count"]]
counted["price fen"] = [
    price(AMOUNT_FEN, RATE_BP, days, name) for name, days in zip(counted["day count"], counted["days"], strict=True)
]
counted["interest yuan"] = [f"{(AMOUNT_FEN - fen) / 100:,.2f}" for fen in counted["price fen"]]
show(counted, "250,000 yuan at 3.15 %, 3 August to 30 October 2020 · 贴现利息")
assert (date(2020, 10, 30) - date(2020, 8, 3)).days == counted["days"].iloc[0] == 88

# %% [markdown]
# Twenty-six yuan lie between two honest readings of one sentence. So the day count, and the price itself, are part of
# what both sides sign, and the contract refuses a price that its rule does not give. Money is a **whole number of
# fen**: with decimal fractions in a computer, `0.1 + 0.2` is not `0.3`, and a ledger that must balance to the fen
# cannot afford that.
#
# ## The engine: the same on a ledger
# Two banks, a core enterprise and three suppliers. Each has an administrator and two people who sign (经办 maker and
# 复核 checker). What they sign goes to **contracts** (合约): functions that get the state and a transaction and return
# a new state, or refuse.

# %%
folder = tempfile.TemporaryDirectory()
place = Path(folder.name)


def quiet(*_: object) -> None:
    """Report no progress."""


banks = [row[0] for row in lending.BANKS][:2]
members = consortium(np.random.default_rng(6), banks, ["core", "steel", "bolts", "paint"], moment("2020-07-01"))
ledger = Running(place / "lesson.ledger", members)
ledger.let_in(quiet)
ledger.now = moment("2020-08-03") + 9 * 3_600
said: list[dict[str, str]] = []


def do(words: str, call: str, arguments: dict[str, Any], by: list[str], **how: Any) -> Receipt | Refusal:
    """Sign a call, submit it, note what the ledger says."""
    answer = ledger.submit(call, arguments, by, **how)
    refused = isinstance(answer, Refusal)
    said.append({"what": words, "ledger": answer.rule if isinstance(answer, Refusal) else "done"})
    if refused:
        print(f"refused: {words}\n    {answer[1]}")
    return answer


def made_by(answer: Receipt | Refusal, place: int = 0) -> str:
    """Return the name of a fragment that a transaction made."""
    assert isinstance(answer, Receipt), answer
    return fragment_id(answer.id, place)


def draft(name: str, invoice: str) -> dict[str, Any]:
    """Return the terms of a receivable of one million yuan that core owes steel."""
    parties = {"obligor": "core", "acceptor": "core", "holder": "steel"}
    terms = {"amount": 100_000_000, "due": moment("2020-10-30"), "receivable": name, "recourse": True}
    return parties | terms | {"invoice": sha256(invoice.encode()).hexdigest()}


do("core draws it up", "receivables.draft", draft("R1", "invoice 4711"), ["core"])
do("core issues it", "receivables.issue", {"receivable": "R1"}, ["core"])
a = made_by(do("core promises to pay", "receivables.accept", {"receivable": "R1"}, ["core"]))
pay_bolts = {"fragment": a, "payees": [{"to": "bolts", "amount": 40_000_000}]}
paid = do("steel pays bolts 400,000", "receivables.pay_on", pay_bolts, ["steel"])
b, c = made_by(paid, 0), made_by(paid, 1)
days = days_between(ledger.now, due, "ACT/360")
sale = {"fragment": b, "bank": banks[0], "rate_bp": RATE_BP, "convention": "ACT/360"}
fair = price(40_000_000, RATE_BP, days, "ACT/360")
do("bolts sells to a bank, 1 fen short", "discounts.discount", sale | {"price": fair - 1}, ["bolts", banks[0]])
b = made_by(do("bolts sells to a bank", "discounts.discount", sale | {"price": fair}, ["bolts", banks[0]]))
show(pd.DataFrame(said), "what the ledger said · 账本的回答", mark=[one["ledger"] != "done" for one in said])
live = pd.DataFrame(
    [
        {"fragment": f"{name[:6]}..{name[-2:]}", "owner": one["owner"], "yuan": one["amount"] // 100}
        | {"endorsed by": ", ".join(one["endorsers"])}
        for name, one in ledger.node.state.records("fragments")
    ]
)
show(live, "fragments that are there · 现存份额")
assert live["yuan"].sum() == ISSUED

# %% [markdown]
# `endorsed by` (背书) is the price of paying with a promise: who passed it on is liable for it if the core enterprise
# does not pay (追索权, recourse). Now the province: a town of forty firms plays a summer, honest steps and others.

# %%
town = play(place / "town.ledger", seed=7, firms=40, progress=quiet)
amounts: dict[str, int] = {}
kept = 0
for event in town.events:
    made_sum = sum(int(one["amount"]) for one in event.made.values())
    taken_sum = sum(amounts[name] for name in event.spent)
    if event.step["action"] in ("pay_on", "merge"):
        assert made_sum == taken_sum
        kept += isinstance(event.answer, Receipt)
    amounts |= {name: int(one["amount"]) for name, one in event.made.items()}
print(f"{kept} payments and joins, each with the same sum before and after")
refusals = pd.DataFrame({"rule": list(town.refusals), "times": list(town.refusals.values())})
show(
    pictures.bars(
        refusals,
        "times",
        "rule",
        title="refused in a summer · 一个夏天的拒绝",
        alt="the ledger refused steps under four rules, among them second pledges and double spending",
    )
)
assert "LockedError" in set(refusals["rule"])

# %% [markdown]
# ## Break it: seven ways to cheat, and an eighth
# Steel still has fragment *c* of 600,000 yuan. It borrows on it, and then tries everything. Before you run the cell:
# which of these needs the other party's help?

# %%
said.clear()


def pledge(words: str, fragment: str, registration: str, owner: str, bank: str, **how: Any) -> None:
    """Pledge a fragment to a bank under a registration number."""
    given = {"fragment": fragment, "pledgee": bank, "registration": registration, "until": moment("2020-10-15")}
    do(words, "pledges.pledge", given, [owner, bank], **how)


def pay(words: str, fragment: str, fen: int, by: str, **how: Any) -> None:
    """Pay paint with a fragment."""
    given = {"fragment": fragment, "payees": [{"to": "paint", "amount": fen}]}
    do(words, "receivables.pay_on", given, [by], **how)


pledge("steel pledges c to bank 1", c, "REG-1", "steel", banks[0])
pledge("1. pledge it to bank 2 as well", c, "REG-2", "steel", banks[1])
pledge("2. another's part under the number REG-1", b, "REG-1", banks[0], banks[1])
pay("3. pay with it while it is pledged", c, 10_000_000, "steel")
pay("4. pay with the part that was spent", a, 10_000_000, "steel")
pay("5. pay more than there is", b, 40_000_001, banks[0])
pay("6. alone, without the second person", b, 10_000_000, banks[0], roles=["maker"])
pay("7. with somebody else's part", b, 10_000_000, "steel")
do("8. the same invoice once more, as R2", "receivables.draft", draft("R2", "invoice 4711"), ["core"])
tried = pd.DataFrame(said)
show(tried, "eight ways to cheat · 八种作弊", mark=(tried["ledger"] == "done") & (tried.index > 0))
assert tried["ledger"].tolist()[1:] == [
    *("LockedError", "RegistrationError", "LockedError", "DoubleSpendError", "SumError"),
    *("NotApprovedError", "NotApprovedError", "done"),
]

# %% [markdown]
# Seven are refused, each by a rule with a name. **The eighth succeeds.** The ledger knows receivables, not deliveries:
# if the core enterprise and the supplier agree to draw up two promises on one invoice (一票多融), each is in perfect
# order. Such frauds do not attack the books: they put true signatures under a delivery that never was, or that was
# promised before. In exercise 3 you will write the contract that makes this harder.

# %% [markdown] tags=["teacher"]
# ### Say
# - 1 and 3 are one rule: a lock. 4 is the same rule as "not there" by hand. Let the room match each refusal with a rule
#   of the ten steps, and see which are new: lock, registration, approval.
# - Case 8 needs the obligor's signature. Ask what it costs the obligor: it owes the money twice. So it happens where
#   obligor and supplier belong together, which a risk graph can show (lessons 3 and 4).
# - A pledge whose term is over is not released by itself: the bank gives it back. Compare with the public register
#   (动产融资统一登记).

# %% [markdown]
# ## Exercises
# ### Exercise 1: interest by your own hand
# Return the price in fen of a sum that is due in so many days, by ACT/365F, with the interest rounded half up to the
# fen. Whole numbers only, or `Fraction`; no floats.

# %%


def my_price(amount_fen: int, rate_bp: int, days: int) -> int | None:
    """Return the sum less interest: amount x rate / 10,000 x days / 365."""
    # solution
    interest = Fraction(amount_fen * rate_bp * days, 10_000 * 365)
    return amount_fen - int(interest + Fraction(1, 2))
    # end of solution
    return None


trial = [(fen, rate, days) for fen in (25_000_000, 99_999_999) for rate in (1, 315) for days in (0, 1, 88, 365)]
check(
    "1",
    my_price(25_000_000, 315, 88),
    lambda _: all(my_price(*one) == price(*one, "ACT/365F") for one in trial),
    "multiply first, divide once, then add a half and cut off",
)

# %% [markdown]
# ### Exercise 2: when does 30/360 favour the seller?
# The bank keeps less interest if fewer days are counted. For how many due days between 4 August 2020 and 3 August 2021
# (both included) does 30/360 count *fewer* days from 3 August 2020 than the calendar?

# %%
due_days = [moment(day) for day in pd.date_range("2020-08-04", "2021-08-03")]
fewer = None
# solution
fewer = sum(days_between(sold, day, "30/360") < days_between(sold, day, "ACT/360") for day in due_days)
# end of solution
check(
    "2",
    fewer,
    lambda answer: (
        answer
        == len(due_days)
        - sum(days_between(sold, day, "30/360") >= days_between(sold, day, "ACT/360") for day in due_days)
    ),
    "call days_between twice for each due day and compare",
)

# %% [markdown]
# ### Exercise 3: write a contract
# Close the eighth hole: before a receivable is drawn up, its invoice is entered once, for ever. Write `enter`: it gets
# the state and a transaction whose arguments are `invoice` (a digest), `buyer` and `seller`. It must
#
# 1. ask that buyer *and* seller have approved: `require(transaction, [one, other])` raises if not;
# 2. raise `StatusError("...")` if the invoice was entered before: `INVOICES.find(state, "invoices", key)` gives a
#    record or `None`;
# 3. return the state with the record: `INVOICES.write(state, "invoices", {key: {...}})`, with buyer, seller and the
#    transaction's `time`.

# %%
INVOICES = DataContract("invoices", "invoices", "invoice")


def enter(state: State, transaction: Transaction) -> State | None:
    """Return the state in which an invoice is entered, or raise a refusal."""
    given = transaction.arguments
    # solution
    require(transaction, [given["buyer"], given["seller"]])
    if INVOICES.find(state, "invoices", given["invoice"]) is not None:
        raise StatusError(f"invoice {given['invoice'][:8]} was entered before; it carries one receivable only")
    record = {"buyer": given["buyer"], "seller": given["seller"], "time": transaction.time}
    return INVOICES.write(state, "invoices", {given["invoice"]: record})
    # end of solution
    return None


def entering(invoice: str, *signers: str) -> Transaction:
    """Return a transaction that enters an invoice of core's and steel's, as these have signed it."""
    given: Mapping[str, Any] = {"invoice": sha256(invoice.encode()).hexdigest(), "buyer": "core", "seller": "steel"}
    people = tuple(Signer(name, role, f"{role} of {name}", name + role) for name in signers for role in ("maker",))
    return Transaction("a" * 64, "invoices", "enter", given, people, 60, Policy(("maker",)))


def refusal(state: State, transaction: Transaction) -> str:
    """Return the rule by which the contract refuses, empty if it does not."""
    try:
        enter(state, transaction)
    except LedgerError as error:
        return type(error).__name__
    return ""


once = enter(State(), entering("invoice 4711", "core", "steel"))
check(
    "3",
    once,
    lambda state: (
        refusal(state, entering("invoice 4711", "core", "steel")) == "StatusError"
        and refusal(state, entering("invoice 4712", "core", "steel")) == ""
        and refusal(State(), entering("invoice 4711", "steel")) == "NotApprovedError"
        and state.get("invoices", sha256(b"invoice 4711").hexdigest())["time"] == 60
    ),
    "three steps: require, find and raise, write",
)
ledger.close()
folder.cleanup()

# %% [markdown]
# ## Discussion
# 1. For privacy, the engine's log holds of an invoice only a digest with a secret salt (加盐摘要): two digests of one
#    invoice look different. Your contract of exercise 3 needs them to look the same. Who should win?
# 2. Two platforms, each with such a ledger, and one invoice. What now?
# 3. A bank is asked to buy a part that is endorsed by four firms. Is it worth more or less than one of the core
#    enterprise alone?

# %% [markdown] tags=["teacher"]
# ### Answers
# 1. A real conflict. Ways out: a salt that all banks share and outsiders do not (an insider can still guess invoices),
#    a register that answers "seen before?" without telling by whom, or the tax authority's invoice number, which is
#    unique by law. Good answers say who can guess what.
# 2. No ledger sees another. It takes one register for all (as for movables), or platforms that exchange digests. This
#    is why pledges are entered in the public register although the ledger locks them already.
# 3. Never less by the law of bills: every endorser is liable besides. It may be worth no more if all four depend on the
#    core enterprise and fall with it: then they are one debtor with five names (lesson 4, contagion).
