"""Pages that change, and pages that lie.

After this hour you can say what each way of finding a field on a form survives, why a bot must read back what the
system shows before it confirms, when a deadline really ends in China, and what a chain of hashes proves.
"""

TITLE_ZH = "会变的页面，会骗人的页面"
ENGINE = "rpa"
NEEDS = ("rpa",)
MINUTES = {"question": 4, "by hand": 14, "engine": 13, "break it": 12, "exercises": 13, "discussion": 4}

# %% [markdown]
# ## The question
#
# A bot files accounts through the pages of somebody else's system (非侵入式: nothing of that system is touched). On
# Monday morning the system has a new release. Nobody told the bank. The bot runs as always, in green.
#
# On Wednesday a branch calls: their customer 苏林 is on record as a *company*, with a legal representative named
# 兰州黄河和商贸有限公司. Two labels had changed places.
#
# **How should a bot find a field, so that a release does not stop it, and how does it notice that a page lies?**

# %%
import asyncio
import base64
import hashlib
import os
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import altair as alt
import pandas as pd

from engines.workshop import aside, check, pictures, show
from rpa.browser import (
    Candidate,
    Field,
    Found,
    differences,
    find_browser,
    go,
    in_order,
    open_browser,
    open_tab,
    resolve,
)
from rpa.browser.labels import likeness
from rpa.deadlines import WorkingDays, deadline_of, default_policy
from rpa.deadlines.rules import CHINA
from rpa.errors import BrowserMissingError, NotFoundOnPageError, ReadBackError
from rpa.evidence import AuditLog, head, verify
from rpa.filing import LABELS
from rpa.pages import accounts, arrive, login
from rpa.systems import Faults, serve
from rpa.systems.stand import made_accounts, set_up

# %% [markdown]
# ## By hand: ten fields, six releases
#
# A control on a page has a **place** (third from above), a **label** that people read (联系电话), and a **name** in
# the code that nobody sees (`phone`). What is typed goes wherever the system's programmers send it: the column
# `feeds`.

# %%
fields = ["depositor_category", "depositor_name", "area_code", "phone", "address", "post_code"]
fields += ["legal_representative", "industry", "capital_fen", "business_scope"]
recorded = pd.DataFrame({"place": range(10), "label": [LABELS[one] for one in fields], "name": fields, "feeds": fields})
show(recorded, "the page as it was recorded · 录制时的页面")
RENAMED = {"邮政编码": "邮编", "联系电话": "电话号码", "注册地址": "住所"}
SWAPPED = {"存款人名称": "法定代表人", "法定代表人": "存款人名称"}


def placed(page: pd.DataFrame) -> pd.DataFrame:
    """Return a page whose places are counted again from above."""
    return page.assign(place=range(len(page)))


codes = [f"c{number}" for number in range(10)]
releases = {
    "as recorded": recorded,
    "labels renamed": recorded.replace({"label": RENAMED}),
    "order changed": placed(pd.concat([recorded[1::2], recorded[::2]])),
    "code names new": recorded.assign(name=codes),
    "both renamed": recorded.replace({"label": RENAMED}).assign(name=codes),
    "two labels swapped": recorded.replace({"label": SWAPPED}),
}

# %% [markdown]
# Three simple bots find a field by its place, by its label, or by its name. On paper: for each release, where does
# each bot type the phone number? Where the name of the firm? Then let a merge do it for all ten.


# %%
def typed(page: pd.DataFrame, by: str) -> str:
    """Say where ten values go if each control is found by one of its columns: right, wrong, not found."""
    found = recorded[["feeds", by]].merge(page[[by, "feeds"]], on=by, how="left", suffixes=("", "_there"))
    missing = int(found["feeds_there"].isna().sum())
    wrong = int((found["feeds_there"].notna() & (found["feeds_there"] != found["feeds"])).sum())
    return f"{10 - missing - wrong} right" + f", {wrong} WRONG" * bool(wrong) + f", {missing} not found" * bool(missing)


simple = pd.DataFrame(
    {by: {name: typed(page, by) for name, page in releases.items()} for by in ("place", "label", "name")}
)
show(simple.rename_axis("release"), "three simple bots · 三种定位方式")
assert simple.loc["order changed", "place"] == "0 right, 10 WRONG"
assert simple.loc["two labels swapped", "label"] == "8 right, 2 WRONG"

