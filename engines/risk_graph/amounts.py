"""Amounts as people write them: fen become 万元 (ten thousand yuan)."""

__all__ = ["wan"]


def wan(fen: int) -> str:
    """Write an amount in fen in units of ten thousand yuan (万元).

    Examples
    --------
    >>> wan(123_456_789_00), wan(5_000_00)
    ('12,346 万', '0.5 万')
    """
    amount = fen / 1_000_000
    return f"{amount:,.0f} 万" if abs(amount) >= 10 or fen == 0 else f"{amount:,.1f} 万"
