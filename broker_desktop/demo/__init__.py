"""The demo: an embedded server, an invented team with a year behind it, the window; headless, the whole story.

The only package above both the window and the command line (design.md section 3). It uses the program as a person
would, through sessions; it holds no rule of its own and everybody in it is invented.
"""

from broker_desktop.demo.command import run_demo

__all__ = ["run_demo"]
