"""Make text of any column of a Parquet file, so that both kinds of file pass through the same checks.

A number that is whole loses its ".0": the identifier 596, which pandas stores as 596.0 when one is missing, stays
"596". Missing values become empty text. Columns of lists or structures have no text, and are refused by pyarrow.
"""

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["flat_text"]

LARGEST_EXACT = float(2**53)


def flat_text(column: "pa.Array") -> "pa.Array":
    """Return the column as UTF-8 text without nulls.

    Parameters
    ----------
    column
        Array of text, numbers, decimals, flags, dates or times, of shape (n,).

    Returns
    -------
    pyarrow.StringArray of shape (n,)

    Raises
    ------
    pyarrow.ArrowException
        If its values have no text.

    Examples
    --------
    >>> flat_text(pa.array([596.0, None, 0.25])).to_pylist()
    ['596', '', '0.25']
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return flat_text(column.dictionary_decode())
    if pa.types.is_nested(kind):
        raise pa.ArrowInvalid(f"a value of type {kind} is not one cell")
    text = _number_text(column) if pa.types.is_floating(kind) else column.cast(pa.string())
    return pc.fill_null(text, "")


def _number_text(column: "pa.Array") -> "pa.Array":
    whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), LARGEST_EXACT))
    integers = pc.if_else(whole, column, pa.scalar(None, column.type)).cast(pa.int64())
    # Not a number is how pandas writes a missing one.
    return pc.coalesce(integers.cast(pa.string()), pc.if_else(pc.is_nan(column), None, column.cast(pa.string())))
