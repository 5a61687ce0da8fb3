"""URLs of PostgreSQL databases: connects to one, and speaks of it without its password.

The URL is passed in by whoever opens the ledger. What the database's own library says of a URL that it can not read, or
of a server that refuses it, may repeat the password; so messages name the place, and never repeat more.
"""

from typing import TYPE_CHECKING, Any

from ledger.errors import MissingExtraError, StoreError

if TYPE_CHECKING:
    from psycopg import Connection

__all__ = ["connect", "place_of"]


def connect(url: str, *, read_only: bool) -> "Connection[tuple[Any, ...]]":
    """Connect to a database; each statement is a transaction of its own.

    Raises
    ------
    MissingExtraError
        If psycopg is not installed.
    StoreError
        If the URL can not be read, or the database not be reached.
    """
    place = place_of(url)
    import psycopg

    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="hexi ledger")
        connection.execute(f"SET default_transaction_read_only = {'on' if read_only else 'off'}")
    except psycopg.Error as error:
        raise StoreError(f"{place} can not be opened: {_reason(error, url)}") from None
    return connection


def place_of(url: str) -> str:
    """Return what messages call a database.

    Raises
    ------
    MissingExtraError
        If psycopg is not installed.
    StoreError
        If the URL can not be read.

    Examples
    --------
    >>> place_of("postgresql://clerk:secret@127.0.0.1:5433/receivables")
    'the database receivables at 127.0.0.1:5433'
    """
    try:
        import psycopg.conninfo
    except ModuleNotFoundError:
        raise MissingExtraError("a ledger in PostgreSQL needs psycopg: pip install -e '.[postgres]'") from None
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise StoreError(
            "the URL of the database can not be read; it must look like postgresql://user:password@host:port/database"
        ) from None
    name = parts.get("dbname") or parts.get("user") or "of the user's name"
    return f"the database {name} at {parts.get('host') or 'the local socket'}:{parts.get('port') or 5432}"


def _reason(error: Exception, url: str) -> str:
    """Return the first line of what the library says, without the password in it."""
    from psycopg.conninfo import conninfo_to_dict

    text = next(iter(str(error).strip().splitlines()), type(error).__name__)
    password = conninfo_to_dict(url).get("password")
    return text.replace(str(password), "***") if password else text
