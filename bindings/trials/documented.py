"""documented.py FILE…: whether everything that an app sees has a doc: of a module in Python, or a symbol graph of Swift's compiler."""

import ast
import json
import re
import sys
from pathlib import Path

# What is generated to carry the rest, or without a place for a doc, and what only the trials have.
PYTHON_SCAFFOLDING = re.compile(r"_.*|uniffi.*|trial.*|.*Impl|InternalError|is_\w+")
SWIFT_SCAFFOLDING = re.compile(r"FfiConverter.*|[uU]niffi.*|trial.*|\w+Impl")
SWIFT_WITHOUT_A_PLACE = re.compile(r"==.*|!=.*|hash\(into:\)|errorDescription|allCases|init\(.*")


def python_names(body, within=""):
    """Each public class, call and field, and whether a doc stands in it or, for a field, behind it."""
    for at, part in enumerate(body):
        if isinstance(part, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if PYTHON_SCAFFOLDING.fullmatch(part.name):
                continue
            yield within + part.name, ast.get_docstring(part) is not None
            if isinstance(part, ast.ClassDef):
                yield from python_names(part.body, f"{within}{part.name}.")
        elif isinstance(part, ast.AnnAssign) and within and part.target.id != "_handle":
            behind = body[at + 1] if at + 1 < len(body) else None
            yield within + part.target.id, isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant)


def swift_names(graph):
    """Each symbol that was written, and whether a doc comment stands before it."""
    for symbol in graph["symbols"]:
        path, name = ".".join(symbol["pathComponents"]), symbol["pathComponents"][-1]
        alias, inherited = symbol["kind"]["identifier"] == "swift.typealias", "::SYNTHESIZED::" in symbol["identifier"]["precise"]
        if not alias and not inherited and not SWIFT_SCAFFOLDING.match(path) and not SWIFT_WITHOUT_A_PLACE.fullmatch(name):
            yield path, "docComment" in symbol


def names_of(file: str):
    text = Path(file).read_text()
    yield from swift_names(json.loads(text)) if file.endswith(".json") else python_names(ast.parse(text).body)


def main() -> int:
    names = {name: documented for file in sys.argv[1:] for name, documented in names_of(file)}
    without = sorted(name for name, documented in names.items() if not documented)
    for name in without:
        print(f"without a doc: {name}", file=sys.stderr)
    print(f"docs: {len(names)} names, {len(without)} without a doc")
    return 1 if without or not names else 0


sys.exit(main())
