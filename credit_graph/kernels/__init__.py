"""The compiled inner loops: arrays of a CSR graph in, arrays out, each beside its readable twin in `reference`.

Nothing here knows of firms or money's meaning; `structures`, `simulation` and the others give the numbers their names.
"""

__all__: list[str] = []