# %% [markdown]
# **Not found** stops the bot; somebody mends it by noon. **Wrong** is the dangerous word: the bot goes on, in green.
# Finding by place is never stopped, and so is the worst.
#
# And the last row: does the *label* lie, or the *name*? If the programmers exchanged two labels by mistake, the name
# is right. If they exchanged two columns, the label is. From the page alone nobody can tell.
#
# **Labels that are nearly the same.** A person takes 邮编 for 邮政编码. How alike are two labels? Guess before you
# look.

# %%
pairs = [
    ("邮政编码", "邮编"),
    ("法定代表人", "法定代表人（负责人）"),
    ("联系电话", "请填写联系电话"),
    ("联系电话", "电话号码"),
]
pairs += [("注册地址", "住所"), ("注册资金", "注册资金币种"), ("法定代表人", "法定代表人证件号码")]
alike = pd.DataFrame(
    [(one, other, likeness(one, other)) for one, other in pairs], columns=["sought", "on the page", "alike"]
)
show(alike, "likeness from 0 to 1 · 标签相似度")
assert alike["alike"].iloc[5] == 0

# %% [markdown]
# 注册资金币种 contains all of 注册资金, and is another thing: in Chinese the last word says what it is. A likeness
# that counts letters would type the capital into the currency.

# %% [markdown] tags=["teacher"]
# ### Goes wrong
#
# - "By name is best." In four of six rows it is right. Ask what a bank knows of the names of a system that it may not
#   look into, and what a new framework does to them.
# - Somebody will propose coordinates and pictures (图像识别). That is *place* with better eyes; all that is said of
#   place holds.

# %% [markdown]
# ## The engine: label, then name, then likeness; in doubt, none
#
# The engine seeks **all fields of a form together**: label, known other labels, name, test id, and only then
# likeness, which must be good (0.65) and clearly better than the next. Whatever was not found the plain way is *told*
# (healed, 自愈).

# %%
sought = in_order(*(Field(name, LABELS[name], synonyms=("邮编",) if name == "post_code" else ()) for name in fields))


def engine_types(page: pd.DataFrame) -> tuple[str, str]:
    """Say where ten values go if the engine finds the controls, and what it tells of them."""
    there = [
        Candidate(at, "text", str(label), str(name)) for at, label, name in page[["place", "label", "name"]].to_numpy()
    ]
    try:
        matches = resolve(sought, there)
    except NotFoundOnPageError as error:
        return "refused", str(error)
    feeds = page["feeds"].tolist()
    wrong = sum(match is None or feeds[match.number] != one.name for one, match in zip(sought, matches, strict=True))
    healed = [match.healed for match in matches if match is not None and match.healed is not None]
    said = "".join(f"{one.took} by {one.found_by}" for one in healed[:1]) + " ..." * (len(healed) > 1)
    return f"{10 - wrong} right" + f", {wrong} WRONG" * bool(wrong), said


told = pd.DataFrame({name: engine_types(page) for name, page in releases.items()}, index=["typed", "told"]).T
show(
    told.rename_axis("release"),
    "the engine on the same releases · 引擎在相同版本上",
    mark=told["typed"].str.contains("WRONG"),
)
assert told.loc["both renamed", "typed"] == "refused"
assert told.loc["two labels swapped", "typed"] == "8 right, 2 WRONG"

# %% [markdown]
# It survives what can be survived, refuses what it cannot tell, and **the lie goes through**. It is told ("against
# its name"), and no way of finding can do more. So the engine has a second line: on the *check page* (信息核对),
# where the system shows all that it has understood, **each value is read back and compared with the source, before
# anything is confirmed**.
#
# ### When must it be done?
#
# A basic account by the end of its day, a general one by the end of the next *working* day. Before holidays the State
# Council moves days about: some weekdays are free, and some Saturdays and Sundays are worked for them (调休上班).
# Autumn 2026:

# %%
days = WorkingDays()
weeks = []
for week in range(4):
    monday = date(2026, 9, 14) + timedelta(weeks=week)
    row = {"week of": f"{monday:%m-%d}"}
    for ahead, weekday in enumerate("一二三四五六日"):
        is_plain = days.is_worked(monday + timedelta(ahead)) == (ahead < 5)
        row[weekday] = ("works" if days.is_worked(monday + timedelta(ahead)) else "–") + ("" if is_plain else " !")
    weeks.append(row)
