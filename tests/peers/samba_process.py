"""Provisions and serves a Samba Active Directory domain controller, unprivileged.

Run by Debian's own Python (which has Samba's modules) inside a user and network
namespace of its own: there port 636 is free for anybody, and nothing reaches the host's
network. Two Unix sockets in the folder lead in. Used by ``active_directory.py``:

    unshare --user --map-root-user --net python3 samba_process.py FOLDER REALM PASSWORD
"""

import fcntl
import logging
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

PORTS = {"ldaps.sock": 636, "ldap.sock": 389}
IFF_UP_RUNNING = 0x41
SIOCSIFFLAGS = 0x8914


def main(folder: Path, realm: str, password: str) -> int:
    _loopback_up()
    _provision(folder / "dc", realm, password)
    options = {
        "server services": "ldap",
        "interfaces": "127.0.0.1/8",
        "bind interfaces only": "yes",
        "ldap server require strong auth": "yes",
        "log file": str(folder / "samba.log"),
        "pid directory": str(folder),
        "ncalrpc dir": str(folder / "ncalrpc"),
        "tls certfile": str(folder / "cert.pem"),
        "tls keyfile": str(folder / "key.pem"),
        "tls cafile": str(folder / "ca.pem"),
    }
    words = [f"--option={name}={value}" for name, value in options.items()]
    config = folder / "dc/etc/smb.conf"
    # It ends when its standard input does, so ours is its.
    samba = subprocess.Popen(
        ["samba", "-i", "-M", "single", f"--configfile={config}", *words]
    )
    for name, port in PORTS.items():
        threading.Thread(
            target=_lead_in, args=(folder / name, port), daemon=True
        ).start()
    return samba.wait()


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP_RUNNING))


def _provision(folder: Path, realm: str, password: str) -> None:
    from samba.auth import system_session
    from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
    from samba.param import LoadParm
    from samba.provision import provision

    logging.basicConfig(level=logging.ERROR)
    provision(
        logging.getLogger("provision"),
        system_session(),
        targetdir=str(folder),
        realm=realm,
        domain=realm.partition(".")[0],
        hostname="dc1",
        hostip="127.0.0.1",
        serverrole="active directory domain controller",
        adminpass=password,
        dns_backend="NONE",
        dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2,
        lp=LoadParm(),
        root="root",
    )


def _lead_in(path: Path, port: int) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        while True:
            inner, _address = door.accept()
            threading.Thread(target=_join, args=(inner, port), daemon=True).start()


def _join(inner: socket.socket, port: int) -> None:
    try:
        outer = socket.create_connection(("127.0.0.1", port))
    except OSError:
        inner.close()
        return
    for source, target in ((inner, outer), (outer, inner)):
        threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
