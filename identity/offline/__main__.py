"""`python -m identity.offline BUNDLE --trust FILE`."""

from identity.offline.cli import verify_command

verify_command(prog_name="qilian-verify")
