"""What nbgrader does beside its own steps when a lesson is released: pictures go, and blanks stop nobody."""

import re

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

BLANK = re.compile(r"^raise NotImplementedError\(.*\)$", re.MULTILINE)
COMMENT = "# No answer yet: put yours here."


class ForgetWidgets(NbGraderPreprocessor):
    """Takes the state of widgets out of a notebook: it holds pictures of the solution."""

    def preprocess(self, nb: NotebookNode, resources):
        """Remove the state, if there is one."""
        nb.metadata.pop("widgets", None)
        return nb, resources


class QuietBlanks(NbGraderPreprocessor):
    """Turns a blank that stands outside a function into a comment, so that Run All Cells goes on past it."""

    def preprocess_cell(self, cell: NotebookNode, resources, cell_index):
        """Replace what ClearSolutions has put at the beginning of a line."""
        if cell.cell_type == "code":
            cell.source = BLANK.sub(COMMENT, cell.source)
        return cell, resources
