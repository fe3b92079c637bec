"""Servers on this machine, found by asking ports."""

import socket
import threading

from evalkit.backends.detect import detect
from evalkit.loopback.server import Server


def port_of(url):
    """Return the port of an address."""
    return int(url.rpartition(":")[2].partition("/")[0])


def free_port():
    """Return a port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def test_a_server_is_found_with_its_models():
    """What answers is told by port, address and models; where nobody listens there is nobody."""
    with Server(seed=1) as server:
        port = port_of(server.url)
        found = detect({free_port(): "nobody", port: "ours"})
    assert [(each.port, each.custom, each.status) for each in found] == [(port, "ours", 200)]
    assert found[0].models
    assert found[0].base_url == f"http://127.0.0.1:{port}/v1"


def test_one_that_speaks_something_else_is_nobody():
    """A port that answers no HTTP is left out, and no port takes long."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def greet():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        speaker = threading.Thread(target=greet)
        speaker.start()
        assert detect({port: "mail"}) == ()
        speaker.join()


def test_a_list_that_is_none_has_no_models():
    """A body that is no JSON, or of another shape, leaves the models empty; so does a server that wants a key."""
    for status, body in ((200, b"[1, {}]"), (200, b"{"), (200, b'{"data": 3}'), (401, b"{}")):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def answer(listener=listener, status=status, body=body):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                    connection.sendall(head + body)

            speaker = threading.Thread(target=answer)
            speaker.start()
            (found,) = detect({listener.getsockname()[1]: "any"})
            speaker.join()
        assert found.models == ()
        assert found.status == status
