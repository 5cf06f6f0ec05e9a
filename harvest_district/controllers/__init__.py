from . import oneroster
