"""The log-in of each system, recognised by its password field.

What it asks beyond a name and a password, a picture to read or a one-time password, is for a person. So is a password
that is refused: trying it again would lock the user out.
"""

from dataclasses import dataclass, field

from rpa.browser import Answer, Button, Field, Tab, fill_form, press
from rpa.browser.reading import Form, alerts, forms
from rpa.errors import HandOverError, SessionExpiredError

__all__ = ["PATH", "Credentials", "Login", "read", "recognise", "submit"]

PATH = "/login"
_FIELDS = (
    Field("username", "用户名", synonyms=("操作员", "操作员代码", "用户代码", "账号")),
    Field("password", "密码", "password", synonyms=("口令", "登录密码")),
)
_BUTTON = Button("登录", synonyms=("登 录", "确定"))
_ENDED = ("会话已超时", "会话超时", "会话已失效", "登录已过期")
_UNASKED = ("hidden", "checkbox", "submit", "button", "reset")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and the password, which no message and no representation shows."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in: what it says, and the labels of what it asks beyond a name and a password."""

    messages: tuple[str, ...]
    asks: tuple[str, ...]


def recognise(html: str) -> bool:
    """Return whether a page is a log-in.

    Examples
    --------
    >>> recognise("<form><input name=u><input type=password name=p></form>"), recognise("<form><input name=u></form>")
    (True, False)
    """
    return _form(html) is not None


def read(html: str) -> Login:
    """Return what a log-in says and asks.

    Examples
    --------
    >>> read("<form><input name=u><input type=password><label for=c>验证码</label><input id=c name=c></form>").asks
    ('验证码',)
    """
    form = _form(html)
    asked = [one for one in form.controls if one.kind not in _UNASKED] if form is not None else []
    texts = [one for one in asked if one.kind != "password"]
    own = [one for one in texts if one.name == "username"] or texts[:1]
    more = [one for one in texts if one not in own] + [one for one in asked if one.kind == "password"][1:]
    return Login(alerts(html), tuple(one.label or one.name for one in more))


async def submit(tab: Tab, item: Credentials) -> Answer:
    """Log in.

    Raises
    ------
    HandOverError
        If more is asked, or the password is refused.
    SessionExpiredError
        If the session has ended as soon as it had begun.
    """
    asks = read(await tab.html()).asks
    if asks:
        raise HandOverError(f"the log-in asks for what only a person can give: {'、'.join(asks)}")
    await fill_form(tab, _FIELDS, {"username": item.user, "password": item.password})
    answer = await press(tab, _BUTTON)
    if answer.status < 500 and recognise(answer.html):
        said = "、".join(read(answer.html).messages) or "it shows the log-in again"
        if any(word in said for word in _ENDED):  # the password was right, and the session has ended at once
            raise SessionExpiredError(f"the session of {item.user} has ended: {said}")
        raise HandOverError(f"the system refuses the log-in of {item.user}: {said}")
    return answer


def _form(html: str) -> Form | None:
    return next((form for form in forms(html) if any(one.kind == "password" for one in form.controls)), None)
