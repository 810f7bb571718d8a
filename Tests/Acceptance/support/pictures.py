"""Small real pictures, different each time, so that no test can live on another's bytes."""

import io
import random

from PIL import Image, ImageDraw


def _picture(width, height):
    noise = random.randbytes(width * height * 3)
    image = Image.frombytes("RGB", (width, height), noise)
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill=(200, 30, 60))
    return image


def png(width=64, height=48):
    out = io.BytesIO()
    _picture(width, height).save(out, "PNG")
    return out.getvalue()


def jpeg(width=160, height=120):
    out = io.BytesIO()
    _picture(width, height).save(out, "JPEG", quality=85)
    return out.getvalue()
