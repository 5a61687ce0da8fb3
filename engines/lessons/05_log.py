"""A log that nobody can quietly change.

After this hour you can compute a hash chain and a Merkle proof on paper, say which change each of them notices and
which it does not, and explain what a witness is for.
"""

TITLE_ZH = "无法悄悄篡改的账本"
ENGINE = "ledger"
NEEDS = ()
MINUTES = {"question": 5, "by hand": 15, "engine": 10, "break it": 12, "exercises": 13, "discussion": 5}

# %% [markdown]
# ## The question
# A supplier holds a receivable (应收款) of 900,000 yuan on a platform that a company runs for forty firms and some
# banks. One morning the platform shows 800,000. *"It was always 800,000"*, says the operator. The supplier's treasurer
# asks: *"You have the database, and I have a screenshot. Who is right?"*
#
# Who owns a database can change it. No mathematics prevents that. What can be had is this: **a change that somebody
# else can prove.** For that the others must keep something, and it must be small, since nobody keeps a copy of
# everything.

# %%
import json
import math
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pandas as pd

from engines.receivables import attacks
from engines.receivables.playing import play
from engines.workshop import check, pictures, show
from ledger.auditor import verify
from ledger.auditor.proof import prove_inclusion
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.errors import LedgerError
from ledger.evidence import contradiction
from ledger.frontier import leaf_hash, leaf_hashes, node_hash
from ledger.merkle import consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion
from ledger.node import Receipt
from ledger.notes import parse_note, sign_note, verify_note
from ledger.verifier_keys import COSIGNATURE, ed25519_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory

# %% [markdown]
# ## By hand: ten rows, three ideas
# A **hash** (哈希) is a fingerprint of bytes: the same bytes give the same 64 digits, and nobody can find other bytes
# that give them too. We show the first eight digits. Change one character and all of them change.
#
# ### First idea: a chain
# Each **link** is the hash of the link before and the row. So the last link depends on every row (哈希链).

# %%
payers = ["core", "F1", "F1", "F2", "core", "F3", "F2", "F4", "F1", "core"]
payees = ["F1", "F2", "F3", "F4", "F2", "F5", "F6", "F1", "F6", "F3"]
yuan = [900_000, 300_000, 200_000, 120_000, 500_000, 80_000, 70_000, 60_000, 50_000, 400_000]
ten = pd.DataFrame({"row": range(1, 11), "from": payers, "to": payees, "yuan": yuan})


def as_bytes(frame: pd.DataFrame) -> list[bytes]:
    """Return each row as bytes, always written in the same way."""
    return [json.dumps(row, sort_keys=True).encode() for row in frame.to_dict("records")]


def chain(rows: list[bytes]) -> list[str]:
    """Return the links of a hash chain."""
    links, before = [], b""
    for row in rows:
        before = sha256(before + row).digest()
        links.append(before.hex())
    return links


tampered = ten.copy()
tampered.loc[3, "yuan"] = 20_000
links = pd.DataFrame({"row": ten["row"], "yuan": ten["yuan"], "link": [one[:8] for one in chain(as_bytes(ten))]})
links["changed yuan"] = tampered["yuan"]
links["link then"] = [one[:8] for one in chain(as_bytes(tampered))]
show(links, "row 4 is changed · 篡改第 4 行", mark=links["link"] != links["link then"])
assert (links["link"] != links["link then"]).tolist() == [False] * 3 + [True] * 7

# %% [markdown]
# Who kept the **last link**, 64 digits, on a slip of paper, sees that something was changed. But to show *one* payment
# to a judge, the holder of the slip must be given all ten rows, and in a real log millions.
#
# ### Second idea: a tree
# Hash the rows in pairs, the pairs in pairs, and so on up to a **root** (默克尔树根). Here with the first four rows. To
# show that row 3 is under the root, it takes row 3 itself and two hashes: the neighbour, and the neighbour
# of the pair. That is an **inclusion proof** (存在证明).

