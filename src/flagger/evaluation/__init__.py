"""Judge a model: grouped cross-validation, ranking, calibration, operating points, neutrality."""

from flagger.evaluation.crossvalidation import evaluate_file
from flagger.evaluation.report import EvaluationReport

__all__ = ["EvaluationReport", "evaluate_file"]
