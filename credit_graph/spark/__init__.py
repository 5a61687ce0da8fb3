"""Beyond one machine: the structures of a table of guarantees that is too large for one, on the PySpark API.

In: a data frame of Spark with from_id, to_id and amount_fen. Out: one with the members of every structure, found weak
component by weak component by the same kernels as on one machine. It runs on Sail (one process, no Java), on PySpark
and on a cluster alike; `python -m credit_graph.spark` is the command for it.
"""

from credit_graph.spark.batch import structures_of
from credit_graph.spark.components import weak_components
from credit_graph.spark.job import structures_by_component
from credit_graph.spark.session import spark_session

__all__ = ["spark_session", "structures_by_component", "structures_of", "weak_components"]