# %%
rows = as_bytes(ten)
leaves = leaf_hashes(rows)
left, right = node_hash(leaves[0], leaves[1]), node_hash(leaves[2], leaves[3])
top = node_hash(left, right)
proof = inclusion_proof(leaves[:4], 2)
assert top == root(leaves[:4])
assert proof == [leaves[3], left]
tree = pd.DataFrame(
    {
        "node": ["root", "1-2", "3-4", "1", "2", "3", "4"],
        "x": [1.5, 0.5, 2.5, 0, 1, 2, 3],
        "y": [2, 1, 1, 0, 0, 0, 0],
        "label": [one.hex()[:8] for one in (top, left, right, *leaves[:4])],
        "group": ["kept by others 他人保存", *(["computed 计算"] * 6)],
    }
)
tree.loc[tree["node"].isin(["4", "1-2"]), "group"] = "in the proof 证明"
tree.loc[tree["node"].isin(["1", "2"]), "group"] = "not needed 无需"
ties = pd.DataFrame({"source": ["1", "2", "3", "4", "1-2", "3-4"]})
ties["target"] = [*["1-2"] * 2, *["3-4"] * 2, *["root"] * 2]
ties["mark"] = ties["source"].isin(["3", "3-4"])
show(
    pictures.network(
        tree,
        ties,
        title="is row 3 in the log? · 第 3 行在账本中吗",
        alt="a tree of four rows; row 3 with the hashes of row 4 and of pair 1-2 leads to the root",
    )
)

# %% [markdown]
# (RFC 6962, which the ledger follows, puts a byte 0 before a row and a byte 1 before a pair, so that nobody can pass
# off a pair as a row.)
#
# ### Third idea: a signature under size and root
# A root on a slip of paper proves nothing against the operator: anybody can write digits. So the operator **signs** how
# many rows there are and what their root is. That signed note is a **checkpoint** (检查点), and it is all that others
# keep.

# %%
ORIGIN = "hexi.example/lesson"
operator = ed25519_signer(ORIGIN, sha256(b"the operator's secret, for this lesson alone").digest())


def checkpoint(rows: list[bytes]) -> bytes:
    """Return the operator's signed note on a log of these rows."""
    return sign_note(Checkpoint(ORIGIN, len(rows), root(leaf_hashes(rows))).text, [operator]).encode()


note_of_seven, note_of_ten = checkpoint(rows[:7]), checkpoint(rows)
print(note_of_ten.decode())
verify_note(parse_note(note_of_ten), [operator.key])
try:
    verify_note(parse_note(note_of_ten.replace(b"\n10\n", b"\n11\n")), [operator.key])
except LedgerError as error:
    print("with 11 for 10:", type(error).__name__, "-", error)

# %% [markdown] tags=["teacher"]
# ### Goes wrong
# - "Encrypted" is said for "hashed". Nothing here is secret; a hash hides nothing that can be guessed. Amounts can be.
# - People believe that the chain *prevents* a change. Let them change row 4 and recompute all links: the new chain is
#   just as good. What stands against it is only the old link, in somebody else's hands.
# - In the picture, ask why the hash of pair 3-4 is not in the proof: whoever has row 3 and hash 4 computes it.

# %% [markdown]
# ## The engine: a ledger in a file
# The same, with everything that a real one needs: members with certificates, two people signing for each organisation
# (经办、复核), contracts, blocks. One town of forty firms plays its receivables of a summer.

# %%
folder = tempfile.TemporaryDirectory()
place = Path(folder.name)


def quiet(*_: object) -> None:
    """Report no progress."""


played = play(place / "town.ledger", seed=7, firms=40, progress=quiet)
report = verify(played.path)
facts = {
    "entries · 条目": report.entries,
    "blocks · 区块": report.blocks,
    "bytes of the file · 文件字节": played.path.stat().st_size,
    "bytes of a checkpoint · 检查点字节": len(played.checkpoints[-1]),
    "does it hold? · 是否成立": report.holds,
}
show(pd.DataFrame({"": list(facts), "number": list(facts.values())}), "verified from its bytes · 从字节验证")
assert report.holds

payment = next(one for one in played.events if one.step["action"] == "pay_on" and isinstance(one.answer, Receipt))
assert isinstance(payment.answer, Receipt)
receipt = prove_inclusion(played.path, payment.answer.id)
print(
    f"a payment is entry {receipt.place}; its proof has {len(receipt.hashes)} hashes, {32 * len(receipt.hashes)} bytes"
)

# %% [markdown]
# How long is a proof in a larger log? Each hash of a proof halves what is left, so a million times more entries cost
# twenty hashes more.

# %%
sizes = pd.DataFrame({"entries": [10**power for power in range(1, 10)]})
sizes["hashes"] = [math.ceil(math.log2(entries)) for entries in sizes["entries"]]
show(
    pictures.lines(
        sizes,
        x="entries",
        y="hashes",
        log=True,
        title="a proof grows by one hash per doubling · 日志翻倍，证明只多一个哈希",
        alt="from ten entries to a billion a proof grows from 4 hashes to 30",
        axes={"x": "entries in the log · 账本条目", "y": "hashes in a proof · 证明中的哈希"},
    )
)
assert len(inclusion_proof(leaf_hashes([bytes([at]) for at in range(200)]), 0)) == math.ceil(math.log2(200))

