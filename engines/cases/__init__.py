"""The cases: one module for each, found by walking this folder; what comes in is a seed and a size, what goes out a `Result`."""

__all__: list[str] = []
