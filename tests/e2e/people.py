"""People with a browser: they sign in on the sandbox page and look at pages."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page

LOCALES = {"zh": "zh-CN", "en": "en-GB"}


class People:
    """Opens a browser window for each person; they keep their sessions apart."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._windows: list[BrowserContext] = []

    def visitor(self, language: str = "zh", width: int = 1280) -> Page:
        """Return a window in which nobody is signed in."""
        window = self._browser.new_context(
            base_url=self._url,
            locale=LOCALES[language],
            viewport={"width": width, "height": 900},
        )
        window.set_default_timeout(15_000)
        self._windows.append(window)
        return window.new_page()

    def sign_in(self, login: str, language: str = "zh", width: int = 1280) -> Page:
        """Return a window in which the person has signed in by the sandbox page."""
        page = self.visitor(language, width)
        page.goto("/sign-in")
        page.locator("input[name=login]:visible").fill(login)
        page.locator(".inline-form button").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        return page

    def close(self) -> None:
        """Close all windows."""
        for window in self._windows:
            window.close()
