"""Mappings: guessed from headers of well-known files, written, read, and refused by name."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.errors import MappingError
from fraud.intake import Mapping, check_header, describe, guess, load, parse, to_toml
from fraud.schema import COLUMNS

REQUIRED = '[columns]\noccurred_at = "T"\ncustomer_id = "C"\namount_fen = "A"\n'
SPARKOV = (
    "(column 1),trans_date_trans_time,cc_num,merchant,category,amt,first,last,gender,street,city,state,zip,lat,long,"
    "city_pop,job,dob,trans_num,unix_time,merch_lat,merch_long,is_fraud"
)
PAYSIM = (
    "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,"
    "isFlaggedFraud"
)


def test_our_own_names_map_to_themselves() -> None:
    names = [entry.name for entry in COLUMNS]
    mapping = guess(names)
    assert mapping.columns == {name: name for name in names}
    assert mapping.amount_unit == "fen"


def test_the_handbook_is_guessed() -> None:
    mapping = guess(["TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD"])
    assert mapping.columns == {
        "transaction_id": "TRANSACTION_ID",
        "occurred_at": "TX_DATETIME",
        "customer_id": "CUSTOMER_ID",
        "amount_fen": "TX_AMOUNT",
        "terminal_id": "TERMINAL_ID",
        "is_fraud": "TX_FRAUD",
    }
    assert mapping.amount_unit == "yuan"


def test_terminal_and_merchant_are_told_apart_when_both_are_there() -> None:
    columns = guess(["交易时间", "客户号", "金额", "终端号", "商户号", "手机号码", "纬度", "经度"]).columns
    assert (columns["terminal_id"], columns["merchant_id"], columns["phone"]) == ("终端号", "商户号", "手机号码")


def test_sparkov_is_guessed_with_the_card_as_its_owner() -> None:
    columns = guess(SPARKOV.split(",")).columns
    assert columns["customer_id"] == "cc_num"
    assert "card_id" not in columns
    assert (columns["occurred_at"], columns["amount_fen"]) == ("trans_date_trans_time", "amt")
    assert (columns["terminal_id"], columns["merchant_category"]) == ("merchant", "category")
    assert (columns["latitude"], columns["longitude"]) == ("merch_lat", "merch_long")
    assert (columns["transaction_id"], columns["is_fraud"]) == ("trans_num", "is_fraud")


def test_paysim_is_guessed_but_asks_what_a_step_is() -> None:
    header = PAYSIM.split(",")
    assert guess(header).columns["payee_id"] == "nameDest"
    with pytest.raises(MappingError, match="'step' holds numbers such as 1, not dates") as refusal:
        guess(header, [["1", "PAYMENT", "9839.64", "C123", *"000", "M1", *"0000"]])
    mapping = parse(str(refusal.value).split("\n\n", 1)[1])
    assert (mapping.time_unit, mapping.columns["occurred_at"]) == ("hours", "step")


def test_chinese_headers_are_guessed() -> None:
    mapping = guess(["交易流水号", "交易时间", "客户号", "交易金额（分）", "终端号", "是否欺诈"])
    assert mapping.columns["transaction_id"] == "交易流水号"
    assert mapping.columns["amount_fen"] == "交易金额（分）"
    assert mapping.amount_unit == "fen"


def test_a_decimal_comma_is_seen_in_the_sample() -> None:
    assert guess(["time", "user", "amount"], [["", "", "1.057,16"], ["", "", "3,5"]]).amount_decimal == ","
    assert guess(["time", "user", "amount"], [["", "", "1,057"], ["", "", "3.5"]]).amount_decimal == "."


def test_missing_column_is_named_with_the_lines_that_help() -> None:
    with pytest.raises(MappingError) as refusal:
        guess(["Time", "V1", "Amount", "Class"])
    message = str(refusal.value)
    assert "No column of the file looks like customer_id (客户号)" in message
    assert "its columns are Time, V1, Amount, Class" in message
    assert 'amount_fen = "Amount"' in message


def test_two_columns_that_fit_are_refused() -> None:
    with pytest.raises(MappingError, match="'amt' and 'Amount' may both be amount_fen"):
        guess(["time", "user", "amt", "Amount"])


def test_day_or_month_first_is_refused_with_the_format_to_give() -> None:
    with pytest.raises(
        MappingError, match="'03/04/2018 10:00' in 'time' do not tell the day from the month"
    ) as refusal:
        guess(["time", "user", "amount"], [["03/04/2018 10:00", "7", "1"]])
    assert parse(str(refusal.value).split("\n\n", 1)[1]).time_format == "%d/%m/%Y %H:%M"


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(MappingError, match="two columns with the name 'Account'"):
        guess(["Timestamp", "Account", "Amount", "Account"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns", "not valid TOML"),
        ("[colums]\n" + REQUIRED, "The mapping has 'colums'"),
        (REQUIRED + 'device = "D"', r"\[columns\] has 'device', but we only know transaction_id"),
        (REQUIRED + "device_id = 3", r"device_id is 3, but must be the name of a column"),
        ('[columns]\ncustomer_id = "C"', "does not say which column is occurred_at, amount_fen"),
        (REQUIRED + '[amount]\nunits = "fen"', r"\[amount\] has 'units', but we only know unit, decimal, currency"),
        (REQUIRED + '[amount]\nunit = "dollar"', r"unit is 'dollar', but must be one of 'yuan', 'fen'"),
        (REQUIRED + "[amount]\nunit = 3", r"unit is 3, but must be a text"),
        (REQUIRED + '[time]\nunit = "hours"', r"unit and \[time\] origin belong together"),
        (REQUIRED + '[time]\nunit = "hours"\norigin = "soon"', "origin is 'soon'"),
        (REQUIRED + '[time]\nunit = "hours"\norigin = 2018-04-01T00:00:00Z', "must be a local date"),
        (REQUIRED + '[time]\nunit = "weeks"\norigin = "2018-04-01"', "unit is 'weeks'"),
        (REQUIRED + '[time]\nformat = "dd/mm"', "has no % field"),
        (REQUIRED + '[time]\nformat = "%d"\nunit = "days"\norigin = 2018-04-01', "both a format and a unit"),
    ],
)
def test_a_mapping_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        parse(text)


def test_a_source_column_that_is_not_in_the_file_is_refused() -> None:
    with pytest.raises(MappingError, match=r"no column 'C' \(for customer_id\); its columns are T, A, x"):
        check_header(["T", "A", "x"], parse(REQUIRED))


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(
    st.dictionaries(st.sampled_from([entry.name for entry in COLUMNS if not entry.required]), names),
    st.tuples(names, names, names),
    st.sampled_from(["yuan", "fen"]),
    st.sampled_from([{}, {"time_format": "%d"}, {"time_unit": "days", "time_origin": datetime(2018, 4, 1, 8)}]),
)
def test_what_is_written_is_read_back(optional, required, unit, time) -> None:
    columns = {**optional, **dict(zip(("occurred_at", "customer_id", "amount_fen"), required, strict=True))}
    mapping = Mapping(columns, amount_unit=unit, currency="CNY", **time)
    assert parse(to_toml(mapping)) == mapping


def test_a_mapping_is_loaded_from_a_file(tmp_path) -> None:
    path = tmp_path / "theirs.toml"
    with pytest.raises(MappingError, match=r"theirs.toml cannot be read: No such file"):
        load(path)
    path.write_bytes(b"\xef\xbb\xbf" + REQUIRED.encode())
    assert load(path).columns["customer_id"] == "C"
    path.write_bytes(REQUIRED.replace('"C"', '"客户"').encode("gbk"))
    with pytest.raises(MappingError, match="not in UTF-8"):
        load(path)


def test_a_mapping_is_shown_with_what_is_left_out_and_ignored() -> None:
    rows = {name: (chinese, source) for name, chinese, source in describe(parse(REQUIRED), ["T", "C", "A", "V1", "V2"])}
    assert rows["occurred_at"] == ("交易时间", "T")
    assert rows["amount_fen"][1] == "A (yuan)"
    assert rows["device_id"] == ("设备号", "left out")
    assert rows["transaction_id"][1] == "row number"
    assert rows["ignored"][1] == "V1, V2"
