"""The launcher behind ``./harvest``: standard library only, one job a module."""