show(pd.DataFrame(weeks), "working days; ! is not what the weekday says · 工作日（! 与星期不符）")
year = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
odd = [day for day in year if days.is_worked(day) != (day.weekday() < 5)]
print(f"in 2026 the rule 'Monday to Friday' is wrong on {len(odd)} days")
for kind, opened in (
    ("basic", datetime(2026, 9, 30, 16, 0)),
    ("basic", datetime(2026, 9, 30, 17, 5)),
    ("general", datetime(2026, 10, 9, 9, 0)),
):
    due = deadline_of(kind, opened.replace(tzinfo=CHINA), default_policy(), days).due
    print(f"{kind:7} opened {opened:%m-%d %H:%M}, due {due:%m-%d %H:%M}")
assert len(odd) == 25

# %% [markdown]
# The last line is a Friday, and "the next working day" is **Saturday**. A bot that takes Monday is late, once or
# twice a year, when nobody is at the office to see it. A calendar that does not know the year must say so and not
# guess; the engine refuses.

# %% [markdown] tags=["teacher"]
# ### Goes wrong
#
# - "Opened at 17:05" looks like a special case. It is the usual one: the branch's cut-off is 17:00, and then the
#   *next* working day counts as the day of opening. Let them find what that does to the basic account before the
#   holidays.

# %% [markdown]
# ## Break it: three lies on a live page, and a forged log
#
# Three simulated systems, a real browser. On each visit to the form another pair of labels stands before each other's
# field. The bot fills what it finds, as a clerk would, and goes on to the check page. What does the *system* say?
# What does reading back say?

# %%
START = datetime(2026, 7, 1, 10, 0, tzinfo=CHINA)
made = made_accounts(START.date())
Row = tuple[str, str, str]


async def visits(base: str, password: str, found: Found, room: Path) -> tuple[list[Row], bytes]:
    """File three accounts up to the check page; return what each was told, and the first page. Nothing is confirmed."""
    rows, first_page = [], b""
    async with open_browser(found) as browser, open_tab(browser, room, patience=20.0) as tab:
        await go(tab, base + login.PATH)
        await arrive(tab, await login.submit(tab, login.Credentials("clerk", password)), [accounts.home])
        for filing in made.filings[:3]:
            await arrive(tab, await go(tab, base + accounts.key.PATH), [accounts.key])
            await arrive(tab, await accounts.key.submit(tab, filing), [accounts.details])
            answer = await accounts.details.submit(tab, filing)
            page, answer = await arrive(tab, answer, [accounts.check, accounts.details])
            healed = "、".join(one.asked for one in tab.healed if "against" in one.found_by)
            tab.healed.clear()
            first_page = first_page or await tab.page.screenshot(clip={"x": 50, "y": 429, "width": 640, "height": 202})
            try:
                if page is accounts.check:
                    accounts.check.compare(answer.html, filing)
                accounts.details.check(answer.html, filing)
                rows.append((healed, "accepts", "nothing"))
            except ReadBackError as error:
                wrong = "、".join(LABELS[name] for name in error.fields)
                rows.append((healed, "accepts" if page is accounts.check else "refuses", wrong))
    return rows, first_page


def live(found: Found) -> tuple[list[Row], bytes]:
    """Serve the systems, with other labels exchanged on each visit, and let the browser go there."""
    with tempfile.TemporaryDirectory(prefix="hexi-pages-") as room:
        faults = {"accounts": Faults(plan={"labels_swapped": (1, 2, 3)}), "operations": Faults(), "images": Faults()}
        branch, access = set_up(Path(room), made, lambda: START, faults)
        with serve(branch.applications()) as addresses:
            told_by_pages = asyncio.run(visits(addresses["accounts"], access["users"]["clerk"], found, Path(room)))
        branch.close()
    return told_by_pages


# %%
try:
    lies, seen = aside(live, find_browser(os.environ))
except BrowserMissingError as error:
    print(f"No page is visited, since there is no browser ({error}).")
    lies, seen = [], b""
