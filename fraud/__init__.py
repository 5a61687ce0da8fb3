"""Anti-fraud scoring by rules and machine learning (反欺诈).

In: payment transactions in time order, from anybody, in the columns of `fraud.schema`; labels where they are known.
Out: for each transaction a probability of fraud, a decision (pass, step-up, hold, block) and the reasons for it;
for a whole table, the field's metrics on later transactions than those that were learnt from. The stream is read
once: learn until the split, wait out the delay in which labels are not known yet, then score.
"""

__all__ = [
    "alerts",
    "casework",
    "checks",
    "costs",
    "curves",
    "decision",
    "engine",
    "errors",
    "evaluation",
    "features",
    "identity",
    "intake",
    "metrics",
    "modelfile",
    "online",
    "ranking",
    "reasons",
    "reference",
    "rings",
    "rulecare",
    "rules",
    "sample",
    "schema",
    "scorers",
    "sequence",
    "serving",
    "spark",
    "split",
    "stream",
    "summary",
    "wording",
]
