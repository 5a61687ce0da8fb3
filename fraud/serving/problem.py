"""A request that is refused, as an answer that a program and a person can read.

Source: RFC 9457, "Problem Details for HTTP APIs"; `field` names what was wrong in the request.
"""

from typing import Any

import orjson

from fraud.errors import FraudError
from fraud.schema import COLUMNS

__all__ = ["TITLES", "RequestRefusedError", "overloaded", "unusable"]

TITLES: dict[int, tuple[str, str]] = {
    400: ("not readable", "请求无法解析"),
    403: ("not from here", "来源不被允许"),
    404: ("not found", "未找到"),
    405: ("not possible here", "不支持此操作"),
    408: ("too slow", "请求超时"),
    409: ("other content under the same number", "同一编号内容不一致"),
    413: ("too large", "请求过大"),
    415: ("wrong kind of content", "内容类型不正确"),
    422: ("not a usable event", "字段不合要求"),
    500: ("fault of the server", "服务器故障"),
    503: ("over capacity", "超出处理能力"),
}
"""Status: title in English and Chinese."""


_NAMES = {entry.name for entry in COLUMNS}


class RequestRefusedError(FraudError):
    """A request that is refused; `status` is that of HTTP, `field` names what was wrong.

    Examples
    --------
    >>> error = RequestRefusedError(422, "amount_fen is -5; it must be zero or more", field="amount_fen")
    >>> error.as_json()["title_zh"], error.as_json()["field"]
    ('字段不合要求', 'amount_fen')
    """

    def __init__(self, status: int, detail: str, *, field: str = "", retry_after: int = 0) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.retry_after = status, detail, field, retry_after

    def as_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        title, title_zh = TITLES.get(self.status, TITLES[400])
        told = {"type": "about:blank", "title": title, "title_zh": title_zh, "status": self.status}
        return told | {"detail": self.detail} | ({"field": self.field} if self.field else {})

    def body(self) -> bytes:
        """Return the body's bytes."""
        return orjson.dumps(self.as_json())

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers of the answer."""
        retry = [(b"retry-after", str(self.retry_after).encode())] if self.retry_after else []
        return [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), *retry]


def overloaded(waiting: int, most: int, retry_after: int) -> RequestRefusedError:
    """Return the refusal of an event for which there is no room.

    Examples
    --------
    >>> overloaded(2000, 2000, 1).headers()[-1]
    (b'retry-after', b'1')
    """
    detail = f"{waiting} events are waiting, the most that are let in are {most}; try again in {retry_after} s"
    return RequestRefusedError(503, detail, retry_after=retry_after)


def unusable(error: FraudError) -> RequestRefusedError:
    """Return the refusal of an event; the field that the sentence begins with is named apart.

    Examples
    --------
    >>> unusable(FraudError("amount_fen is -5; it must be zero or more")).field
    'amount_fen'
    """
    first = str(error).partition(" ")[0]
    return RequestRefusedError(422, str(error), field=first if first in _NAMES else "")
