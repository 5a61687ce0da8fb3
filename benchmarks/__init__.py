"""What the engines are measured by: dataset x subject x metric, with peers in the same run.

In: a size (quick or full). Out: measurements, one for each dataset, subject and metric, with a floor subject beside
ours. Every module here that has a function `run` is a benchmark of the command `hexi bench`.
"""

__all__: list[str] = []