if lies:
    image = alt.Chart(pd.DataFrame({"url": ["data:image/png;base64," + base64.b64encode(seen).decode()]}))
    drawn = image.mark_image(width=860, height=271).encode(url="url", x=alt.value(430), y=alt.value(136))
    seen_title = "the check page of the first visit · 第一次访问的核对页"
    show(pictures.picture(drawn, seen_title, "The check page shows a person as the depositor's name.", height=272))
    lied = pd.DataFrame(lies, columns=["labels against their names", "the system", "reading back finds"])
    show(lied, "three visits, three lies · 三次访问", mark=lied["the system"] == "accepts")
    assert lied["the system"].tolist() == ["accepts", "accepts", "refuses"]
    assert (lied["reading back finds"] != "nothing").all()

# %% [markdown]
# The system refuses a post code in the field for the phone. It takes a company for a person and a line of business
# for an address without a murmur: texts are texts. Only reading back notices. The same comparison, by hand, without a
# browser:

# %%
filing = made.filings[0]
shown = {
    "depositor_name": filing.legal_representative,
    "legal_representative": filing.depositor_name,
    "phone": filing.phone,
}
shown["opened_on"] = "２０２６年７月１日"
compared = pd.DataFrame(
    [
        (LABELS[name], str(getattr(filing, name)), text, name not in differences(filing, shown, tuple(shown)))
        for name, text in shown.items()
    ],
    columns=["field", "source", "the page shows", "same"],
)
show(compared, "reading back · 提交前核对", mark=~compared["same"])
assert compared["same"].tolist() == [False, False, True, True]

# %% [markdown]
# A date in full-width digits is the same date; a name in the wrong place is not the same name.
#
# **Now the log.** Somebody claims the bot filed an account too late. You show the bot's log. He says: "You have
# changed it." So each line carries the hash of the line before (哈希链). By hand, with ten lines:


# %%
def chained(texts: list[str]) -> list[str]:
    """Return the hash of each line; it covers the line and the hash before it."""
    hashes, before = [], "0" * 8
    for text in texts:
        before = hashlib.sha256((before + text).encode()).hexdigest()[:8]
        hashes.append(before)
    return hashes


lines = [f"10:0{number} L{number // 2} {'filed' if number % 2 else 'sent'}" for number in range(10)]
kept = chained(lines)
one_changed = [line.replace("10:03", "09:03") for line in lines]
forged = chained(one_changed)
log = pd.DataFrame({"line": one_changed, "hash that was written": kept, "hash that fits": forged})
show(log, "line 4 was changed · 第四行被改", mark=log["hash that was written"] != log["hash that fits"])
assert (log["hash that was written"] != log["hash that fits"]).tolist() == [False] * 3 + [True] * 7

# %% [markdown]
# One change, and no hash fits from there on. But a forger can *write all hashes anew*: then everything fits. What he
# cannot change is the last hash, the **head**, if it was kept somewhere else: mailed to the auditor each evening. The
# engine's log:

# %%
with tempfile.TemporaryDirectory() as folder:
    audit = AuditLog(Path(folder, "audit.jsonl"))
    for number, line in enumerate(lines):
        audit.append(f"L{number // 2}", line, at=START + timedelta(minutes=number))
    evening = head(audit.path)
    whole = audit.path.read_bytes()
    audit.path.write_bytes(whole.replace(b"10:03", b"09:03"))
    print("one line changed:        ", verify(audit.path))
    audit.path.unlink()
    for number, line in enumerate(one_changed):
        audit.append(f"L{number // 2}", line, at=START + timedelta(minutes=number))
    print("all written anew:        ", verify(audit.path))
    print("... against the kept head:", verify(audit.path, evening))

# %% [markdown] tags=["teacher"]
# ### Say
#
# - Two lines of defence, each with a hole: finding cannot see a lie, reading back cannot see a check page that lies
#   *the same way* (the same two labels exchanged there). Then only another source helps: a later query, the firm
#   itself.
# - A chain proves that nothing was changed *since the head was kept*. It never proves that what was written was true.

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: the next working day
#
# Write the rule for a general account: the first worked day *after* the day of opening. `worked` is a set of dates.


# %%
def next_worked(day: date, worked: set[date]) -> date:
    """Return the first worked day after a day."""
    # solution
    day += timedelta(1)
    while day not in worked:
        day += timedelta(1)
    return day
    # end of solution


worked_2026 = {day for day in year if days.is_worked(day)}


