"""What a client can call on a model over RPC, as (verb, arguments, keywords).

What is yielded goes through Odoo's own ``call_kw``. Reading verbs ask for all there
is, and by its number for what is not theirs; changing verbs try to change that.
"""

from dataclasses import dataclass

LIMIT = 100  # newest records first: those of the sweep
EVERYTHING = {"active_test": False, "bin_size": True}


@dataclass
class Target:
    """A model as one actor meets it."""

    model: object  # empty recordset of the actor
    own: list[int]  # an id that is theirs to read
    foreign: list[int]  # ids that are not theirs to read
    unwritable: list[int]  # ids that are not theirs to change
    undeletable: list[int]  # ids that are not theirs to delete
    marked: list[tuple[str, list[str]]]  # path to a text, marks there not theirs
    hidden: dict[str, int]  # model -> an id there that is not theirs to read
    fields: dict  # what fields_get answered


def specification(fields):
    """Return the widest ``web_read`` specification: all fields, and all names."""
    names = {"fields": {"display_name": {}}}
    relational = ("many2one", "one2many", "many2many")
    return {
        name: names if description["type"] in relational else {}
        for name, description in fields.items()
        if description["type"] not in ("properties", "reference", "many2one_reference")
    }


def reading_calls(target):
    """Yield (verb, args, kwargs) of every way of asking."""
    names = list(target.fields)
    context = {"context": EVERYTHING}
    page = {"limit": LIMIT, "order": "id desc", **context}
    wide = specification(target.fields)
    yield "search_read", [[], names], page
    if not target.model.has_access("read"):
        # The access lines refuse all of it alike: three ways in stand for the others.
        if target.foreign:
            yield "read", [target.foreign, names], context
            yield "export_data", [target.foreign, ["id"]], context
        return
    # A computed field may refuse what the record's own texts would tell.
    stored = [name for name in names if _is_stored_text(target.fields[name])]
    short = specification({name: target.fields[name] for name in stored})
    yield "search_read", [[], stored], page
    for form in wide, short:
        yield "web_search_read", [[], form], page
    yield "name_search", [""], {"limit": LIMIT, **context}
    yield "web_name_search", ["", {"display_name": {}}], {"limit": LIMIT, **context}
    yield from _grouping_calls(target, short, context)
    yield from _guessing_calls(target, context)
    yield from _linking_calls(target)
    if not target.foreign:
        return
    for some, form in (names, wide), (stored, short):
        yield "read", [target.foreign, some], context
        yield "web_read", [target.foreign, form], context
    yield "export_data", [target.foreign, [*_exportable(target.fields)]], context
    for res_id in target.foreign[:6]:
        yield "search_count", [[("id", "in", [res_id])]], context
        yield "read", [[res_id], ["display_name"]], context
    for res_id in target.foreign[:1]:
        yield "get_metadata", [[res_id]], context
    yield from _computing_calls(target, context)


def _is_stored_text(description):
    kinds = ("char", "text", "html", "many2one")
    return description.get("store") and description["type"] in kinds


def _exportable(fields):
    for name, description in fields.items():
        yield f"{name}/display_name" if description.get("relation") else name


def _grouping_calls(target, short, context):
    """Groups are named after what they group by: once by a text, once by a link."""
    for kind in ("char", "many2one"):
        names = [*_stored(target, kind)][:1]
        for name in names:
            yield "formatted_read_group", [[], [name], ["__count"]], context
            opened = {"unfold_read_specification": short, "auto_unfold": True}
            yield "web_read_group", [[], [name]], context | opened
            yield from _bars(target, name, context)
    yield "formatted_read_group", [[], [], ["__count", "id:array_agg"]], context
    for kind in ("many2one", "selection"):
        for name in [*_stored(target, kind)][:1]:
            counted = {"enable_counters": True, "expand": True, **context}
            yield "search_panel_select_range", [name], counted
            yield "search_panel_select_multi_range", [name], counted


def _stored(target, kind):
    for name, description in target.fields.items():
        if (
            description["type"] == kind
            and description.get("store")
            and description.get("groupable", True)
        ):
            yield name


def _bars(target, group, context):
    for name, description in target.fields.items():
        if description["type"] == "selection" and description.get("store"):
            colours = dict.fromkeys(dict(description["selection"]), "success")
            bar = {"field": name, "colors": colours}
            yield "read_progress_bar", [[], group, bar], context
            return


def _linking_calls(target):
    """A form that is never saved may name any record: what is said of it then?"""
    if not target.model.has_access("create"):
        return
    for name, description in target.fields.items():
        number = target.hidden.get(description.get("relation"))
        if description["type"] != "many2one" or not number:
            continue
        form = {name: {"fields": {"display_name": {}}}}
        yield "onchange", [[], {name: number}, [name], form], {}
        default = {"context": {f"default_{name}": number}}
        yield "onchange", [[], {}, [], form], default
        if target.own:
            yield "web_save", [target.own, {name: number}, form], {}


def _guessing_calls(target, context):
    """Questions whose *count* tells what may not be read, here or behind a link."""
    for path, marks in target.marked:
        yield "search_count", [[(path, "in", marks)]], context


def _computing_calls(target, context):
    yield "copy", [target.foreign[:1]], context


def changing_calls(target):
    """Yield (verb, args, kwargs) that must change nothing."""
    may_write = target.model.has_access("write")
    text = next(
        (
            name
            for name, description in target.fields.items()
            if description["type"] in ("char", "text")
            and description.get("store")
            and not description.get("readonly")
        ),
        None,
    )
    for res_id in target.unwritable[: 3 if may_write else 1]:
        if text:
            yield "write", [[res_id], {text: "overwritten"}], {}
        if may_write and "active" in target.fields:
            yield "action_archive", [[res_id]], {}
        if hasattr(target.model, "message_post"):
            yield "message_post", [[res_id]], {"body": "overheard"}
        if may_write and "sequence" in target.fields:
            yield "web_resequence", [[res_id], {}], {}
    if hasattr(target.model, "message_subscribe"):
        partner = target.model.env.user.partner_id.ids
        for res_id in target.foreign[:3]:
            yield "message_subscribe", [[res_id], partner], {}
    for res_id in target.undeletable[: 3 if target.model.has_access("unlink") else 1]:
        yield "unlink", [[res_id]], {}
