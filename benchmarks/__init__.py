"""What the engines are measured by: dataset x subject x metric, with peers in the same run.

In: a size (quick or full). Out: measurements, one for each dataset, subject and metric, with a floor subject beside ours.
"""

__all__: list[str] = []
