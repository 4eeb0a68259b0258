"""A .NET runtime in a child process, which is asked about assemblies.

A process has one runtime for its life, and a runtime that fails may take its process with it: for want of ICU, or
of Mono's facades. So commands ask a child. Nothing is loaded when this is imported.
"""

from __future__ import annotations

import os
import pickle
import sys

from smtpstatus_dotnet.parity import EnumReadError, Origin
from smtpstatus_dotnet.runtimes import REMEDIES, ClrError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from tempfile import TemporaryDirectory
    from typing import IO, Any, Self

    from typing_extensions import Buffer

    from smtpstatus_dotnet.parity import EnumDefinition

_PATIENCE = 120  # seconds for an answer of the child, which takes one


class RuntimeProcess:
    """A child process with a runtime in it, which is started when it is first needed, and ended with the `with`."""

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
        """See that the runtime runs. Raises ClrError where it does not, each time the same, and tries once."""
        import subprocess
        from tempfile import TemporaryDirectory

        with self._lock:
            if self._failure:
                raise self._failure
            if self._process:
                return
            # Mono leaves a report of its crash where it is.
            self._folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="smtpstatus-", ignore_cleanup_errors=True)
            self._messages: IO[bytes] = open(f"{self._folder.name}/messages", "w+b")  # noqa: SIM115  # _end closes it
            # The child has to import what this process imports, whatever led here to it. Nothing that is asked depends
            # on a culture. The debugger's pipes would outlive a runtime that is ended.
            environment = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"} | os.environ
            environment |= {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
            if "DOTNET_ROOT" in environment:  # may be relative to this folder
                environment["DOTNET_ROOT"] = os.path.abspath(environment["DOTNET_ROOT"])
            environment |= {"DOTNET_EnableDiagnostics": "0", "COMPlus_EnableDiagnostics": "0"}
            code = f"from smtpstatus_dotnet.runtime_process import serve; serve({self._runtime!r})"
            command, pipe, folder = [sys.executable, "-P", "-c", code], subprocess.PIPE, self._folder.name
            self._process = subprocess.Popen(  # noqa: S603  # our own code
                command, stdin=pipe, stdout=pipe, stderr=self._messages, cwd=folder, env=environment
            )
            try:
                self._answer()
            except ClrError as error:
                self._failure = error
                self._end()
                raise

    def read_enums(
        self, source: str | os.PathLike[str] | Buffer, full_names: tuple[str, ...], *, origin: Origin | None = None
    ) -> list[EnumDefinition]:
        """Return what metadata.read_enums returns for the same arguments, as the runtime sees it."""
        with self._lock:
            self.start()
            if isinstance(source, (str, os.PathLike)):
                origin = origin or Origin(os.fspath(source))
            sent = os.path.abspath(source) if isinstance(source, (str, os.PathLike)) else bytes(source)
            found: list[EnumDefinition] = self._answer(sent, full_names, origin)
            return found

    def _answer(self, *question: object) -> Any:
        import threading

        process: Any = self._process  # which has its pipes
        timer = threading.Timer(_PATIENCE, process.kill)
        timer.start()
        try:
            if question:
                pickle.dump(question, process.stdin)
                process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301  # of our own code
        except (OSError, EOFError, pickle.UnpicklingError):  # it has died
            raise self._death(process.wait()) from None
        finally:
            timer.cancel()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _death(self, status: int) -> ClrError:
        self._messages.seek(0)
        words = self._messages.read(1 << 16).decode(errors="replace").strip()
        self._end()  # the next question finds another one
        remedies = [remedy for sign, remedy in REMEDIES.items() if sign in words]
        lines = [line[:500] for line in words.splitlines() if line.strip()] or ["nothing"]
        said = "\n  ".join([*lines[:5], *lines[5:][-1:]])  # a runtime begins with the reason, Python ends with it
        return ClrError(
            f"the .NET runtime ended with its process (status {status}), having said\n  {said}\n"
            + (remedies[0] if remedies else "--runtime takes another one.")
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()
            self._messages.close()
            self._folder.cleanup()


def serve(runtime: str) -> None:
    """Be the child: load the runtime and say so, then answer each question on standard input, until its end."""
    from smtpstatus_dotnet import clr

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a runtime prints is no answer
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
            question = pickle.load(sys.stdin.buffer)  # noqa: S301  # of our own code
        except EOFError:
            os._exit(0)  # some runtimes take their time to unload, or crash then
