#!/usr/bin/python3
# Many clients of the stream of events, for the fault tests and the benchmarks:
#
#   stream_clients.py PORT STREAMS AFTER <TOKENS
#
# Opens STREAMS streams for each token, one a line, that begin after the event AFTER ("" for what happens next).
# Each client connects again when its connection ends, and sends the id of the last event that it got completely.
# Prints "open" when all of them have begun, and a line "TIME CLIENT ID TYPE" for each event: TIME is in
# nanoseconds of the monotonic clock, CLIENT counts from 0.
import asyncio
import sys
import time

PORT, STREAMS, AFTER = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
begun = set()
count = 0


def take_event(client, block):
    fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":")
    if "event" in fields and fields["event"] not in ("start", "end"):
        print(time.monotonic_ns(), client, fields["id"], fields["event"])
    return fields.get("id")


async def read_stream(client, token, last):
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1 << 22)
    try:
        header = f"Last-Event-ID: {last}\r\n" if last else ""
        writer.write(
            f"GET /events/ HTTP/1.1\r\nHost: tts\r\nAccept: text/event-stream\r\n{header}"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            await asyncio.sleep(0.2)
            return last
        text = ""
        while True:
            size = int(await reader.readuntil(b"\r\n"), 16)
            if size == 0:
                return last
            text += (await reader.readexactly(size + 2))[:-2].decode()
            *blocks, text = text.split("\n\n")
            for block in blocks:
                last = take_event(client, block) or last
            if client not in begun:
                begun.add(client)
                if len(begun) == count:
                    print("open", flush=True)
    except (OSError, asyncio.IncompleteReadError):
        return last
    finally:
        writer.close()


async def client_of(client, token):
    last = AFTER
    while True:
        try:
            last = await read_stream(client, token, last)
        except OSError:
            pass
        await asyncio.sleep(0.05)


async def flush():
    while True:
        await asyncio.sleep(0.2)
        sys.stdout.flush()


async def main():
    global count
    tokens = sys.stdin.read().split()
    count = len(tokens) * STREAMS
    tasks = [asyncio.create_task(flush())]
    for client in range(count):
        tasks.append(asyncio.create_task(client_of(client, tokens[client % len(tokens)])))
        if client % 50 == 49:
            await asyncio.sleep(0.01)
    await asyncio.gather(*tasks)


asyncio.run(main())
