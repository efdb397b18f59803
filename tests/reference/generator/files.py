"""Fixtures as safetensors files: eight bytes of length, a JSON header, then the numbers."""

import json
import struct


def write(path, tensors, metadata):
    """Writes tensors in double precision, in the order of their names."""
    header, body = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        tensor = tensors[name].detach()
        values = tensor.reshape(-1).tolist()
        end = len(body) + 8 * len(values)
        header[name] = {
            "dtype": "F64",
            "shape": list(tensor.shape),
            "data_offsets": [len(body), end],
        }
        body += struct.pack(f"<{len(values)}d", *values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def toml(settings):
    """Sections of settings as TOML; a table inside a section becomes dotted keys."""
    lines = []
    for section, keys in settings.items():
        lines.append(f"[{section}]")
        for key, value in keys.items():
            inner = value.items() if isinstance(value, dict) else [(None, value)]
            for name, number in inner:
                lines.append(f"{key}.{name} = {inline(number)}" if name else f"{key} = {inline(number)}")
    return "\n".join(lines) + "\n"


def inline(value):
    """A value on one line; a list may hold tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {inline(own)}" for key, own in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)
