"""Finds a .NET runtime and loads it into this process, which can have only one. Importing this loads none."""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib import import_module

from smtpstatus.extras import MissingExtraError, needs_extra
from smtpstatus_dotnet.parity import EnumReadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_FRAMEWORK = os.path.join("shared", "Microsoft.NETCore.App")
_INSTALL_LOCATION = "/etc/dotnet/install_location"
_USUAL_PLACES = (
    (r"C:\Program Files\dotnet",)
    if sys.platform == "win32"
    else ("/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "~/.dotnet")
)
_FACADES = tuple(f"{prefix}/lib/mono/4.5/Facades" for prefix in ("/usr", "/usr/local", "/opt/homebrew"))
_HOW_TO_GET_ONE = """\
Install .NET (https://dotnet.microsoft.com/download) or point DOTNET_ROOT at it; on x64 Linux, pip install dotnetcore2
brings a small runtime."""
# By the text that a runtime prints before it aborts.
REMEDIES = {
    "ICU package": "Install ICU (Debian: libicu-dev), or set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1.",
    "netstandard": "Install Mono as a library and its facades (Debian: libmonosgen-2.0-1 and mono-devel).",
    "libssl": "This .NET is older than the OpenSSL of this machine: install a newer .NET.",
}


_was_forked = False


def _mark_fork() -> None:
    global _was_forked  # noqa: PLW0603  # it is a fact about the process
    _was_forked |= "clr" in sys.modules  # pythonnet's module: a runtime is loaded


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_mark_fork)


class ClrError(EnumReadError):
    """A .NET runtime could not be found or loaded, or it does not load an assembly."""


def refuse_fork() -> None:
    """Raise ClrError if this process was forked from one that had a .NET runtime loaded.

    A fork copies one thread, and a runtime has several: in the copy, .NET 10 crashes and Mono waits for ever.
    """
    if _was_forked:
        raise ClrError(
            "this process was forked from one that has a .NET runtime loaded, and a runtime does not survive that: "
            'start processes with multiprocessing.get_context("spawn"), or load .NET after the fork'
        )


def load_runtime(runtime: str = "auto") -> str:
    """Load a .NET runtime into this process for pythonnet, and return its name: `.NET 10.0.12`.

    A runtime that is loaded already, or set by pythonnet.set_runtime or PYTHONNET_RUNTIME, is used as it is. Otherwise
    `auto` takes the first that it finds: by DOTNET_ROOT, by `dotnet` on PATH, in the usual places, in the package
    dotnetcore2, or Mono. `coreclr` and `mono` take a runtime of that kind, and anything else is the folder of a .NET
    installation. Raises ClrError if there is no such runtime, if another one is loaded already, or if this process was
    forked from one that has a runtime loaded: use multiprocessing's "spawn".
    """
    refuse_fork()
    try:
        with needs_extra("dotnet", "asking a .NET runtime"):
            pythonnet: Any = import_module("pythonnet")
        if not ("clr" in sys.modules or pythonnet.get_runtime_info() or "PYTHONNET_RUNTIME" in os.environ):
            _find_and_load(pythonnet, runtime)
        import_module("clr")  # makes `System` importable
    except MissingExtraError as error:
        raise ClrError(str(error)) from error
    except ClrError:
        raise
    except Exception as error:  # pythonnet and clr_loader raise anything
        raise ClrError(f"pythonnet does not load the .NET runtime that it was set to: {error}") from error
    system: Any = import_module("System")
    interop: Any = import_module("System.Runtime.InteropServices")
    name = str(interop.RuntimeInformation.FrameworkDescription)
    kind = "mono" if name.startswith("Mono") else "netfx" if name.startswith(".NET Framework") else "coreclr"
    if runtime not in ("auto", kind):
        core_library = os.path.realpath(str(system.Object().GetType().Assembly.Location))
        if os.path.dirname(core_library) not in map(os.path.realpath, _frameworks(runtime)):
            raise ClrError(
                f"the .NET runtime {runtime} was asked for, but this process has {name} loaded ({core_library}), and a "
                "process can load only one: use another process"
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
    """Yield the places where a .NET installation may be: the reason for each, and the folder."""
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


def _frameworks(root: str) -> list[str]:
    """Return the folders of an installation's versions that have a runtime in them."""
    parent = os.path.join(root, _FRAMEWORK)
    folders = [os.path.join(parent, name) for name in os.listdir(parent)] if os.path.isdir(parent) else []
    return [folder for folder in folders if os.path.isfile(os.path.join(folder, "System.Private.CoreLib.dll"))]


def _load_coreclr(pythonnet: Any, root: str) -> None:
    from ctypes.util import find_library

    clr_loader: Any = import_module("clr_loader")
    folders = _frameworks(root)
    if not folders:
        raise FileNotFoundError(f"no {os.path.join(root, _FRAMEWORK)} with a version in it")
    name = os.path.basename(_FRAMEWORK)
    specs = [clr_loader.DotnetCoreRuntimeSpec(name, os.path.basename(folder), folder) for folder in folders]
    # A version without suffix is a release.
    newest = max(specs, key=lambda spec: (not spec.version_info[3], spec.version_info))
    # .NET on Linux aborts if it finds no ICU. Before .NET 5 it also aborts if the ICU is newer than itself.
    if sys.platform == "linux" and (newest.version_info[0] < 5 or not find_library("icuuc")):
        os.environ.setdefault("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
    try:
        pythonnet.set_runtime(clr_loader.get_coreclr(runtime_spec=newest, dotnet_root=root))
        pythonnet.load()
    except Exception as error:  # clr_loader raises anything
        raise OSError(
            f"expected all files of {newest.name} {newest.version} in {newest.path}, and a host that can load it in "
            f"{root}; found that it does not load ({error}); install it again, or choose another with --runtime"
        ) from error


def _load_mono(pythonnet: Any) -> None:
    """Load Mono with its facades. It finds them by MONO_PATH, and aborts without them."""
    from ctypes.util import find_library

    facades = [folder for folder in _FACADES if os.path.isfile(os.path.join(folder, "netstandard.dll"))]
    if not find_library("monosgen-2.0"):
        raise FileNotFoundError(f"no library monosgen-2.0. {REMEDIES['netstandard']}")
    if "MONO_PATH" not in os.environ and not facades:
        raise FileNotFoundError(f"no netstandard.dll in {', '.join(_FACADES)}. {REMEDIES['netstandard']}")
    os.environ.setdefault("MONO_PATH", "".join(facades[:1]))
    clr_loader: Any = import_module("clr_loader")
    pythonnet.set_runtime(clr_loader.get_mono())
    pythonnet.load()
