"""wire.py FOLDER PORT: the wire between the phones and a server, for tests of calling off.

Listens on PORT and passes bytes to the port that FOLDER/port names. While FOLDER/standing exists it holds back whatever comes
from a phone, and says so by making FOLDER/held.
"""

import socket
import sys
import threading
import time
from pathlib import Path

folder, port = Path(sys.argv[1]), int(sys.argv[2])


def pass_on(source: socket.socket, sink: socket.socket, may_stand: bool) -> None:
    try:
        while part := source.recv(65536):
            while may_stand and (folder / "standing").exists():
                (folder / "held").touch()
                time.sleep(0.01)
            sink.sendall(part)
    except OSError:
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


with socket.create_server(("127.0.0.1", port)) as wire:
    (folder / "wired").touch()
    while True:
        phone, _ = wire.accept()
        server = socket.create_connection(("127.0.0.1", int((folder / "port").read_text())))
        threading.Thread(target=pass_on, args=(phone, server, True), daemon=True).start()
        threading.Thread(target=pass_on, args=(server, phone, False), daemon=True).start()
