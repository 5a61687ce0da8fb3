"""Something run in a thread of its own: in a notebook an event loop is running already, and a second one is refused."""

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["aside"]

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def aside(function: Callable[Given, Returned], *arguments: Given.args, **named: Given.kwargs) -> Returned:
    """Call a function in a thread of its own, and return what it returns or raise what it raises.

    Examples
    --------
    >>> aside(max, 1, 2)
    2
    """
    outcome: list[Returned] = []
    failure: list[BaseException] = []

    def call() -> None:
        try:
            outcome.append(function(*arguments, **named))
        except BaseException as error:  # raised again below, in the thread of who called
            failure.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
