"""QR codes of the links that wallets open."""

from __future__ import annotations

import segno

SCALE = 3  # pixels a module; the page's style may draw it larger
# Links are as good as random, so that no mask is better than another: trying all eight is most of
# the work (ISO/IEC 18004 §7.8).
MASK = 2


def qr_code(link: str) -> str | None:
    """Return a QR code as an SVG data URL; None for a link that no QR code can hold."""
    try:
        return segno.make(link, error="l", micro=False, mask=MASK).svg_data_uri(scale=SCALE)
    except segno.DataOverflowError:
        return None
