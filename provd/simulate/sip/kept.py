"""What a phone remembers between two starts, made small: thousands of them share one process.  (pure)"""

from __future__ import annotations

import json
import zlib

from provd.simulate.start import Memory


def pack(memory: Memory) -> bytes:
    """The memory of a phone, a tenth of its size."""
    said = {
        "url": memory.url,
        "parameters": memory.parameters,
        "etags": {url: (tag, body.decode("latin-1")) for url, (tag, body) in memory.etags.items()},
        "bodies": {name: body.decode("latin-1") for name, body in memory.bodies.items()},
    }
    return zlib.compress(json.dumps(said).encode(), 1)


def unpack(packed: bytes) -> Memory:
    """What `pack` was given; an empty memory for no bytes."""
    if not packed:
        return Memory()
    said = json.loads(zlib.decompress(packed))
    return Memory(
        said["url"],
        said["parameters"],
        {url: (tag, body.encode("latin-1")) for url, (tag, body) in said["etags"].items()},
        {name: body.encode("latin-1") for name, body in said["bodies"].items()},
    )
