"""A real server as a child process: free ports, one scratch directory, ready by a protocol step, killed on demand."""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import psutil

START_SECONDS = 60
STOP_SECONDS = 20


class PartFailed(RuntimeError):
    """A part did not start or stop; carries the end of its own log."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now, above 20000 and below the range for outgoing connections."""
    while True:
        port = random.randint(20001, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def scratch_directory(name: str) -> Path:
    """A new directory that unprivileged daemons can reach, with a path short enough for unix sockets (107 bytes)."""
    path = Path(tempfile.mkdtemp(prefix=f"gehoord-{name}-"))
    path.chmod(0o755)
    return path


def runs_as_root() -> bool:
    """Whether this process is root, so that servers which refuse root must be given another user."""
    return os.geteuid() == 0


def unprivileged(command: list[str]) -> list[str]:
    """The command, run as nobody when the caller is root: the same fixture then works for both."""
    if not runs_as_root():
        return command
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]


def give_to_nobody(*paths: Path) -> None:
    """Hands paths and all below them to the user that `unprivileged` runs as; does nothing when not root."""
    if runs_as_root():
        nobody = pwd.getpwnam("nobody")
        for top in paths:
            for path in (top, *top.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)


def make_certificate(directory: Path) -> Path:
    """Writes key.pem and a self-signed cert.pem for localhost and 127.0.0.1; clients trust the returned file."""
    certificate = directory / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(directory / "key.pem"), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate


def _family(leader: int) -> list[psutil.Process]:
    """A process, its descendants, and who else is in its process group (children outlive a parent that has ended)."""
    family = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getpgid(process.pid) == leader:
                family[process.pid] = process
                family |= {child.pid: child for child in process.children(recursive=True)}
    return list(family.values())


def _alive(process: psutil.Process) -> bool:
    """Whether a process still runs; one that is dead and not yet buried by its parent does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Server(ABC):
    """One real server; use it as a context manager, or call start, stop, kill, restart, freeze and thaw yourself."""

    name: ClassVar[str]
    programs: ClassVar[tuple[str, ...]] = ()
    needs_root: ClassVar[bool] = False

    def __init__(self) -> None:
        self.directory = scratch_directory(self.name)
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    def missing(cls) -> str | None:
        """Why this part cannot run here, or None when it can."""
        absent = [program for program in cls.programs if shutil.which(program) is None]
        if absent:
            return f"not installed: {', '.join(absent)}"
        return "needs root" if cls.needs_root and not runs_as_root() else None

    @abstractmethod
    def command(self) -> list[str]:
        """The command that runs the server in the foreground."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether the server answers a step of its own protocol; may raise OSError while it does not."""

    def log(self) -> str:
        """What the server has written, for the error message."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.directory.glob("*.log")))

    def describe(self) -> str:
        """How to reach the running server, for people who start it by hand."""
        return str(self.directory)

    @property
    def running(self) -> bool:
        """Whether the server's process is alive."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> Self:
        """Starts the server and returns once it answers its own protocol."""
        if self.running:
            raise PartFailed(f"{self.name} is running already")
        with (self.directory / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.directory,
            )
        self._await_ready(self.process)
        return self

    def _await_ready(self, process: "subprocess.Popen[bytes]") -> None:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            with contextlib.suppress(OSError):
                if self.ready():
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)  # the pause between two tries, which ends at once when the server dies
                break
        log = self.log()[-3000:]
        self.kill()
        raise PartFailed(f"{self.name} did not come up (exit {process.returncode}):\n{log}")

    def stop(self) -> None:
        """Asks the server to end (SIGTERM) and waits for it; whatever is left of its process group is killed."""
        if self.process is None:
            return
        if self.running:
            self.thaw()
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Ends the server and all its children at once (SIGKILL), as a power cut would, and waits for the last one."""
        if self.process is None:
            return
        leader = self.process.pid
        # Looked up again until nobody is left: one that was born while its family was being counted would go on.
        while family := [member for member in _family(leader) if _alive(member)]:
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            threading.Event().wait(0.01)
        self.process.wait()
        self.process = None

    def restart(self) -> None:
        """Stops and starts again on the same port with the same state."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Stops all its processes from running (SIGSTOP): connections stay open and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen server run again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            raise PartFailed(f"{self.name} is not running")
        for member in _family(self.process.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                member.send_signal(number)

    def close(self) -> None:
        """Stops the server and removes all its state."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def run_by_hand(server: Server) -> None:
    """Runs the server until Ctrl-C or SIGTERM and prints how to reach it: `python -m tests.parts.NAME`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), server:
        print(server.describe(), flush=True)
        signal.pause()
