"""A month of the Handbook, a real file of other people, goes through without being told anything."""

from pathlib import Path

from fraud.intake import chunks, guess, peek, stage


def test_the_handbooks_month_is_staged_whole(handbook_month: Path, tmp_path: Path) -> None:
    head = peek(handbook_month)
    staged = stage(handbook_month, guess(head.header, head.sample), tmp_path)
    assert (staged.rows, staged.frauds, staged.quarantined, staged.blank) == (288_062, 1_702, 0, 0)
    assert (str(staged.first), str(staged.last)) == ("2018-04-01 00:00:31", "2018-04-30 23:58:13")
    assert staged.columns == ("transaction_id", "occurred_at", "customer_id", "amount_fen", "terminal_id", "is_fraud")
    frames = list(chunks(staged))
    assert [len(frame) for frame in frames] == [262_144, 25_918]
    first = frames[0].iloc[0]
    assert (first["customer_id"], first["terminal_id"], first["amount_fen"]) == ("596", "3156", 5716)
    assert sum(int(frame["is_fraud"].sum()) for frame in frames) == 1_702
