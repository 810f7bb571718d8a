"""The form of an API key: `tg_`, 12 characters of public id, `_`, 43 of secret, 6 of CRC-32, all base62."""

import re
import string
import zlib

FORM = re.compile(r"tg_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")

# Base62 does not fix the order of its digits; the gateway's own keys tell which it uses.
_ORDERS = [
    string.digits + string.ascii_uppercase + string.ascii_lowercase,
    string.digits + string.ascii_lowercase + string.ascii_uppercase,
    string.ascii_uppercase + string.ascii_lowercase + string.digits,
    string.ascii_lowercase + string.ascii_uppercase + string.digits,
]


def _checksum(text, order):
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = order[digit] + digits
    return digits


def digit_order(key):
    """The base62 alphabet under which the key's CRC holds."""
    assert FORM.fullmatch(key), f"not the form of a key: {len(key)} characters beginning with {key[:3]!r}"
    for order in _ORDERS:
        if _checksum(key[:-6], order) == key[-6:]:
            return order
    raise AssertionError("the last six characters are not the CRC-32, in base62, of what stands before them")


def with_checksum(body, order):
    """`tg_`, id, `_` and secret, completed to a key."""
    return body + _checksum(body, order)


def public_id(key):
    return FORM.fullmatch(key).group(1)


def _other(character):
    return "a" if character != "a" else "b"


def mistyped(key, position):
    """One character changed, nothing else: the CRC does not hold any more."""
    return key[:position] + _other(key[position]) + key[position + 1 :]


def with_wrong_secret(key):
    """A well-formed key of the same public id with another secret and a CRC that holds."""
    order = digit_order(key)
    body = mistyped(key[:-6], len(key) - 7)
    return body + _checksum(body, order)


def unknown(like):
    """A well-formed key whose public id nobody has."""
    order = digit_order(like)
    body = "tg_" + "zzNobodyHas0" + like[15:-6]
    return body + _checksum(body, order)
