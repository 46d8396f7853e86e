"""The load generator: asyncio and raw sockets, so that it takes little of the two cores itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass
class Run:
    """What one run saw: seconds per answered request, and how many answers were not expected."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    size_bytes: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Latency below which this share of the requests lies, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request_bytes(
    host: str, path: str, *, method: str = "GET", headers: dict[str, str], body: str = ""
) -> bytes:
    """One HTTP/1.1 request, ready to send."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def repeat(requests: list[bytes], *, port: int, seconds: float, clients: int) -> Run:
    """Send the requests round and round for so many seconds; 200 is expected."""
    deadline = time.perf_counter() + seconds
    return asyncio.run(_run(cycle(requests), port, clients, deadline, {200}))


def send_all(requests: Iterable[bytes], *, port: int, clients: int, expected: set[int]) -> Run:
    """Send each request once."""
    return asyncio.run(_run(iter(requests), port, clients, float("inf"), expected))


async def _run(
    requests: Iterator[bytes], port: int, clients: int, deadline: float, expected: set[int]
) -> Run:
    run, began = Run(), time.perf_counter()
    await asyncio.gather(
        *(_client(requests, port, deadline, expected, run) for _ in range(clients))
    )
    run.seconds = time.perf_counter() - began
    return run


async def _client(
    requests: Iterator[bytes], port: int, deadline: float, expected: set[int], run: Run
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        began = time.perf_counter()
        if began > deadline:
            break
        writer.write(request)
        status, size, stays_open = await _answer(reader)
        run.latencies.append(time.perf_counter() - began)
        run.size_bytes = size
        if status not in expected:
            run.failures.append(status)
        if not stays_open:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int, bool]:
    """Status, bytes of body, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    stays_open = b"connection: close" not in head
    if b"transfer-encoding: chunked" in head:
        return status, await _chunks(reader), stays_open
    marker = head.find(b"content-length:")
    length = int(head[marker + 15 : head.find(b"\r\n", marker)]) if marker >= 0 else 0
    await reader.readexactly(length)
    return status, length, stays_open


async def _chunks(reader: asyncio.StreamReader) -> int:
    total = 0
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
        total += size
    await reader.readline()
    return total
