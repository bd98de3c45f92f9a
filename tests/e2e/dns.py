#!/usr/bin/env python3
"""A name server on 127.0.0.1 whose answers change: dns.py NAME=ADDRESS,ADDRESS...

Each question for an IPv4 address of NAME is answered with the next ADDRESS, and in the end with the last one; there are
no other records. Prints "open" when it listens, then the name and the address of each answer.
"""
import socket
import struct
import sys

answers = {name: addresses.split(",") for name, addresses in (a.split("=") for a in sys.argv[1:])}
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("open", flush=True)
while True:
    query, client = server.recvfrom(512)
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += 1 + query[at]
    question = query[12 : at + 5]
    name, records = ".".join(labels).lower(), b""
    if question[-4:-2] == b"\0\1" and name in answers:
        address = answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0]
        print(name, address, flush=True)
        records = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address)
    header = query[:2] + b"\x81\x80\0\1" + struct.pack(">H", 1 if records else 0) + b"\0\0\0\0"
    server.sendto(header + question + records, client)
