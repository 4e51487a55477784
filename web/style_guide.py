"""The style guide: every component of the design system on one page (sandbox only)."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.access import public

pages = Blueprint("style_guide", __name__)


@pages.get("/style")
@public("shows components with invented values, in the sandbox only")
def style() -> str:
    """Show every component in every state."""
    return render_template("web/style.html")
