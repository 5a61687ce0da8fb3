"""Beyond one machine (横向扩展): scores and rule hits of a table that is too large for one, on the PySpark API.

In: a data frame of Spark with the columns that a scorer or a rulebook reads. Out: the same frame with the probability
of fraud, or with the rules that hit, equal to what one machine gives, bit for bit. Nothing is kept between rows, so
that any number of workers may share them; features, which do depend on earlier rows, are made before.
"""

from fraud.spark.hits import rule_hits
from fraud.spark.scoring import score
from fraud.spark.session import spark_session

__all__ = ["rule_hits", "score", "spark_session"]
