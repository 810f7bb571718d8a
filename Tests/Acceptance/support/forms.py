"""multipart/form-data written by hand, for forms that no polite client would send."""

BOUNDARY = "----tollgate-acceptance-7MA4YWxkTrZu0gW"


def part(name, value, filename=None, content_type=None, boundary=BOUNDARY):
    """One part with the boundary before it. A field has no file name."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
    if content_type is not None:
        head += f"Content-Type: {content_type}\r\n"
    return head.encode() + b"\r\n" + (value.encode() if isinstance(value, str) else value) + b"\r\n"


def end(boundary=BOUNDARY):
    return f"--{boundary}--\r\n".encode()


def before_file(fields, filename="file", boundary=BOUNDARY):
    """Everything up to the first byte of the file."""
    pairs = fields.items() if isinstance(fields, dict) else fields
    lead = b"".join(part(name, value, boundary=boundary) for name, value in pairs)
    return lead + part("file", b"", filename, "application/octet-stream", boundary)[:-2]


def after_file(boundary=BOUNDARY):
    return b"\r\n" + end(boundary)


def form(fields, content, filename="file", boundary=BOUNDARY):
    return before_file(fields, filename, boundary) + content + after_file(boundary)


def content_type(boundary=BOUNDARY):
    return f"multipart/form-data; boundary={boundary}"
