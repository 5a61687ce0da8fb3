"""A realistic result for the tests of the reports, made from random numbers with a fixed seed."""

from typing import Any

import numpy as np
import pandas as pd

from engines.report import pictures, timeline
from engines.result import Check, Number, Picture, Result, Table

HOSTILE = "</script ></script><!--<script><script>document.title='owned'</script>"


def curves(seed: int = 7) -> dict[str, pd.DataFrame]:
    """Precision over recall of three subjects, 4,000 points each, as scikit-learn orders them (recall falls)."""
    random = np.random.default_rng(seed)
    recall = np.linspace(1.0, 0.0, 4_000)
    made = {}
    for name, knee in (("rules only", 0.35), ("model only", 0.6), ("blend", 0.75)):
        ideal = 0.95 / (1 + np.exp((recall - knee) * 9)) + 0.002
        wobble = random.normal(0, 0.08, recall.size) * np.exp(-recall * 25)
        made[name] = pd.DataFrame({"recall": recall, "precision": np.clip(ideal + wobble, 0.002, 1.0)})
    return made


def budget() -> pd.DataFrame:
    """Recall and value detected over the share of transactions that raise an alert."""
    rate = np.geomspace(2e-5, 1.0, 2_000)
    recall = 1 - np.exp(-((rate / 0.004) ** 0.6))
    return pd.DataFrame({"alert_rate": rate, "recall": recall, "value_detected": np.clip(recall * 1.25, 0, 1) ** 0.8})


def one_customer() -> pd.DataFrame:
    """Six weeks of a customer's small payments, then a SIM swap and three large transfers in forty minutes."""
    random = np.random.default_rng(3)
    days = np.sort(random.uniform(0, 42, 44))
    quiet = pd.DataFrame(
        {
            "occurred_at": pd.Timestamp("2026-02-01") + pd.to_timedelta(days, unit="D").round("s"),
            "amount_yuan": np.round(random.lognormal(4.2, 1.0, days.size), 2),
            "score": random.beta(1, 40, days.size),
            "decision": "pass",
            "is_fraud": False,
            "reasons": "",
            "label": random.choice(["QR · 扫码", "POS · 刷卡", "mobile · 手机银行"], days.size),
        }
    )
    quiet.loc[20, ["decision", "score"]] = ["step-up", 0.31]
    fraud = pd.DataFrame(
        {
            "occurred_at": pd.to_datetime(["2026-03-15 02:11:40", "2026-03-15 02:25:03", "2026-03-15 02:49:30"]),
            "amount_yuan": [1.0, 49_800.0, 49_900.0],
            "score": [0.12, 0.93, 0.98],
            "decision": ["pass", "hold", "block"],
            "is_fraud": True,
            "reasons": [
                "",
                "SIM card changed 3 hours ago · 3 小时前更换 SIM 卡\nfirst time on this device · 首次使用该设备",
                "first payment to this payee · 首次向该收款方付款\n"
                "amount is 410 times the customer's mean · 金额为客户历史均值的 410 倍\n"
                "payee received from 14 customers in 1d · 收款方 1 天内收到 14 名客户的款项",
            ],
            "label": "transfer · 转账",
        }
    )
    return pd.concat([quiet, fraud], ignore_index=True)


def typologies() -> pd.DataFrame:
    """Caught and missed by typology at a budget of 1 %."""
    rows = [
        ("account take-over after SIM swap", "换卡盗用账户", 41, 6, 33),
        ("telecom fraud on elderly people", "涉老电信诈骗", 28, 22, 19),
        ("card testing, then cash-out", "试卡后套现", 17, 3, 16),
        ("device farm", "设备农场", 22, 4, 9),
        ("merchant collusion", "商户串通", 6, 15, 0),
        ("cross-border skimming", "跨境盗刷", 12, 5, 11),
        ("slow low-value theft", "小额慢速盗取", 3, 14, 0),
    ]
    return pd.DataFrame(rows, columns=["typology", "typology_zh", "caught", "missed", "by_rules"])


