"""Executes a notebook in its own folder: run_notebook.py NOTEBOOK OUTPUT. Any error is one of ours."""
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

source, target = map(Path, sys.argv[1:])
notebook = nbformat.read(source, as_version=4)
nbformat.validate(notebook)
outputs = [cell["id"] for cell in notebook.cells if cell.get("outputs")]
if outputs:
    sys.exit(f"{source.name}: committed with outputs, in {', '.join(outputs)}")
client = NotebookClient(
    notebook,
    timeout=300,
    kernel_name="python3",
    resources={"metadata": {"path": str(source.parent)}},
    extra_arguments=["--log-level=ERROR"],
)
try:
    client.execute()
except CellExecutionError as error:
    sys.exit(str(error))
finally:
    nbformat.write(notebook, target)
pictures = sum("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
last = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])).strip()
print(f"{source.name}: {pictures} pictures; {last}")
