"""The guide's settings: Sphinx with MyST, built offline; what is made from docstrings is made by `docs/made.py`."""

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PyXRefRole

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import made  # noqa: E402  # found beside this file, once its folder is on the path

project = "Hexi 河西"
author = "Hexi"
copyright = "Hexi"  # noqa: A001  # Sphinx's name for it
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build"]
default_role = "named"
nitpicky = False  # types of other packages have no page here, and none is fetched

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"no-value": True}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = False
napoleon_use_ivar = True

toc_object_entries = False  # thousands of functions in the side bar of every page cost minutes and help nobody

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["hexi.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_last_updated_fmt = None
pygments_style = "friendly"
pygments_dark_style = "github-dark"

_FIELD_OF_A_TUPLE = "Alias for field number"
_MADE_BY_OTHERS = re.compile(r"set_\w+_request")
"""Methods that scikit-learn puts into a class, with texts of its own."""


def setup(app: Sphinx) -> None:
    """Add what Sphinx lacks: names in single backquotes, generated pages, and silence about fields of tuples."""
    app.add_role("named", named)
    app.add_config_value("only", "", "env", [str])
    app.connect("builder-inited", _make)
    app.connect("autodoc-skip-member", _skip)
    app.connect("doctree-read", _point_home)


def _make(app: Sphinx) -> None:
    made.write_pages(Path(app.srcdir), tuple(filter(None, app.config.only.split(","))))


def named(role: str, raw: str, text: str, *rest: Any) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Set a text in single backquotes as code, and link it if it is the name of something with a page."""
    del role
    if all(part.isidentifier() for part in text.split(".")):
        return PyXRefRole()("py:obj", raw, text, *rest)
    return [nodes.literal(raw, text)], []


def _skip(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    del app, what, skip, options
    is_foreign = str(getattr(member, "__doc__", "")).startswith(_FIELD_OF_A_TUPLE) or _MADE_BY_OTHERS.fullmatch(name)
    return True if is_foreign else None


def _point_home(app: Sphinx, doctree: nodes.document) -> None:
    """Let a short name in a docstring mean what it means in its module: two rooms may have a `Report` each."""
    del app
    for reference in list(doctree.findall(pending_xref)):
        target, module = str(reference["reftarget"]), reference.get("py:module")
        if reference["refdomain"] != "py" or "." in target or not target.isidentifier():
            continue
        home = _home(module, target) if module else None
        if home is not None:
            reference["reftarget"] = home
        else:
            reference.replace_self(reference.children)


def _home(module: str, name: str) -> str | None:
    """Return the full name of what a module calls so, or the errors of its room."""
    for place in (module, f"{module.partition('.')[0]}.errors"):
        found = getattr(sys.modules.get(place), name, None)
        if isinstance(found, type) or callable(found):
            return f"{found.__module__}.{found.__qualname__}"
    return None