# %% [markdown]
# ## Break it: four dishonest operators
# Back to the ten rows. Three people kept something: the **supplier** keeps row 3 and asks for a proof of it, an
# **auditor** keeps the checkpoint at seven rows and asks for a proof that today's log *continues* it (a **consistency
# proof**, 一致性证明), and a **witness** (见证人) has signed the checkpoint at ten. The operator has the signing key
# and tries four things. Before you run the cell: who notices what?
#
# - **silent**: row 3 is changed, the checkpoint stays
# - **re-signed**: row 3 is changed, everything computed anew, a new checkpoint signed
# - **cut**: the log ends after row 6, a new checkpoint signed
# - **two faces**: rows 8 to 10 are others, shown to this customer only, signed

# %%
changed = ten.copy()
changed.loc[2, "yuan"] = 20_000
other = ten.copy()
other.loc[7:, "to"] = "F9"
stories = {
    "silent · 只改数据": (as_bytes(changed), note_of_ten),
    "re-signed · 重新签名": (as_bytes(changed), checkpoint(as_bytes(changed))),
    "cut · 截断": (rows[:6], checkpoint(rows[:6])),
    "two faces · 两套账本": (as_bytes(other), checkpoint(as_bytes(other))),
}
witness_signer = ed25519_signer("witness.example", sha256(b"a witness, for this lesson alone").digest(), COSIGNATURE)
create_memory(place / "witness", witness_signer.key)
witness = Witness(witness_signer, [KnownLog(ORIGIN, (operator.key,))], place / "witness", lambda: 1_600_000_000)
witness.add_checkpoint(note_of_ten)


def anybody(rows: list[bytes], note: bytes) -> None:
    """Compute the root of the rows that are shown, and compare it with the signed one."""
    claimed = parse_checkpoint(parse_note(note).text)
    if (claimed.size, claimed.root) != (len(rows), root(leaf_hashes(rows))):
        raise LedgerError("the rows have another root")


def supplier(rows: list[bytes], note: bytes) -> None:
    """Ask for a proof that my row 3 is in the log."""
    claimed = parse_checkpoint(parse_note(note).text)
    mine = leaf_hash(as_bytes(ten)[2])
    verify_inclusion(mine, 2, claimed.size, inclusion_proof(leaf_hashes(rows), 2), claimed.root)


def auditor(rows: list[bytes], note: bytes) -> None:
    """Ask for a proof that the log continues the one of seven rows."""
    old, new = (parse_checkpoint(parse_note(one).text) for one in (note_of_seven, note))
    shown = consistency_proof(leaf_hashes(rows), old.size)
    verify_consistency(old.size, new.size, shown, old.root, new.root)


def the_witness(_rows: list[bytes], note: bytes) -> None:
    """Ask the witness to sign this checkpoint as well."""
    witness.add_checkpoint(note, witness.size(ORIGIN))


def outcome(ask: Callable[[list[bytes], bytes], None], rows: list[bytes], note: bytes) -> str:
    """Return what noticed the fraud, or a dash."""
    try:
        ask(rows, note)
    except LedgerError as error:
        return f"noticed: {type(error).__name__}"
    return "-"


matrix = pd.DataFrame({"operator": list(stories)})
for name, ask in {
    "whoever recomputes": anybody,
    "supplier's row": supplier,
    "auditor's checkpoint": auditor,
    "witness": the_witness,
}.items():
    matrix[name] = [outcome(ask, *story) for story in stories.values()]
show(matrix, "who notices what · 谁能发现什么")
noticed = matrix.set_index("operator").map(lambda cell: cell.startswith("noticed"))
assert noticed.any(axis=1).all()
assert noticed.iloc[3].tolist() == [False, False, False, True]
assert not noticed.iloc[1, 0]

# %% [markdown]
# Read the rows. Recomputing finds only the clumsy fraud. In the first row the supplier notices nothing, and need not:
# the proof of row 3 *as the supplier has it* still leads to the root that the operator signed, so a judge will believe
# the supplier. A receipt protects one's own row. A kept checkpoint protects
# the past, up to that checkpoint. And **two faces** pass everything that one customer alone can check: each history is
# whole, signed and a continuation of the past. It takes somebody who sees what *others* are shown. A witness does
# little (it keeps one checkpoint, no rows), but it never signs two histories, and that is enough.
#
# Now the same attacks on the town's real file, with the engine's own words:

# %%
tried = [attack(played, place) for attack in (attacks.changed_amount, attacks.rolled_back, attacks.forked)]
tried.append(attacks.shown_to_a_witness(played, place))
for attack in tried:
    print(f"{attack.name} · {attack.name_zh}\n    done:    {attack.done}\n    noticed: {attack.noticed}\n")
assert all(attack.caught for attack in tried)

