"""A .NET runtime in a child process, which reads assemblies.

A process can have only one runtime, and a runtime that fails may end its process, for example if ICU or Mono's facades
are missing. So commands ask a child process. Importing this loads no runtime.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from contextlib import suppress

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.leftovers import cleaned, temporary_folder
from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.runtimes import REMEDIES, ClrError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from contextlib import ExitStack
    from typing import IO, Any, Self

    from typing_extensions import Buffer

    from smtpstatus_dotnet.parity import EnumDefinition

# Before each pickle: its length in bytes.
_LENGTH = struct.Struct("<Q")


class RuntimeProcess:
    """A child process with a runtime in it. It starts when it is first needed, and ends with the `with` block."""

    def __init__(self, runtime: str = "auto") -> None:
        import threading

        self._runtime = runtime if runtime in ("auto", "coreclr", "mono") else _absolute(runtime)
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._failure: ClrError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def start(self) -> None:
        """Start the runtime if it is not running. Raises ClrError if that fails, and the same error from then on."""
        # A forked process would share the pipes, and the lock may be held for ever.
        if os.getpid() != self._owner:
            raise ClrError("this RuntimeProcess belongs to the process that this one was forked from: make one here")
        with self._lock:
            if self._failure:
                raise self._failure
            if self._process:
                return
            try:
                self._start()
                self._answer()
            except ClrError as error:
                self._failure = error
                self._end()
                raise

    def _start(self) -> None:
        import subprocess
        from contextlib import ExitStack

        self._stack: ExitStack = ExitStack()
        self._late = False
        # Mono writes a report of its crash into the current folder.
        folder = os.path.join(temporary_folder(), f"smtpstatus-{os.urandom(8).hex()}")
        self._stack.enter_context(cleaned(lambda: self._clean(folder)))
        # The child imports the same modules as this process, whatever put them on the path. No answer depends on a
        # culture. The debugger's pipes would outlive a runtime that is killed.
        environment = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"} | os.environ
        environment |= {"PYTHONPATH": os.pathsep.join(map(_absolute, sys.path))}
        if "DOTNET_ROOT" in environment:  # may be relative to the current folder
            environment["DOTNET_ROOT"] = _absolute(environment["DOTNET_ROOT"])
        environment |= {"DOTNET_EnableDiagnostics": "0", "COMPlus_EnableDiagnostics": "0"}
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)  # clr_loader makes a temporary file, too
        code = f"from smtpstatus_dotnet.runtime_process import serve; serve({self._runtime!r})"
        command, pipe = [sys.executable, "-P", "-c", code], subprocess.PIPE
        try:
            os.mkdir(folder, 0o700)
            self._messages: IO[bytes] = open(f"{folder}/messages", "w+b")  # noqa: SIM115  # the next line closes it
            self._stack.enter_context(self._messages)
            self._process = subprocess.Popen(  # noqa: S603  # our own code
                command, stdin=pipe, stdout=pipe, stderr=self._messages, cwd=folder, env=environment
            )
        except OSError as error:
            self._stack.close()
            raise ClrError(f"cannot start {sys.executable!r}, which would host .NET: {error.strerror}") from error

    def _clean(self, folder: str) -> None:
        """End the child and delete its folder. This is called in the middle of anything, so it takes no lock."""
        from shutil import rmtree

        process = self._process
        if process and process.returncode is None:
            process.kill()
            with suppress(OSError):  # another thread has waited for it
                os.waitpid(process.pid, 0)
        rmtree(folder, ignore_errors=True)

    def read_enums(
        self, source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
    ) -> list[EnumDefinition]:
        """Return the enums as the runtime sees them. Arguments and errors are those of `clr.read_enums`."""
        self.start()
        with self._lock:
            self.start()
            if isinstance(source, (str, os.PathLike)):
                origin = origin or Origin(os.fspath(source))
            payload = os.path.abspath(source) if isinstance(source, (str, os.PathLike)) else bytes(source)
            found: list[EnumDefinition] = self._answer(payload, full_names, origin)
            return found

    def _answer(self, *question: object) -> Any:
        import threading

        process: Any = self._process  # Any, because its pipes are not None
        timer = threading.Timer(limits.RUNTIME_SECONDS, self._give_up, [process])
        timer.start()
        try:
            if question:
                _send(process.stdin, question)
            answer = _receive(process.stdout, limits.RUNTIME_ANSWER_BYTES)
        except (OSError, EOFError):  # the child has ended
            raise self._ended(process.wait()) from None
        except BaseException:  # the rest of this answer would be taken for the next one
            self._end()
            raise
        finally:
            timer.cancel()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _give_up(self, process: subprocess.Popen[bytes]) -> None:
        self._late = True
        process.kill()

    def _ended(self, status: int) -> ClrError:
        """Return the error for a child that ended before it answered, with what it printed."""
        self._messages.seek(0)
        printed = self._messages.read(1 << 16).decode(errors="replace").strip()
        self._end()  # the next question starts another child
        remedies = [remedy for sign, remedy in REMEDIES.items() if sign in printed]
        lines = [line[:500] for line in printed.splitlines() if line.strip()] or ["nothing"]
        message = "\n  ".join([*lines[:5], *lines[5:][-1:]])  # a runtime begins with the reason, Python ends with it
        what = f"ended with its process (status {status})"
        if self._late:
            what = f"gave no answer within {limits.RUNTIME_SECONDS} seconds, and was ended"
        remedy = remedies[0] if remedies else "Choose another runtime with --runtime."
        return ClrError(f"the .NET runtime {what}. It printed\n  {message}\n{remedy}")

    def _end(self) -> None:
        process = self._process
        if process and os.getpid() == self._owner:
            self._stack.close()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what is left in the buffer cannot be sent any more
                    if pipe:
                        pipe.close()
            process.wait()
            self._process = None


def _absolute(path: str) -> str:
    try:
        return os.path.abspath(path)
    except OSError:  # the current folder was deleted, so nothing is in it
        return os.path.join("/nonexistent", path)


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes], limit: int) -> Any:
    """Return the next value. Raises EOFError if the other side has ended, and ClrError for anything but a value."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    if length > limit:
        raise ClrError(f"the .NET runtime answered with {length} bytes: expected at most {limit >> 20} MiB")
    return pickle.loads(_read(pipe, length))  # noqa: S301  # written by our own code


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _end_with_parent() -> None:
    """End this process when nobody can ask it any more, also while the runtime is busy."""
    import select
    import threading

    def wait() -> None:
        poll = select.poll()
        poll.register(0, 0)  # only for the end of the pipe
        poll.poll()
        os._exit(0)

    if hasattr(select, "poll"):  # not on Windows
        threading.Thread(target=wait, daemon=True).start()


def serve(runtime: str) -> None:
    """Entry point of the child process: load the runtime, report it, and answer the questions on standard input."""
    _end_with_parent()
    from smtpstatus_dotnet import clr

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a runtime may print, which must not mix with the answers
    question: Any = None
    while True:
        try:
            if question:
                source, full_names, origin = question
                answer: object = clr.read_enums(source, full_names, origin=origin)
            else:
                answer = clr.load_runtime(runtime)
        except (EnumReadError, OSError) as error:
            answer = error
        _send(answers, answer)
        try:
            question = _receive(sys.stdin.buffer, sys.maxsize)
        except EOFError:
            os._exit(0)  # some runtimes take long to unload, or crash then
