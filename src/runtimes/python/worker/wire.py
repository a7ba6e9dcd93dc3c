"""Frames between the server and this process: u32 header length, u32 payload length, JSON header, raw bytes.

A payload above INLINE_BYTES lies in shared memory: one file for what comes, one for what goes, both without a name.
"""

import fcntl
import json
import os
import socket
import stat
import struct

CHANNEL_FD = 3
INPUT_FD = 4
OUTPUT_FD = 5
INLINE_BYTES = 64 * 1024
# Equal to those of frame.ts.
MAX_HEADER_BYTES = 1024 * 1024
MAX_PAYLOAD_BYTES = 256 * 1024 * 1024
# A larger slot is emptied after use.
KEPT_BYTES = 64 * 1024 * 1024
LENGTHS = struct.Struct("<II")


class Broken(Exception):
    """The other side is gone, or does not keep to the protocol."""


class Channel:
    """The one connection to the server."""

    def __init__(self):
        # Kept from programs that the user's code starts.
        self._socket = socket.socket(fileno=fcntl.fcntl(CHANNEL_FD, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(CHANNEL_FD)
        self._input = slot(INPUT_FD)
        self._output = slot(OUTPUT_FD)

    def read(self):
        """The next header with its payload; None once the server has closed."""
        head = self._exactly(LENGTHS.size)
        if head is None:
            return None
        header_bytes, payload_bytes = LENGTHS.unpack(head)
        if header_bytes > MAX_HEADER_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
            raise Broken("a frame is larger than the protocol allows")
        header = self._exactly(header_bytes)
        payload = self._exactly(payload_bytes)
        if header is None or payload is None:
            return None
        order = json.loads(header)
        if order.get("shared"):
            payload = self._shared(order["shared"])
        return order, payload

    def write(self, header, parts=()):
        """Sends a header with its payload."""
        size = self.check(parts)
        if size > INLINE_BYTES and self._share(parts):
            header = dict(header, shared=size)
            parts, size = (), 0
        text = json.dumps(header).encode()
        self._socket.sendall(LENGTHS.pack(len(text), size) + text)
        for part in parts:
            self._socket.sendall(part)

    def check(self, parts):
        """Bytes of a payload. Raises ValueError for one that is too large to be sent."""
        size = sum(len(part) for part in parts)
        if size > MAX_PAYLOAD_BYTES:
            raise ValueError("the answer has %d bytes, at most %d are taken" % (size, MAX_PAYLOAD_BYTES))
        return size

    def _exactly(self, count):
        data = bytearray(count)
        view, at = memoryview(data), 0
        while at < count:
            got = self._socket.recv_into(view[at:])
            if got == 0:
                return None
            at += got
        return data

    def _shared(self, size):
        if self._input is None or not 0 < size <= MAX_PAYLOAD_BYTES:
            raise Broken("a frame names shared memory that is not there")
        data = bytearray(size)
        view, at = memoryview(data), 0
        while at < size:
            got = os.preadv(self._input, [view[at:]], at)
            if got == 0:
                raise Broken("shared memory is shorter than its frame says")
            at += got
        return data

    def _share(self, parts):
        """Whether all parts lie in shared memory now: it may be missing, or full."""
        if self._output is None:
            return False
        try:
            if os.fstat(self._output).st_size > KEPT_BYTES:
                os.ftruncate(self._output, 0)
            at = 0
            for part in parts:
                view = memoryview(part)
                while len(view) > 0:
                    done = os.pwrite(self._output, view, at)
                    at, view = at + done, view[done:]
            return True
        except OSError:
            # Full: what was written is given back.
            os.ftruncate(self._output, 0)
            return False


def slot(fd):
    """A shared memory file that was inherited, hidden from programs that the user's code starts."""
    try:
        os.set_inheritable(fd, False)
        # Where there is no shared memory, /dev/null is in its place.
        return fd if stat.S_ISREG(os.fstat(fd).st_mode) else None
    except OSError:
        return None
