"""The command group ``sandbox``."""

from __future__ import annotations

from pathlib import Path

from flask import Flask


def test_load_and_describe(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "No city is loaded" in runner.invoke(args=["sandbox", "describe"]).output
    loaded = runner.invoke(args=["sandbox", "load", "--enterprises", "3"])
    assert loaded.exit_code == 0, loaded.output
    assert "3 enterprises" in loaded.output
    again = runner.invoke(args=["sandbox", "load", "--enterprises", "3"])
    assert "0 created, 0 updated" in again.output
    assert "business-licence" in runner.invoke(args=["sandbox", "describe"]).output


def test_a_directory_without_the_data_is_named(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["sandbox", "load", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "annex1_enterprises.csv" in result.output
