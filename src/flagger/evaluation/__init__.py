"""Judge models on labelled posts: ranking, calibration, operating points and neutrality."""

from flagger.evaluation.crossvalidation import evaluate_file
from flagger.evaluation.report import EvaluationReport
from flagger.evaluation.shipped import evaluate_model

__all__ = ["EvaluationReport", "evaluate_file", "evaluate_model"]
