"""Fields whose values the database cannot tell: ``SealedChar``, ``SealedText``, …

A value is sealed for ``model,id,field`` by a key outside of the database
(``keyring.py``), opened when it is looked at, and searched, if at all, by equality
alone. What is in the cache does not show itself in tracebacks and messages.
See docs/architecture/encryption.md.
"""

import logging

from odoo import fields
from odoo.tools import SQL, sql

from . import blind_index, keyring
from .exceptions import KeyMissingError, SealedFieldError, SealError

_logger = logging.getLogger(__name__)

# What keeps or shows values in clear, outside of the sealed column.
FORBIDDEN = ("tracking", "translate", "company_dependent", "aggregator")
HIDDEN = "'●●●●●●●●'"


class Plain(str):
    """An opened value in the cache; it does not show itself."""

    __slots__ = ()

    def __repr__(self):
        return HIDDEN


class Ciphertext(str):
    """A value as it is in the database."""

    __slots__ = ()


class Sealed:
    """What sealed fields have in common; the value's text is what is sealed.

    :param index: keep a blind index, so that ``=`` and ``in`` can be searched
    :param place: the name that values are sealed for, where it is not the field's
    """

    _column_type = ("text", "text")
    blind_index = False
    place = None
    aggregator = None

    # SETUP

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        bad = [key for key in FORBIDDEN if attrs.get(key)]
        if bad:
            raise TypeError(
                f"{model_class._name}.{name} is sealed and cannot have {bad}:"
                " its values would be kept elsewhere in clear"
            )
        attrs["blind_index"] = bool(attrs.pop("index", False))
        return attrs

    @property
    def _description_searchable(self):
        return self.blind_index

    def _description_sortable(self, env):
        return False

    def _description_groupable(self, env):
        return False

    def _description_aggregator(self, env):
        return None

    # CODEC

    def _to_text(self, value):
        """Return a value of the record format as the text to seal."""
        return value

    def _from_text(self, text):
        """Return the value of the record format for an opened text."""
        return text

    def seal(self, env, record_id, value):
        """Return what the column holds for a value, for those who write SQL.

        :param value: as of a record, or False
        :raise SealError: there is no key to seal with; nothing was written
        """
        if value is False or value is None:
            return None
        env["gr.seal.key"]._check_ring()
        text = self._to_text(value)
        place = f"{self.model_name},{self.name}"
        sealed = keyring.seal(text, self._place(record_id))
        if self.blind_index:
            key_id = keyring.key_of(sealed)
            sealed += f"|{blind_index.fingerprint(text, key_id, place)}"
        return sealed

    def unseal(self, env, record_id, sealed):
        """Return the value that a column holds, for those who read SQL.

        :raise SealError: names the field and what to do
        """
        return self._from_text(self._open(env, record_id, sealed)) if sealed else False

    def _place(self, record_id):
        return f"{self.model_name},{record_id},{self.place or self.name}"

    def _open(self, env, record_id, sealed):
        try:
            return keyring.unseal(sealed, self._place(record_id))
        except KeyMissingError as error:
            raise KeyMissingError(
                error.key_id,
                env._(
                    "“%(field)s” is encrypted with key %(key)s, which is not on this"
                    " server. Put the key file of the backup back, then try again;"
                    " Configuration / Encryption shows which keys are missing.",
                    field=self._label(env),
                    key=error.key_id,
                ),
            ) from None
        except SealError:
            _logger.warning("refused an altered value: %s", self._place(record_id))
            raise SealError(
                env._(
                    "“%(field)s” cannot be opened: it was altered in the database, or"
                    " copied there from another record. Enter it again, or restore it"
                    " from a backup, and tell the administrator.",
                    field=self._label(env),
                )
            ) from None

    def is_set(self, record):
        """Whether there is a value, without opening it: its key may be missing."""
        if not isinstance(record.id, int):
            return bool(record[self.name])
        cache = self._get_cache(record.env)
        if record.id not in cache:
            record.fetch([self.name])
        return bool(cache.get(record.id))

    def _label(self, env):
        return self.get_description(env, ["string"])["string"]

    # CACHE

    def convert_to_cache(self, value, record, validate=True):
        if isinstance(value, Ciphertext):
            return value
        value = super().convert_to_cache(value, record, validate)
        return Plain(self._to_text(value)) if value else None

    def convert_to_record(self, value, record):
        if isinstance(value, Ciphertext):
            value = Plain(self._open(record.env, record.id, value))
            self._get_cache(record.env)[record.id] = value
        opened = self._from_text(str(value)) if value else None
        return super().convert_to_record(opened, record)

    def _insert_cache(self, records, values):
        """Keep what was fetched as it is: most of it is never looked at."""
        return super()._insert_cache(
            records, (value and Ciphertext(value) for value in values)
        )

    # DATABASE

    def convert_to_column(self, value, record, values=None, validate=True):
        raise SealedFieldError(f"{self} is sealed: its values are no SQL parameters")

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        value = self.convert_to_cache(value, record, validate)
        if value is None or isinstance(value, Ciphertext):
            return value
        # The id of a new row is taken before the row is made (models/base.py).
        record_id = values["id"] if values else record.id
        return self.seal(record.env, record_id, self._from_text(str(value)))

    def write(self, records, value):
        if value and any(records._ids):
            records.env["gr.seal.key"]._check_ring()  # before anything is changed
        return super().write(records, value)

    def update_db(self, model, columns):
        result = super().update_db(model, columns)
        if self.blind_index:
            name = sql.make_index_name(model._table, f"{self.name}_blind")
            sql.create_index(
                model.env.cr, name, model._table, [f"split_part({self.name}, '|', 5)"]
            )
        if columns.get(self.name):
            model.pool.post_init(
                model.env["gr.seal.key"]._seal_existing, model._name, self.name
            )
        return result

    # SEARCH

    def _condition_to_sql(self, field_expr, operator, value, model, alias, query):
        column = model._field_to_sql(alias, field_expr, query)  # checks who asks
        wanted, empty = self._read_condition(model.env, operator, value)
        conditions = []
        if wanted:
            found = blind_index.fingerprints(wanted, f"{self.model_name},{self.name}")
            conditions.append(
                SQL("split_part(%s, '|', 5) IN %s", column, tuple(found) or ("",))
            )
        if empty:
            conditions.append(SQL("%s IS NULL", column))
        condition = SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))
        return SQL("(NOT %s)", condition) if operator == "not in" else condition

    def filter_function(self, records, field_expr, operator, value):
        wanted, empty = self._read_condition(records.env, operator, value)
        wanted = {blind_index.normalise(text) for text in wanted}

        def fits(record):
            found = record[field_expr]
            if not found:
                return empty
            return blind_index.normalise(self._to_text(found)) in wanted

        return fits

    def _read_condition(self, env, operator, value):
        """Return the texts that are looked for, and whether none is looked for, too.

        :raise SealedFieldError: it cannot be answered without opening every value
        """
        if operator in ("in", "not in"):
            wanted = [self._to_text(v) for v in value if v]
            if not wanted or (operator == "in" and self.blind_index):
                return wanted, len(wanted) < len(value)
        raise SealedFieldError(
            env._(
                "“%(field)s” is encrypted: it can be searched by the whole value only.",
                field=self._label(env),
            )
            if self.blind_index
            else env._(
                "“%(field)s” is encrypted: one can search for whether it is set,"
                " and not for what it says.",
                field=self._label(env),
            )
        )


class SealedChar(Sealed, fields.Char):
    """A line of text that the database cannot tell."""


class SealedText(Sealed, fields.Text):
    """A longer text that the database cannot tell."""


class SealedDate(Sealed, fields.Date):
    """A date that the database cannot tell."""

    def _to_text(self, value):
        return fields.Date.to_string(value)

    def _from_text(self, text):
        return fields.Date.to_date(text)


class SealedBinary(fields.Binary):
    """A file that neither the database nor the filestore can tell.

    It is an attachment, sealed as ``models/ir_attachment.py`` seals files.
    """

    attachment = True
    sealed = True
