"""Finds a .NET runtime and loads it: into this process, or into a child that is asked about assemblies.

A process has one runtime for its life, and a runtime that fails may take its process with it: for want of ICU, or
of Mono's facades. So commands ask a child. Nothing is loaded when this is imported.
"""

from __future__ import annotations

import os
import pickle
import sys
from functools import partial
from importlib import import_module

from smtpstatus_dotnet.parity import EnumReadError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from tempfile import TemporaryDirectory
    from typing import IO, Any, Self

    from typing_extensions import Buffer

    from smtpstatus_dotnet.parity import EnumDefinition

_FRAMEWORK = os.path.join("shared", "Microsoft.NETCore.App")
_INSTALL_LOCATION = "/etc/dotnet/install_location"
_USUAL_PLACES = ("/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "~/.dotnet")
_FACADES = tuple(f"{prefix}/lib/mono/4.5/Facades" for prefix in ("/usr", "/usr/local", "/opt/homebrew"))
_HOW_TO_GET_ONE = """\
Install .NET (https://dotnet.microsoft.com/download) or point DOTNET_ROOT at it; on x64 Linux, pip install dotnetcore2
brings a small one."""
# By what a runtime says before it aborts.
_REMEDIES = {
    "ICU package": "Install ICU (Debian: libicu-dev), or set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1.",
    "netstandard": "Install Mono as a library and its facades (Debian: libmonosgen-2.0-1 and mono-devel).",
    "libssl": "This .NET is older than the OpenSSL of this machine: take a newer .NET.",
}
_PATIENCE = 120  # seconds for an answer of the child, which takes one


class ClrError(EnumReadError):
    """A .NET runtime could not be found or loaded, or it would not load what it was asked about."""


def load_runtime(runtime: str = "auto") -> str:
    """Load a .NET runtime into this process for pythonnet, and return its name: `.NET 10.0.12`.

    One that is loaded already, or set by pythonnet.set_runtime or PYTHONNET_RUNTIME, is used as it is. Else `auto`
    takes the first there is: by DOTNET_ROOT, by `dotnet` on PATH, in the usual places, in the package dotnetcore2,
    and Mono; `coreclr` and `mono` are one of the kinds, and anything else is the folder of a .NET installation. Raises
    ClrError where there is none, and where another one is loaded than was asked for.
    """
    try:
        pythonnet: Any = import_module("pythonnet")
        if not ("clr" in sys.modules or pythonnet.get_runtime_info() or "PYTHONNET_RUNTIME" in os.environ):
            _find_and_load(pythonnet, runtime)
        import_module("clr")  # makes `System` importable
    except ImportError as error:
        raise ClrError(f"asking a .NET runtime needs the extra: pip install 'smtpstatus[dotnet]' ({error})") from error
    except ClrError:
        raise
    except Exception as error:  # pythonnet and clr_loader raise whatever comes
        raise ClrError(f"pythonnet does not load the .NET runtime that it was set to: {error}") from error
    system: Any = import_module("System")
    interop: Any = import_module("System.Runtime.InteropServices")
    name = str(interop.RuntimeInformation.FrameworkDescription)
    core_library = os.path.realpath(str(system.Object().GetType().Assembly.Location))
    kind = "mono" if name.startswith("Mono") else "netfx" if name.startswith(".NET Framework") else "coreclr"
    if runtime not in ("auto", kind) and not core_library.startswith(os.path.join(os.path.realpath(runtime), "")):
        raise ClrError(
            f"the .NET runtime {runtime} was asked for, but this process has {name} loaded ({core_library}), and a "
            "process has one for its life: ask for it in another process"
        )
    return name


def _find_and_load(pythonnet: Any, runtime: str) -> None:
    loaders = [(place, partial(_load_coreclr, pythonnet, root)) for place, root in _roots(runtime)]
    if runtime in ("auto", "mono"):
        loaders.append(("Mono", partial(_load_mono, pythonnet)))
    tried: list[str] = []
    for place, load in loaders:
        try:
            load()
        except Exception as error:  # noqa: BLE001  # as in load_runtime
            tried.append(f"{place}: {error}")
        else:
            return
    raise ClrError("\n  ".join(["no .NET runtime was found. Tried", *tried]) + f"\n{_HOW_TO_GET_ONE}")


def _roots(runtime: str) -> Iterator[tuple[str, str]]:
    """Yield the places where a .NET installation may be: how each was come by, and the folder."""
    if runtime not in ("auto", "coreclr"):
        if runtime != "mono":
            yield "asked for", os.path.realpath(runtime)
        return
    from importlib.util import find_spec
    from shutil import which

    if root := os.environ.get("DOTNET_ROOT"):
        yield "DOTNET_ROOT", root
    if dotnet := which("dotnet"):
        yield "dotnet on PATH", os.path.dirname(os.path.realpath(dotnet))
    if os.path.isfile(_INSTALL_LOCATION):
        with open(_INSTALL_LOCATION, encoding="utf-8") as file:
            yield _INSTALL_LOCATION, file.readline().strip()
    for place in _USUAL_PLACES:
        yield "a usual place", os.path.expanduser(place)
    spec = find_spec("dotnetcore2")
    if spec and spec.origin:
        yield "the package dotnetcore2", os.path.join(os.path.dirname(spec.origin), "bin")


def _load_coreclr(pythonnet: Any, root: str) -> None:
    from ctypes.util import find_library

    clr_loader: Any = import_module("clr_loader")
    folder = os.path.join(root, _FRAMEWORK)
    versions = os.listdir(folder) if os.path.isdir(folder) else []
    if not versions:
        raise FileNotFoundError(f"no {folder}")
    name = os.path.basename(_FRAMEWORK)
    specs = [clr_loader.DotnetCoreRuntimeSpec(name, version, os.path.join(folder, version)) for version in versions]
    # A version without suffix is a release.
    newest = max(specs, key=lambda spec: (not spec.version_info[3], spec.version_info))
    # .NET on Linux aborts where it finds no ICU; before .NET 5 also where it finds one that is newer than itself.
    if sys.platform == "linux" and (newest.version_info[0] < 5 or not find_library("icuuc")):
        os.environ.setdefault("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
    pythonnet.set_runtime(clr_loader.get_coreclr(runtime_spec=newest, dotnet_root=root))
    pythonnet.load()


def _load_mono(pythonnet: Any) -> None:
    """Load Mono with its facades, without which it aborts, and which it finds by MONO_PATH."""
    from ctypes.util import find_library

    facades = [folder for folder in _FACADES if os.path.isfile(os.path.join(folder, "netstandard.dll"))]
    if not find_library("monosgen-2.0"):
        raise FileNotFoundError(f"no library monosgen-2.0. {_REMEDIES['netstandard']}")
    if "MONO_PATH" not in os.environ and not facades:
        raise FileNotFoundError(f"no netstandard.dll in {', '.join(_FACADES)}. {_REMEDIES['netstandard']}")
    os.environ.setdefault("MONO_PATH", "".join(facades[:1]))
    clr_loader: Any = import_module("clr_loader")
    pythonnet.set_runtime(clr_loader.get_mono())
    pythonnet.load()


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
            environment |= {"DOTNET_EnableDiagnostics": "0", "COMPlus_EnableDiagnostics": "0"}
            code = f"from smtpstatus_dotnet.runtimes import serve; serve({self._runtime!r})"
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
        remedies = [remedy for sign, remedy in _REMEDIES.items() if sign in words]
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
                answer = load_runtime(runtime)
        except (EnumReadError, OSError) as error:
            answer = error
        pickle.dump(answer, answers)
        answers.flush()
        try:
            question = pickle.load(sys.stdin.buffer)  # noqa: S301  # of our own code
        except EOFError:
            os._exit(0)  # some runtimes take their time to unload, or crash then
