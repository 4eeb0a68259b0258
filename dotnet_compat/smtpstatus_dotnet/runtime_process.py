"""A .NET runtime in a child process, which reads assemblies.

A process can have only one runtime, and a runtime that fails may end its process, for example if ICU or Mono's facades
are missing. So commands ask a child process. Importing this loads no runtime.
"""

from __future__ import annotations

import os
import pickle
import sys

from smtpstatus_dotnet import limits
from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.runtimes import REMEDIES, ClrError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from tempfile import TemporaryDirectory
    from typing import IO, Any, Self

    from typing_extensions import Buffer

    from smtpstatus_dotnet.parity import EnumDefinition


class RuntimeProcess:
    """A child process with a runtime in it. It starts when it is first needed, and ends with the `with` block."""

    def __init__(self, runtime: str = "auto") -> None:
        import threading

        self._runtime = runtime if runtime in ("auto", "coreclr", "mono") else os.path.abspath(runtime)
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._failure: ClrError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def start(self) -> None:
        """Start the runtime if it is not running. Raises ClrError if that fails, and the same error from then on."""
        import subprocess
        from tempfile import TemporaryDirectory

        with self._lock:
            if self._failure:
                raise self._failure
            if self._process:
                return
            # Mono writes a report of its crash into the current folder.
            self._folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="smtpstatus-", ignore_cleanup_errors=True)
            self._messages: IO[bytes] = open(f"{self._folder.name}/messages", "w+b")  # noqa: SIM115  # _end closes it
            # The child imports the same modules as this process, whatever put them on the path. No answer depends on a
            # culture. The debugger's pipes would outlive a runtime that is killed.
            environment = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"} | os.environ
            environment |= {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
            if "DOTNET_ROOT" in environment:  # may be relative to the current folder
                environment["DOTNET_ROOT"] = os.path.abspath(environment["DOTNET_ROOT"])
            environment |= {"DOTNET_EnableDiagnostics": "0", "COMPlus_EnableDiagnostics": "0"}
            code = f"from smtpstatus_dotnet.runtime_process import serve; serve({self._runtime!r})"
            command, pipe, folder = [sys.executable, "-P", "-c", code], subprocess.PIPE, self._folder.name
            try:
                self._process = subprocess.Popen(  # noqa: S603  # our own code
                    command, stdin=pipe, stdout=pipe, stderr=self._messages, cwd=folder, env=environment
                )
                self._answer()
            except OSError as error:
                self._messages.close()
                self._folder.cleanup()
                self._failure = ClrError(f"cannot start {sys.executable!r}, which would host .NET: {error.strerror}")
                raise self._failure from error
            except ClrError as error:
                self._failure = error
                self._end()
                raise

    def read_enums(
        self, source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
    ) -> list[EnumDefinition]:
        """Return the enums as the runtime sees them. Arguments and errors are those of `clr.read_enums`."""
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
        timer = threading.Timer(limits.RUNTIME_SECONDS, process.kill)
        timer.start()
        try:
            if question:
                pickle.dump(question, process.stdin)
                process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301  # written by our own code
        except (OSError, EOFError, pickle.UnpicklingError):  # the child has ended
            raise self._ended(process.wait()) from None
        finally:
            timer.cancel()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _ended(self, status: int) -> ClrError:
        """Return the error for a child that ended before it answered, with what it printed."""
        self._messages.seek(0)
        printed = self._messages.read(1 << 16).decode(errors="replace").strip()
        self._end()  # the next question starts another child
        remedies = [remedy for sign, remedy in REMEDIES.items() if sign in printed]
        lines = [line[:500] for line in printed.splitlines() if line.strip()] or ["nothing"]
        message = "\n  ".join([*lines[:5], *lines[5:][-1:]])  # a runtime begins with the reason, Python ends with it
        return ClrError(
            f"the .NET runtime ended with its process (status {status}). It printed\n  {message}\n"
            + (remedies[0] if remedies else "Choose another runtime with --runtime.")
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()
            self._messages.close()
            self._folder.cleanup()


def serve(runtime: str) -> None:
    """Entry point of the child process: load the runtime, report it, and answer the questions on standard input."""
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
        pickle.dump(answer, answers)
        answers.flush()
        try:
            question = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own code
        except EOFError:
            os._exit(0)  # some runtimes take long to unload, or crash then
