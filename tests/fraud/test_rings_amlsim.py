"""The layouts of IBM's simulators: each is read into our columns with the truth apart, and what is none is refused."""

import pytest

from fraud.errors import FileError
from fraud.rings import find
from fraud.rings.amlsim import read_alerts, read_amlsim, read_patterns

STEPS = """TX_ID,SENDER_ACCOUNT_ID,RECEIVER_ACCOUNT_ID,TX_TYPE,TX_AMOUNT,TIMESTAMP,IS_FRAUD,ALERT_ID
1,11,22,TRANSFER,465.05,0,False,-1
2,22,33,TRANSFER,8395.25,3,True,7
3,33,22,TRANSFER,8395.25,3,True,7
"""
CONVERTED = """tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp,is_sar,alert_id
1,11,22,TRANSFER,465.05,2017-01-01T00:00:00Z,False,-1
2,22,33,TRANSFER,8395.25,2017-01-04T00:00:00Z,True,7
3,33,22,TRANSFER,8395.25,2017-01-04T00:00:00Z,True,7
"""
BANKS = """Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency\
,Payment Format,Is Laundering
2022/09/01 00:20,010,8000EBD30,010,8000EBD30,3697.34,US Dollar,3697.34,US Dollar,Reinvestment,0
2022/09/01 00:06,021174,800737690,012,80011F990,2848.96,Euro,2848.96,Euro,ACH,1
"""
PATTERNS = """BEGIN LAUNDERING ATTEMPT - FAN-OUT:  Max 16-degree Fan-Out
2022/09/01 00:06,021174,800737690,012,80011F990,2848.96,Euro,2848.96,Euro,ACH,1
2022/09/01 04:33,021174,800737690,020,80020C5B0,8630.40,Euro,8630.40,Euro,ACH,1
END LAUNDERING ATTEMPT - FAN-OUT

BEGIN LAUNDERING ATTEMPT - CYCLE
2022/09/01 00:03,01467,8013C4030,020,80BC62F10,58702.10,Yuan,58702.10,Yuan,ACH,1
END LAUNDERING ATTEMPT - CYCLE
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "some.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("text", [STEPS, CONVERTED], ids=["steps", "converted"])
def test_both_layouts_of_amlsim_are_the_same_table(write, text):
    read = read_amlsim(write(text))
    frame = read.transactions
    assert frame["amount_fen"].tolist() == [46_505, 839_525, 839_525]
    assert frame["occurred_at"].dt.strftime("%Y-%m-%d").tolist() == ["2017-01-01", "2017-01-04", "2017-01-04"]
    assert frame["account_id"].tolist() == ["11", "22", "33"]
    assert not {"is_fraud", "is_laundering", "alert_id"} & set(frame.columns)
    assert read.truth["is_laundering"].tolist() == [0, 1, 1]
    assert (read.bad_accounts, read.rings) == ({"22", "33"}, {"7": {"22", "33"}})
    assert isinstance(find(frame), list)


def test_accounts_of_many_banks_are_named_by_bank_and_number_and_stand_in_order_of_time(write):
    read = read_amlsim(write(BANKS))
    assert read.transactions["account_id"].tolist() == ["21174-800737690", "10-8000EBD30"]
    assert read.bad_accounts == {"21174-800737690", "12-80011F990"}
    assert read.rings == {}


def test_alerts_and_patterns_name_their_accounts_in_the_same_way(write):
    header = "ALERT_ID,ALERT_TYPE,IS_FRAUD,TX_ID,SENDER_ACCOUNT_ID,RECEIVER_ACCOUNT_ID\n"
    alerts = header + "7,cycle,True,2,22,33\n7,cycle,True,3,33,22\n"
    assert read_alerts(write(alerts)) == {"7": ("cycle", {"22", "33"})}
    kinds = read_patterns(write(PATTERNS))
    assert [kind for kind, _ in kinds] == ["fan-out", "cycle"]
    assert kinds[0][1] == {"21174-800737690", "12-80011F990", "20-80020C5B0"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a,b\n1,2\n", "it lacks account_id"),
        (STEPS.replace("TX_AMOUNT", "SUM"), "amount"),
        (STEPS.replace("465.05", "much"), "row 1: the amount 'much'"),
        (CONVERTED.replace("2017-01-01T00:00:00Z", "soon"), "row 1: the time 'soon'"),
        ("", "cannot be read"),
    ],
    ids=["other columns", "no amount", "amount in words", "time in words", "empty"],
)
def test_a_file_of_none_of_the_layouts_is_refused(write, text, named):
    with pytest.raises(FileError, match=named):
        read_amlsim(write(text))


def test_a_missing_file_and_an_attempt_without_end_are_refused(write, tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_amlsim(tmp_path / "none.csv")
    with pytest.raises(FileError, match="within an attempt of kind 'cycle'"):
        read_patterns(write(PATTERNS.rsplit("END", 1)[0]))
    with pytest.raises(FileError, match="no alert_id"):
        read_alerts(write("a,b\n1,2\n"))
