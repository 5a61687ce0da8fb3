"""The roof of the house: the catalogue of cases, their reports, and the command `hexi`.

In: a case's name with a seed and a size, or somebody's file. Out: a `Result` with headline, numbers, checks and
pictures, shown in the terminal, as JSON or as an offline HTML page. Imports the engines only when they are run.
"""

from engines.result import Check, Number, Picture, Result, Table

__all__ = ["Check", "Number", "Picture", "Result", "Table"]
