"""One synthetic province: people, firms, what they have, and the payments they make.

In: a number of rows and a seed. Out: tables, the same on every machine; the same seed gives the same world in all of
them, so that they can be joined on their identifiers. What is true about fraud stands in tables of its own (`truth`,
`rings`). `catalogue.TABLES` lists every table by name. This is not Hugging Face's package of the same name.
"""

from datasets.errors import DatasetError, OutOfRangeError, UnknownFormatError

__all__ = ["DatasetError", "OutOfRangeError", "UnknownFormatError"]
