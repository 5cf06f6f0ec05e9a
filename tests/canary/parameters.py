"""What the routes are told: for each parameter by name, and for some routes apart.

A value is a number of somebody else's record wherever one is asked for; what is no
number is harmless and rightly formed, so that a route refuses for its own reason.
Tokens, codes and hashes are wrong ones: a right one is a key that was given.
"""

import json

# Name of a parameter -> the model whose number it takes.
NUMBERS = {
    "activity_id": "mail.activity",
    "assignment_id": "gr.homework.assignment",
    "attachment_id": "ir.attachment",
    "attendee_id": "gr.course.session.attendee",
    "category_id": "slide.slide",
    "certificate_id": "gr.certificate",
    "channel_id": "discuss.channel",
    "custom_id": "ir.ui.view.custom",
    "digest_id": "digest.digest",
    "document_id": "gr.training.document",
    "employee_id": "hr.employee",
    "enrollment_id": "gr.training.enrollment",
    "export_id": "ir.exports",
    "follower_id": "mail.followers",
    "from_message_id": "mail.message",
    "guest_id": "mail.guest",
    "invite_partner_id": "res.partner",
    "last_message_id": "mail.message",
    "message_id": "mail.message",
    "new_parent_id": "hr.employee",
    "next_slide_id": "slide.slide",
    "package_id": "gr.courseware.package",
    "parent_channel_id": "discuss.channel",
    "partner_id": "res.partner",
    "pid": "res.partner",
    "program_id": "gr.training.program",
    "rating_id": "rating.rating",
    "request_id": "gr.document.request",
    "rtc_session_id": "discuss.channel.rtc.session",
    "session_id": "gr.course.session",
    "slide_id": "slide.slide",
    "student_id": "gr.student",
    "sub_channel_id": "discuss.channel",
    "template_id": "gr.certificate.template",
    "user_id": "res.users",
    "website_id": "website",
}
LISTS = {
    "docids": "gr.student",
    "employee_ids": "hr.employee",
    "file_ids": "ir.attachment",
    "member_ids": "discuss.channel.member",
    "message_link_preview_ids": "mail.message.link.preview",
    "partner_ids": "res.partner",
}
THREAD = {
    "id": "gr.student",
    "record_id": "gr.student",
    "res_id": "gr.student",
    "thread_id": "gr.student",
}
MODEL = "gr.student"
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
PICTURE += "awAAAABJRU5ErkJggg=="
PLAIN = {
    "action": "add",
    "barcode_type": "Code128",
    "address_type": "billing",
    "answer_ids": [],
    "bus_data": {},
    "color": "rgb(0,0,0)",
    "content": "+1",
    "counters": ["gr_child_count", "gr_training_count"],
    "custom_notifications": "no_notif",
    "data": PICTURE,
    "domain": [],
    "email": "nobody@canary.example",
    "emails": ["nobody@canary.example"],
    "field": "image_128",
    "field_name": "name",
    "fields": ["display_name"],
    "holder": "Nobody",
    "ids": [],
    "is_image": True,
    "is_internal": False,
    "is_typing": True,
    "key": "website.layout",
    "known_member_ids": [],
    "layout_mode": "grid",
    "link": "/canary",
    "max_nb_chars": 999,
    "message_statuses": [],
    "minutes": 5,
    "model": MODEL,
    "model_name": MODEL,
    "model_names": json.dumps([MODEL]),
    "model_names_to_fetch": json.dumps([MODEL]),
    "name": "canary",
    "needle": "CNRY",
    "options": {
        "allowFuzzy": True,
        "displayDescription": True,
        "displayDetail": True,
        "displayExtraLink": True,
        "displayImage": True,
    },
    "post_data": {"body": "overheard", "message_type": "comment"},
    "publisher_comment": "overheard",
    "question": "Canary?",
    "quiz_answers": {"slide_id": 1, "slide_answers": []},
    "reason": "canary",
    "res_model": MODEL,
    "search": "CNRY",
    "search_term": "CNRY",
    "search_type": "all",
    "sequence": 1,
    "slide_category": "article",
    "status": "online",
    "term": "CNRY",
    "text": "canary",
    "thread_model": MODEL,
    "translations": {},
    "update_data": {"body": "overwritten"},
    "upvote": True,
    "url": "https://canary.example/picture.png",
    "values": {"is_muted": True},
    "zip_name": "canary.zip",
}
FILES = ("file", "files", "ufile")