def sample_pictures() -> tuple[Picture, ...]:
    """The four pictures of the anti-fraud case."""
    return (
        Picture(
            "Precision and recall",
            "精确率与召回率",
            "Up and to the right is better: more fraud found with fewer false alarms. 越靠右上越好。",
            lambda: pictures.precision_recall(curves(), 0.002),
        ),
        Picture(
            "What an alert budget buys",
            "告警预算与效果",
            "How much fraud is found when staff can look at so many transactions of every thousand. "
            "每千笔交易可核查若干笔时，能发现多少欺诈。",
            lambda: pictures.budget_curve(budget()),
        ),
        Picture(
            "One fraud that was caught",
            "一起被拦截的欺诈",
            "Customer P000417: six weeks of small payments, then three transfers at night. 案发前后的交易。",
            lambda: timeline.timeline(one_customer()),
        ),
        Picture(
            "Which frauds are found",
            "各类欺诈的发现率",
            "At a budget of 1 % of transactions, on the test weeks. 告警预算为 1% 时，测试期内。",
            lambda: pictures.typology_bars(typologies()),
        ),
    )


def sample_result(**changes: Any) -> Result:
    """A whole result of the anti-fraud case; keywords replace fields."""
    fields: dict[str, Any] = {
        "case": "anti-fraud",
        "title": "Rules and a learned model stop fraud together",
        "title_zh": "规则与模型结合的反欺诈平台",
        "paper_case": "1-5",
        "headline": "With 10 alerts per 1,000 transactions, 65 % of the frauds are found and 81 % of their value.",
        "headline_zh": "每千笔交易告警 10 笔时，可发现 65% 的欺诈笔数和 81% 的欺诈金额。",
        "seed": 7,
        "size": 200_000,
        "source": "synthetic province · 合成省份",
        "numbers": (
            Number(
                "transactions with a rule hit",
                "规则命中占比",
                "5.12 %",
                "6.94 %",
                "9.47 m of 136.5 m in 18 months",
            ),
            Number("transactions blocked", "拦截占比", "0.041 %", "0.0063 %", "our base rate is higher: 0.2 %"),
            Number("rules", "规则条数", "24", "561"),
            Number("average precision", "平均精确率", "0.612"),
            Number("recall at 0.1 % alerts", "千分之一告警下召回率", "35.1 %"),
            Number("recall at 1 % alerts", "百分之一告警下召回率", "82.4 %"),
            Number("value detected at 1 % alerts", "百分之一告警下金额占比", "88.9 %"),
            Number("losses avoided", "避免损失", "1,204,377 yuan 元", "over 12 m yuan 元", "test weeks only"),
        ),
        "checks": (
            Check("the blend finds more than rules alone", "融合优于仅用规则", True, "0.612 against 0.318"),
            Check("at least one fraud is blocked", "至少拦截一起欺诈", True),
            Check(
                "no feature reads a label before its delay",
                "特征不提前读取标签",
                False,
                "terminal_frauds_30d did",
            ),
        ),
        "tables": (
            Table(
                "Rules that hit most",
                "命中最多的规则",
                (
                    "rule",
                    "规则",
                    "hits",
                    "frauds",
                    "precision",
                    "share of fraud",
                    "lift",
                    "first used",
                    "owner",
                    "state",
                ),
                tuple(
                    tuple(row.split("|"))
                    for row in (
                        "sim_swap_large_transfer|换卡后大额转账|212|66|31.1 %|23.9 %|155|2026-01-01|risk desk|live",
                        "night_new_device|夜间新设备|1,904|71|3.7 %|25.7 %|19|2026-01-01|risk desk|live",
                        f"customer {HOSTILE}|客户|3|0|0.0 %|0.0 %|0|2026-01-01|-|shadow",
                    )
                ),
            ),
        ),
        "pictures": sample_pictures(),
        "notes": (
            "The paper's figures are a bank's over 18 months; ours are a synthetic province over 13 weeks. "
            "They show the same quantities, not the same data.",
            "Left out because the file has no such column: device_id, ip. 因缺少列而未使用。",
        ),
    }
    return Result(**(fields | changes))
