"""P10: `requests_needed` gives the sample sizes of MLPerf's table IV, exactly."""

from course import theory

PUBLISHED = {90: (23_886, 24_576), 95: (50_425, 57_344), 99: (262_742, 270_336)}


def exact(what, published, ours):
    return what, published, ours, ours == published


def test_sample_sizes_are_the_published_ones(judge):
    judge([exact(f"P10 requests for a p{p}", needed, theory.requests_needed(p))
           for p, (needed, _) in PUBLISHED.items()])


def test_sample_sizes_in_blocks_are_the_published_ones(judge):
    judge([exact(f"P10 in blocks of 8,192 for a p{p}", blocks, theory.requests_needed(p, 8192))
           for p, (_, blocks) in PUBLISHED.items()])
