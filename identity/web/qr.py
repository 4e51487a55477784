"""QR codes of the links that wallets open."""

from __future__ import annotations

import segno

SCALE = 3  # pixels a module; the page's style may draw it larger


def qr_code(link: str) -> str | None:
    """Return a QR code as an SVG data URL; None for a link that no QR code can hold."""
    try:
        return segno.make(link, error="l", micro=False).svg_data_uri(scale=SCALE)
    except segno.DataOverflowError:
        return None