# %% [markdown] tags=["teacher"]
# ### Say
# - The witness's refusal is also **evidence**: two checkpoints that the operator has signed and that cannot both be
#   true. Anybody can check them with the operator's public key alone (exercise 4).
# - What none of this sees: an entry that was false when it was written. A log proves *that* it was said and *when*, not
#   that it is true. And if operator and all witnesses agree to cheat, nobody notices; so choose witnesses who would
#   not.
# - Certificate transparency does the same for the web's certificates; browsers play the auditor.

# %% [markdown]
# ## Exercises
# ### Exercise 1: a root by hand
# Write the root of a list of leaf hashes whose number is a power of two, with `node_hash(left, right)` alone.

# %%


def my_root(level: list[bytes]) -> bytes | None:
    """Return the root above 1, 2, 4, 8, ... hashes."""
    # solution
    while len(level) > 1:
        level = [node_hash(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    return level[0]
    # end of solution
    return None


check("1", my_root(leaves[:8]), lambda answer: answer == root(leaves[:8]), "join neighbours until one hash is left")

# %% [markdown]
# ### Exercise 2: how much must a firm keep?
# The paper's bank judged 136.5 million transactions. If each were an entry of such a log, how many hashes would the
# longest inclusion proof have?

# %%
hashes_needed = None
# solution
hashes_needed = math.ceil(math.log2(136_500_000))
# end of solution
check("2", hashes_needed, lambda answer: 2 ** (answer - 1) < 136_500_000 <= 2**answer, "how often can it be halved?")

# %% [markdown]
# ### Exercise 3: find the changed row, without reading them all
# `stored` are the rows of a log of 1,024 entries, one of which was changed; `honest` are the leaf hashes that a second
# bank kept. You may compare roots of any range, as `same(first, last)` does. Find the changed row's position with at
# most 12 comparisons.

# %%
honest = leaf_hashes([b"entry %d" % at for at in range(1_024)])
stored = [b"entry %d" % at for at in range(1_024)]
stored[613] = b"entry 614"
asked: list[tuple[int, int]] = []


def same(first: int, last: int) -> bool:
    """Return whether the rows from first to before last have the root that they should have."""
    asked.append((first, last))
    return root(leaf_hashes(stored[first:last])) == root(honest[first:last])


found = None
asked.clear()
# solution
first, last = 0, 1_024
while last - first > 1:
    middle = (first + last) // 2
    first, last = (middle, last) if same(first, middle) else (first, middle)
found = first
# end of solution
check("3", found, lambda answer: leaf_hash(stored[answer]) != honest[answer] and len(asked) <= 12, "halve the range")

# %% [markdown]
# ### Exercise 4: convict the operator
# Five checkpoints of one log were collected from five banks. Two of them cannot both be true. Which? Give a pair of
# positions; `contradiction(one, other)` says why two contradict each other, or None.

# %%
collected = [
    Checkpoint(ORIGIN, 6, root(leaves[:6])),
    Checkpoint(ORIGIN, 8, root(leaf_hashes(as_bytes(other)[:8]))),
    Checkpoint(ORIGIN, 7, root(leaves[:7])),
    Checkpoint(ORIGIN, 8, root(leaves[:8])),
    Checkpoint(ORIGIN, 10, root(leaves)),
]
guilty = None
# solution
pairs = [(one, two) for one in range(5) for two in range(one + 1, 5)]
guilty = next(pair for pair in pairs if contradiction(collected[pair[0]], collected[pair[1]]))
# end of solution
check(
    "4",
    guilty,
    lambda answer: contradiction(collected[answer[0]], collected[answer[1]]) is not None,
    "try every pair; two roots for one size cannot both be true",
)
folder.cleanup()

# %% [markdown]
# ## Discussion
# 1. Who should be a witness in your province: the central bank's branch, a competitor, an auditor, a university? What
#    does each cost, and what would each gain by cheating?
# 2. The supplier lost the checkpoint, and the operator is gone. What can still be proved, and by whom?
# 3. A customer asks for data to be deleted by law (删除权). The log never forgets. What do you put into it?

# %% [markdown] tags=["teacher"]
# ### Answers
# 1. Several of different interests, so that no two would cheat together; a reader asks for, say, two of three. A
#    supervisor has the weight, competitors have the motive to look closely, and a witness costs next to nothing.
# 2. Whoever kept an inclusion proof with its checkpoint can prove that entry for ever: entry, hashes and signature are
#    all in it. Others can be asked for their checkpoints. Without any, there is only one party's word.
# 3. Digests with a secret salt instead of contents: destroy salt and content, and the digest says nothing any more.
#    What must stay provable (that something was agreed, and when) stays.
