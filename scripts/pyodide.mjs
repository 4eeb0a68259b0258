// Runs part of the suite on CPython in WebAssembly, npm's pyodide: node scripts/pyodide.mjs MODULE PACKAGES TEST...
// MODULE is pyodide's pyodide.mjs. PACKAGES is a folder with pytest and the packages that the tests import. Each TEST
// is a file in tests/.

import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [module, packages, ...tests] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(module)));
const python = await loadPyodide({ env: { PYTHONDONTWRITEBYTECODE: "1" } });
const folders = { "/checkout": dirname(dirname(fileURLToPath(import.meta.url))), "/packages": resolve(packages) };
for (const [folder, root] of Object.entries(folders)) {
  python.FS.mkdirTree(folder);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, folder);
}
python.globals.set("tests", python.toPy(tests));
process.exit(python.runPython(`
import os, sys
print("CPython", sys.version, flush=True)
os.chdir("/checkout")
sys.path[:0] = ["/packages", "/checkout/python", "/checkout/dotnet_compat"]
import pytest
int(pytest.main(["-q", "-p", "no:cacheprovider", *(f"tests/{test}" for test in tests)]))
`));
