import io
import json
import mimetypes
from http import HTTPStatus

from werkzeug.wsgi import wrap_file

from odoo.http import Controller, Response, request, route

from ..const import (
    BODY_LIMIT,
    BOOT,
    CACHE_SECONDS,
    COMMIT_PATH,
    CONFIG_NAME,
    CONTENT_PATH,
    FETCH_PATH,
    INJECT_LIMIT,
    PARAM_CONTENT_HOST,
    PARAM_SOURCES,
    RUNTIME,
    SANDBOX,
    SCOPE_API,
    SCOPE_FETCH,
)
from ..hosting import clean_host, get_policy, inject
from ..lrs import scorm12
from ..lrs.errors import Refused
from ..packages import SCORM12, Limits, PackageError, open_archive
from ..packages.hrefs import PAGES

# Content has no session: it is known by the key in its address, and nothing else.
OPEN = {"type": "http", "auth": "public", "csrf": False, "save_session": False}
NO_STORE = {"Cache-Control": "no-store"}
ANYWHERE = {"Access-Control-Allow-Origin": "*"}  # a sandbox has no origin to name
SCRIPT = "text/javascript; charset=utf-8"
# What differs between machines, or is not in Python's table.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".vtt": "text/vtt",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
# The archive was checked when it was uploaded.
ANY = 10**18
ANY_SIZE = Limits(files=ANY, unpacked=ANY, file=ANY, ratio=ANY)


