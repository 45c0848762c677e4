"""The report: one self-contained page from which a desk works."""

from flagger.report.page import write_report
from flagger.report.posts import MOST_POSTS, ReportColumns, ReportPosts
from flagger.report.reading import read_scored

__all__ = ["MOST_POSTS", "ReportColumns", "ReportPosts", "read_scored", "write_report"]
