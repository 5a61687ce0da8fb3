"""The smallest true example of a case, rule, contract or lesson, with its test, to be written over.

In: a kind and a name. Out: files in their places, which work at once and whose test passes.
"""

from engines.scaffold.making import KINDS, its_test, make

__all__ = ["KINDS", "its_test", "make"]
