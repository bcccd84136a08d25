"""Write the page of all requirement rows anew: `python -m tests.requirements`."""

from tests.requirements.table import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
