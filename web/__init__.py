"""The shell all packages share: sign-in, sessions, roles, problems, languages, templates.

It knows no domain. Packages use :mod:`web.access`, :mod:`web.problems`, :mod:`web.language`
and :mod:`web.navigation`; the composition root calls :func:`web.shell.init_app`.
"""
