"""The one table of texts: what is wrong with a package, and what to do about it."""

from odoo.tools.misc import human_size


def explain(env, error):
    """Return the text of a ``PackageError``, in the language of the reader."""
    texts = _container_texts(env) | _manifest_texts(env)
    facts = {
        name: human_size(value) if name == "size" or _is_size(error, name) else value
        for name, value in error.facts.items()
    }
    return texts[error.code] % facts


def _is_size(error, name):
    return name == "limit" and error.code != "too_many_files"


def _container_texts(env):
    return {
        "not_zip": env._(
            "The file is not a ZIP archive. Export the course as a SCORM 1.2, cmi5 or"
            " xAPI package and upload the ZIP as the authoring tool wrote it."
        ),
        "archive_too_large": env._(
            "The file is larger than %(limit)s. Compress its videos, or ask the"
            " administrator to raise harvest_courseware.max_archive_mb."
        ),
        "empty": env._("The ZIP archive has no files. Export the course again."),
        "too_many_files": env._(
            "The package has %(count)s files; at most %(limit)s are allowed. Split the"
            " course, or ask the administrator to raise harvest_courseware.max_files."
        ),
        "too_large": env._(
            "The package would unpack to %(size)s; at most %(limit)s are allowed."
            " Compress its videos, or ask the administrator to raise"
            " harvest_courseware.max_unpacked_mb."
        ),
        "file_too_large": env._(
            "The file “%(name)s” of the package is larger than %(limit)s. Compress it,"
            " or ask the administrator to raise harvest_courseware.max_file_mb."
        ),
        "bomb": env._(
            "The file “%(name)s” unpacks to far more than a course needs. This is how"
            " harmful archives look; ask the author of the package about it."
        ),
        "encrypted": env._(
            "The file “%(name)s” is protected by a password. Export the package without"
            " a password."
        ),
        "unsafe_path": env._(
            "The file “%(name)s” would be put outside of the package. Do not use this"
            " package; ask its author for a clean one."
        ),
        "duplicate": env._(
            "The package has the file “%(name)s” twice, so it is not clear which one is"
            " meant. Export the course again."
        ),
        "damaged": env._(
            "The file “%(name)s” in the ZIP archive is damaged. Download or export the"
            " package again, then upload it anew."
        ),
        "compression": env._(
            "The file “%(name)s” is compressed in a way that is not supported. Make the"
            " ZIP archive with the usual method (Deflate)."
        ),
    }


def _manifest_texts(env):
    return {
        "no_manifest": env._(
            "This is no course package: the ZIP archive has none of %(names)s at its"
            " top. Export the course as SCORM 1.2, cmi5 or xAPI (Tin Can)."
        ),
        "nested": env._(
            "“%(name)s” is inside the folder “%(folder)s”. Make the ZIP archive of what"
            " is in the folder, not of the folder itself."
        ),
        "manifest_too_large": env._(
            "“%(name)s” is larger than %(limit)s, which no course needs. Export the"
            " course again."
        ),
        "bad_xml": env._(
            "“%(name)s” cannot be read: it is not well-formed XML, or its encoding is"
            " not the one it states (line %(line)s). Export the course again."
        ),
        "doctype": env._(
            "“%(name)s” has a document type declaration, which could make the server"
            " read other files. Remove the DOCTYPE, or export the course again."
        ),
        "bad_root": env._(
            "“%(name)s” starts with “%(found)s”, so it is not what its name says."
            " Export the course again."
        ),
        "bad_value": env._(
            "“%(name)s” has “%(value)s” for %(what)s, which the standard does not"
            " allow. Correct it in the authoring tool and export again."
        ),
        "no_units": env._(
            "“%(name)s” names nothing that can be started. Export the course again,"
            " with at least one lesson."
        ),
        "duplicate_unit": env._(
            "“%(name)s” is the identifier of more than one lesson. Export the course"
            " again."
        ),
        "no_resource": env._(
            "The manifest refers to “%(name)s” and does not say what it is. Export the"
            " course again."
        ),
        "missing_file": env._(
            "“%(unit)s” starts with “%(name)s”, which is not in the package. Export the"
            " complete course."
        ),
        "other_host": env._(
            "“%(unit)s” starts at %(href)s, on another server. Only what is in the"
            " package is played; ask the author for the complete package."
        ),
        "not_page": env._(
            "“%(unit)s” starts with “%(name)s”, which is not a web page. Export the"
            " course for the web (HTML5)."
        ),
        "scorm2004": env._(
            "This is a SCORM 2004 package (%(version)s). Export the course as SCORM 1.2"
            " or cmi5."
        ),
    }
