"""A real SFTP server on loopback (``asyncssh``), with faults that a test plans.

with SftpDouble(folder) as server:
    server.cut_after = 1000  # bytes of a file, then the line goes dead
"""

import asyncio
import threading
from pathlib import Path
from typing import Any

import asyncssh

asyncssh.set_log_level("CRITICAL")
USER, PASSWORD = "district", "correct horse"


class _Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class SftpDouble:
    """Serves a folder; ``url`` and ``fingerprint`` tell how to reach it."""

    def __init__(self, folder: Path, host_key: asyncssh.SSHKey | None = None) -> None:
        self.folder = folder
        self.host_key = host_key or asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.cut_after = 0
        self.opened: list[str] = []
        self.changed: list[str] = []  # what a client wrote, moved or deleted
        self._loop = asyncio.new_event_loop()
        # A client that goes away in the middle is what the tests are about.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def fingerprint(self) -> str:
        return self.host_key.get_fingerprint()

    @property
    def private_key(self) -> str:
        return self.client_key.export_private_key().decode()

    def __enter__(self) -> "SftpDouble":
        self._thread.start()
        self._server = self._wait(self._listen())
        self.port = self._server.get_port()
        self.url = f"sftp://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_exc: object) -> None:
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        # On the loop's own thread: from another one it races the loop, which may be
        # closing the same server because its last client went away.
        self._server.close()
        await self._server.wait_closed()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _wait(self, task: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(10)

    async def _listen(self) -> Any:
        keys = asyncssh.import_authorized_keys(
            self.client_key.export_public_key().decode()
        )
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self.host_key],
            server_factory=_Login,
            authorized_client_keys=keys,
            sftp_factory=lambda channel: _Files(self, channel),
        )


class _Files(asyncssh.SFTPServer):
    def __init__(self, double: SftpDouble, channel: Any) -> None:
        self._double = double
        self._sent = 0
        super().__init__(channel, chroot=str(double.folder).encode())

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        self._double.opened.append(path.decode())
        if pflags & asyncssh.FXF_WRITE:
            self._double.changed.append(path.decode())
        return super().open(path, pflags, attrs)

    def remove(self, path: bytes) -> None:
        self._double.changed.append(path.decode())
        super().remove(path)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._double.changed.append(oldpath.decode())
        super().rename(oldpath, newpath)

    async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        cut = self._double.cut_after
        if cut and self._sent >= cut:
            self.channel.get_connection().abort()
            return b""
        data = super().read(file_obj, offset, size)
        self._sent += len(data)
        return data
