"""The browser: which one there is, tabs that are patient for seconds and no longer, fields that are found, pages read.

In: a browser of this machine and what the page objects ask of it. Out: answers of a system with their HTML, and files.
Fields are found by role and label, then name, then test id, then likeness, which is told each time; a dialog is never
accepted. What was typed is compared with what the system shows before anything is confirmed. It knows no system.
"""

from rpa.browser.fields import attach, choose, click, download, fill, fill_form, press
from rpa.browser.matching import Button, Candidate, Field, Healed, in_order, resolve
from rpa.browser.pictures import picture
from rpa.browser.readback import differences, readback
from rpa.browser.resolver import Found, find_browser
from rpa.browser.session import Answer, Tab, go, open_browser, open_tab

__all__ = [
    "Answer",
    "Button",
    "Candidate",
    "Field",
    "Found",
    "Healed",
    "Tab",
    "attach",
    "choose",
    "click",
    "differences",
    "download",
    "fill",
    "fill_form",
    "find_browser",
    "go",
    "in_order",
    "open_browser",
    "open_tab",
    "picture",
    "press",
    "readback",
    "resolve",
]