def numbers_of(name, number):
    """Return what parameter ``name`` is given, or None when it is not known.

    :param number: function of a model, the number of somebody else's record
    """
    if model := NUMBERS.get(name) or THREAD.get(name):
        return number(model)
    if model := LISTS.get(name):
        return [number(model)]
    return None


def of_route(route, number):
    """Return what ``route`` takes by parameters that its function does not name."""
    make = SPECIAL.get(route)
    return make(number) if make else {}


def _mail(number):
    """All that the client of messages asks for at once."""
    student = number(MODEL)
    return {
        "fetch_params": [
            "init_messaging",
            "failures",
            "systray_get_activities",
            "mail.canned.response",
            "channels_as_member",
            ["avatar_card", {"user_id": number("res.users")}],
            ["discuss.channel", [number("discuss.channel")]],
            [
                "mail.thread",
                {
                    "thread_model": MODEL,
                    "thread_id": student,
                    "request_list": [
                        *("activities", "attachments", "contact_fields", "followers"),
                        *("scheduledMessages", "suggestedRecipients"),
                    ],
                },
            ],
        ]
    }


def _chat(number):
    partners = [number("res.partner")]
    chat = ["/discuss/get_or_create_chat", {"partners_to": partners}]
    return {"fetch_params": [*_mail(number)["fetch_params"], chat]}


def _export(number):
    fields = [{"name": "display_name", "label": "Name", "type": "char"}]
    ask = {"model": MODEL, "fields": fields, "ids": [number(MODEL)], "domain": []}
    return {"data": json.dumps(ask | {"import_compat": False})}


def _pivot(_number):
    empty = {"title": "x", "model": MODEL, "measure_count": 0, "origin_count": 1}
    parts = ("col_group_headers", "measure_headers", "origin_headers", "rows")
    return {"data": json.dumps(empty | {part: [] for part in parts})}


def _report(number):
    path = f"/report/pdf/harvest_training.report_certificate/{number('gr.certificate')}"
    return {"data": json.dumps([path, "qweb-pdf"])}


def _slide(number):
    channel = number("slide.channel")
    return {"slide_category": "article", "channel_id": channel, "name": "canary"}


SPECIAL = {
    "/base_import/set_file": lambda _number: {"file": "x", "import_id": 1},
    "/hr/get_org_chart": lambda _number: {"context": {"max_level": 3}},
    "/mail/action": _chat,
    "/mail/attachment/zip": lambda number: {"file_ids": number("ir.attachment")},
    "/mail/data": _mail,
    "/mail/rtc/session/notify_call_members": lambda number: {
        "peer_notifications": [
            [number("discuss.channel.rtc.session"), [1], "overheard"]
        ]
    },
    "/my/security": lambda _number: {
        "op": "password",
        "old": "wrong",
        "new1": "new",
        "new2": "new",
    },
    "/report/download": _report,
    "/slides/add_slide": _slide,
    "/web/action/load_breadcrumbs": lambda number: {
        "actions": [{"model": MODEL, "resId": number(MODEL)}]
    },
    "/web/export/csv": _export,
    "/web/export/xlsx": _export,
    "/web/partner/vcard": lambda number: {"partner_ids": number("res.partner")},
    "/web/pivot/export_xlsx": _pivot,
    "/website/get_alt_images": lambda number: {
        "models": [{"model": MODEL, "id": number(MODEL), "field": "write_date"}]
    },
    "/website_mail/follow": lambda number: {"object": MODEL, "id": number(MODEL)},
    "/website_mail/is_follower": lambda number: {"records": {MODEL: [number(MODEL)]}},
}