def is_right_1(answer: date) -> bool:
    """Return whether the rule holds on every day of the autumn."""
    autumn = [date(2026, 9, 1) + timedelta(number) for number in range(60)]
    return answer == date(2026, 10, 10) and all(next_worked(one, worked_2026) == days.after(one, 1) for one in autumn)


check(
    "1",
    next_worked(date(2026, 10, 9), worked_2026),
    is_right_1,
    "step at least once, then on while the day is not worked",
)

# %% [markdown]
# ### Exercise 2: how often would Monday-to-Friday be wrong?
#
# For each *worked* day of January to November 2026, compare the right next working day with that of a calendar which
# only knows weekends. On how many days does the simple calendar give another deadline? (`days.after(day, 1)` is
# right.)

# %%
deadlines_wrong = None
opening_days = [day for day in year if day.month < 12 and days.is_worked(day)]
# solution
deadlines_wrong = 0
for opening in opening_days:
    simple_day = opening + timedelta(1)
    while simple_day.weekday() > 4:
        simple_day += timedelta(1)
    deadlines_wrong += simple_day != days.after(opening, 1)
# end of solution
right_number = sum(
    days.after(one, 1) != pd.offsets.BDay().rollforward(pd.Timestamp(one + timedelta(1))).date() for one in opening_days
)
check("2", deadlines_wrong, lambda number: number == right_number, "the day after, then skip Saturday and Sunday only")

# %% [markdown]
# ### Exercise 3: read back
#
# Write a comparison that forgives how a system writes a thing, and nothing else: blanks at the ends, digits of full
# width (`０` to `９`). Return the names of the fields that differ; what is not shown differs.


# %%
def differing(source: dict[str, str], page: dict[str, str]) -> list[str]:
    """Return the fields of the source that a page does not show as the source says, in the source's order."""
    # solution
    narrow = str.maketrans("０１２３４５６７８９", "0123456789")
    return [name for name, text in source.items() if page.get(name, "\0").strip().translate(narrow) != text]
    # end of solution


source_3 = {"name": "兰州陇原建材有限公司", "code": "620100", "phone": "0931-8880002", "zip": "730030"}
page_3 = {"name": "兰州陇原建材有限公司 ", "code": "６２０１００", "phone": "0931-8880020"}
check(
    "3",
    differing(source_3, page_3),
    lambda found: list(found) == ["phone", "zip"],
    "forgive blanks and wide digits alone",
)

# %% [markdown]
# ### Exercise 4: the first broken line
#
# Given the lines of a log and the hashes that were written beside them, return the number of the first line (from 0)
# whose hash does not fit, or -1. Each line is held against the hash *written* before it.


# %%
def first_broken(texts: list[str], written: list[str]) -> int:
    """Return the first line whose written hash does not fit, -1 if all do."""
    # solution
    before = "0" * 8
    for number, text in enumerate(texts):
        if hashlib.sha256((before + text).encode()).hexdigest()[:8] != written[number]:
            return number
        before = written[number]
    return -1
    # end of solution


def is_right_4(answer: int) -> bool:
    """Return whether the function finds the change, also none and one at the end."""
    last = [*lines[:-1], "10:09 L4 refused"]
    return answer == 3 and first_broken(lines, kept) == -1 and first_broken(last, kept) == 9


check("4", first_broken(one_changed, kept), is_right_4, "start with eight zeros; go on from the written hash")

# %% [markdown]
# ## Discussion
#
# 1. The check page is made by the same programmers as the form. When does reading back not help, and what would?
# 2. A healed field is told each time. After the hundredth mail nobody reads them. What do you do with such tellings?
# 3. The bot refuses on Monday at nine because of a renamed label, with 300 accounts due today. Who may decide what?
# 4. You keep the head of the log with the auditor. He asks for the pictures too. There are identity numbers on them.

# %% [markdown] tags=["teacher"]
# ### Answers
#
# 1. When the same labels are exchanged on both pages, or values are cut after they are shown. Ask later, through
#    another page (the query, the printed sheet), and compare with the registry of firms.
# 2. Count them per release; a new kind stops the first account only, until a person has said that it is right. Then
#    it is a known other label, in the code.
# 3. A person files the urgent ones by hand; whoever owns the bot adds the label and its saved page as a test. Nobody
#    switches off the reading back.
# 4. Pictures must be masked *before* they are taken; a hash of a masked picture is kept, never a picture to be masked
#    later.
