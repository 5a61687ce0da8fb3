"""The console's door: only this machine's own pages may ask, and only its own forms may change anything.

A page of a stranger in the same browser could send a form to loopback, or, with a name that it makes point to loopback,
read from it. So the name that was asked for must be an address of loopback or a bare name, which no public server of
names can give out; a form must come from a page of ours, and carry a token that only such a page has.

References
----------
OWASP, Cross-Site Request Forgery Prevention (signed double submit, Fetch Metadata); RFC 6265bis (SameSite).
"""

import hashlib
import hmac
import re
import secrets
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from rpa.errors import SafetyError

__all__ = ["Door", "read_form"]

COOKIE = "hexi_console"
_HOST = re.compile(r"(?:127(?:\.[0-9]{1,3}){3}|\[::1\]|[A-Za-z0-9-]+)(?::[0-9]{1,5})?")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MOST_BYTES = 65_536


class Door:
    """Tokens and headers of one run of the console.

    Parameters
    ----------
    key
        With which tokens are made; a new one each run.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def check_name(self, request: Request) -> None:
        """Refuse a request for another name than this machine's.

        Raises
        ------
        SafetyError
            If it is.
        """
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            raise SafetyError(f"the console does not answer to the name {host!r:.80}: use http://127.0.0.1")

    def check_form(self, request: Request, form: dict[str, str]) -> None:
        """Refuse a form that does not come from a page of ours.

        Raises
        ------
        SafetyError
            If it does not.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        is_ours = site in (None, "same-origin", "none")
        if origin is not None:
            is_ours = is_ours and urlsplit(origin).netloc == request.headers.get("host", "")
        given = form.get("token", "").encode("utf-8", "replace")
        cookie = request.cookies.get(COOKIE, "")
        if not is_ours or not cookie or not hmac.compare_digest(given, self._sign(cookie).encode()):
            raise SafetyError(
                "the form did not come from a page of this console, or is of an earlier run: open it anew"
            )

    def token(self, request: Request) -> str:
        """Return the token for a form of the page that is asked for."""
        if not hasattr(request.state, "cookie"):
            request.state.cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
        return self._sign(request.state.cookie)

    def closed(self, request: Request, answer: Response) -> Response:
        """Return an answer with the headers that every page has, and the cookie behind its token."""
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        cookie = getattr(request.state, "cookie", None)
        if cookie is not None and cookie != request.cookies.get(COOKIE):
            answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict")
        return answer

    def _sign(self, cookie: str) -> str:
        return hmac.new(self._key, cookie.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent.

    Raises
    ------
    SafetyError
        If it is too large, or no form.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise SafetyError("what was sent is no form of this console")
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _MOST_BYTES:
            raise SafetyError(f"the form is longer than {_MOST_BYTES} bytes")
    try:
        return dict(parse_qsl(content.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError:
        raise SafetyError("the form is not written as browsers write forms") from None
