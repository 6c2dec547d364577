"""Peers on loopback for `bench_sending.py`: a Twilio and a mail server that only say yes.

`bench_sending_peers.py DELAY_MS` prints the two ports and serves until its input ends. They keep
nothing and check nothing: whatever time is measured is ours. What they stand for is in
`tests/standins/`, where the tests use peers that behave.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Awaitable, Callable

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_SIDS = itertools.count(1)


def twilio(delay: float) -> Handler:
    """HTTP/1.1, kept alive; every POST is a message that was taken."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.partition(b":")[2])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                )
                await reader.readexactly(length)
                await asyncio.sleep(delay)
                body = b'{"sid":"SM%032x","status":"queued","error_code":null}' % next(_SIDS)
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    return serve


def mail_server(delay: float) -> Handler:
    """SMTP (RFC 5321) that takes every mail; `delay` before the answer to the final dot."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        try:
            while line := await reader.readline():
                match line[:4].upper():
                    case b"EHLO":
                        writer.write(b"250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                    case b"DATA":
                        writer.write(b"354 go on\r\n")
                        await reader.readuntil(b"\r\n.\r\n")
                        await asyncio.sleep(delay)
                        writer.write(b"250 2.0.0 taken\r\n")
                    case b"QUIT":
                        writer.write(b"221 bye\r\n")
                        break
                    case _:
                        writer.write(b"250 2.1.0 OK\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    return serve


async def main(delay: float) -> None:
    """Serve both until standard input ends."""
    servers = [
        await asyncio.start_server(handler(delay), "127.0.0.1", 0)
        for handler in (twilio, mail_server)
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)  # who still holds a line is not waited for


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))