class CoursewareContent(Controller):
    """The files of packages, and what SCORM and cmi5 courses call."""

    @route(f"{CONTENT_PATH}/<string:token>/<path:path>", methods=["GET"], **OPEN)
    def content(self, token, path, **_params):
        launches = request.env["gr.courseware.launch"].sudo()  # sudo: by its key
        launch = launches._find_content(token)
        if not launch:
            return self._end(
                request.env._(
                    "This lesson is not open any more. Go back to the course and open"
                    " it again."
                )
            )
        if path == CONFIG_NAME:
            return self._get_config(launch)
        try:
            stream = self._open(launch.attachment_id)
            response = self._serve(launch, stream, path)
        except (KeyError, PackageError):
            return self._end(
                request.env._("The course does not have this page."),
                HTTPStatus.NOT_FOUND,
            )
        response.call_on_close(stream.close)
        return response

    def _serve(self, launch, stream, path):
        archive = open_archive(stream, ANY_SIZE)
        etag = f"{archive.crc(path):08x}-{archive.size(path):x}"
        policy = self._get_policy(launch)
        if path.lower().endswith(PAGES) and archive.size(path) <= INJECT_LIMIT:
            page = inject(archive.read(path), self._get_scripts(launch))
            return self._answer(io.BytesIO(page), len(page), path, f"{etag}-i", policy)
        entry = archive.open(path)
        return self._answer(entry, archive.size(path), path, etag, policy)

    def _get_scripts(self, launch):
        """Return what a page of the package loads before anything of its own."""
        if launch.registration_id.package_id.standard != SCORM12:
            return (SANDBOX,)
        config = launch._get_content_root("") + CONFIG_NAME
        return (SANDBOX, RUNTIME, config, BOOT)

    def _open(self, attachment):
        """Return the archive as a stream, from the filestore where it is there."""
        if attachment.store_fname:
            return open(attachment._full_path(attachment.store_fname), "rb")
        return io.BytesIO(attachment.raw)

    def _answer(self, stream, size, path, etag, policy):
        """Answer with a file, or the range of it that a video asks for."""
        environ = request.httprequest.environ
        response = Response(
            wrap_file(environ, stream),
            mimetype=_guess_type(path),
            direct_passthrough=True,
        )
        response.content_length = size
        response.set_etag(etag)
        response.headers.update(ANYWHERE)
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is a key
        is_page = path.lower().endswith(PAGES)
        age = "no-cache" if is_page else f"max-age={CACHE_SECONDS}"
        response.headers["Cache-Control"] = f"private, {age}"
        return response.make_conditional(
            environ, accept_ranges=True, complete_length=size
        )

    def _get_policy(self, launch):
        parameters = request.env["ir.config_parameter"].sudo()  # sudo: only read
        host = request.httprequest.host_url.rstrip("/")
        apart = clean_host(parameters.get_param(PARAM_CONTENT_HOST))
        own = clean_host(parameters.get_param("web.base.url"))
        sources = (parameters.get_param(PARAM_SOURCES) or "").split()
        origins = [clean_host(source) for source in sources]
        return get_policy(
            host,
            launch._get_content_root(host),
            [origin for origin in origins if origin],
            bool(apart) and host == apart != own,
        )

    def _get_config(self, launch):
        """Answer what the run-time starts with: made for each launch."""
        host = request.httprequest.host_url.rstrip("/")
        config = {
            "url": f"{host}{COMMIT_PATH}",
            "token": launch._get_api_key(),
            "cmi": launch.attempt_id._get_cmi(launch.mode),
        }
        text = f"window.harvestCourseware = {json.dumps(config)};"
        return Response(text, headers=NO_STORE | ANYWHERE, content_type=SCRIPT)

    def _end(self, text, status=HTTPStatus.FORBIDDEN):
        headers = NO_STORE | {"Content-Security-Policy": "sandbox; default-src 'none'"}
        return Response(
            text, status=int(status), headers=headers, content_type="text/plain"
        )

    @route(COMMIT_PATH, methods=["POST"], max_content_length=BODY_LIMIT, **OPEN)
    def commit(self, **_params):
        """Keep what a SCORM course commits.

        The key is in the body: the last commit is sent by a beacon, which has no
        headers, and plain text needs no question before each commit (CORS).
        """
        try:
            data = json.loads(request.httprequest.get_data())
            launch = self._find_scorm(data.get("token"))
            commit = scorm12.read_commit(data, launch.unit_id._get_mastery())
        except (ValueError, AttributeError):
            return self._say_commit(False, HTTPStatus.BAD_REQUEST)
        except Refused as refusal:
            return self._say_commit(False, refusal.status)
        if launch.mode == "Normal":
            launch.registration_id._lock(1)
            launch.attempt_id._apply_commit(commit)
        return self._say_commit(True)

    def _find_scorm(self, token):
        launches = request.env["gr.courseware.launch"].sudo()  # sudo: by its key
        launch = launches._find(SCOPE_API, str(token))
        if not launch or launch.unit_id.kind != "sco":
            raise Refused(HTTPStatus.FORBIDDEN, "The lesson was opened elsewhere.")
        return launch

    def _say_commit(self, result, status=HTTPStatus.OK):
        body = json.dumps({"result": result, "errorCode": 0 if result else 101})
        return Response(
            body,
            status=int(status),
            headers=NO_STORE | ANYWHERE,
            content_type="application/json",
        )

    @route(f"{FETCH_PATH}/<string:token>", methods=["POST"], **OPEN)
    def fetch(self, token, **_params):
        """Hand out the key of a cmi5 session, once (cmi5 8.2)."""
        launches = request.env["gr.courseware.launch"].sudo()  # sudo: by its key
        launch = launches._find(SCOPE_FETCH, token)
        if not launch:
            answer = {"error-code": "3", "error-text": "The launch is not open."}
        elif launch.is_fetched:
            answer = {"error-code": "1", "error-text": "The key was fetched already."}
        else:
            launch.is_fetched = True
            answer = {"auth-token": launch._get_basic()}
        return Response(
            json.dumps(answer),
            headers=NO_STORE | ANYWHERE,
            content_type="application/json",
        )


def _guess_type(path):
    dot = path.rfind(".")
    known = TYPES.get(path[dot:].lower()) if dot >= 0 else None
    return known or mimetypes.guess_type(path)[0] or "application/octet-stream"
