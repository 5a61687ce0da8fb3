"""The smallest true example of a case, rule or contract, with its test, to be written over.

In: a kind and a name. Out: files in their places, which work at once and whose test passes.
"""

from engines.scaffold.making import KINDS, make

__all__ = ["KINDS", "make"]
