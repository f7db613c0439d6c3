"""A mail server that answers at once and keeps nothing: python -m benchmarks.floors.smtp PORT"""

import asyncio
import sys


class Session(asyncio.Protocol):
    """Understands what `smtplib` says, one command or one mail at a time."""

    def connection_made(self, transport):
        self.transport = transport
        self.heard = b""
        self.is_mail = False
        transport.write(b"220 localhost\r\n")

    def data_received(self, data):
        self.heard += data
        while (end := self.heard.find(b"\r\n.\r\n" if self.is_mail else b"\r\n")) >= 0:
            line = self.heard[:end]
            self.heard = self.heard[end + (5 if self.is_mail else 2) :]
            self.transport.write(self.answer(line))

    def answer(self, line):
        if self.is_mail:
            self.is_mail = False
            return b"250 OK\r\n"
        if line[:4].upper() == b"DATA":
            self.is_mail = True
            return b"354 Go on\r\n"
        return b"250 localhost\r\n"


async def serve(port):
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
