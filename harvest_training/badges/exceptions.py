"""What is wrong with a badge, in words that say what to do next."""


class BadgeError(Exception):
    """Base of all that can be wrong with a badge, a credential or a key."""


class NotAPicture(BadgeError):
    """The file is not a PNG picture, or it is damaged."""


class NoBadgeInPicture(BadgeError):
    """The picture is sound, but carries no Open Badges 3.0 credential."""


class MalformedCredential(BadgeError):
    """The text is not a credential of the form that the specification asks for."""


class UnknownKey(BadgeError):
    """Signed with a key that is none of this issuer's."""


class BadSignature(BadgeError):
    """The credential was altered after it was signed, or somebody else signed it."""


class NotValidYet(BadgeError):
    """The credential is valid from a later time on."""


class Expired(BadgeError):
    """The credential was valid, until a time that has passed."""


class Revoked(BadgeError):
    """The issuer has taken the credential back."""
