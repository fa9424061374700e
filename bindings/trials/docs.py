"""docs.py FILE…: whether the docs that are generated from Rust's read well in Kotlin, Swift and Python.

Every public type, call, field and variant of what is generated has a doc, and no doc speaks of what only Rust has.
"""

import ast
import re
import sys
from pathlib import Path

RUST_ONLY = re.compile(
    r"\[`|::|#\[|# Errors|&(str|mut|self)\b|\b(Result|Option|Vec|Arc|Some|Ok|Err|usize|[iu](8|16|32|64)|dyn|crate|impl)\b"
)
NOT_PYTHON = re.compile(r"\bNone\b|`[a-z]+(_[a-z]+)+`")


def python_docs(text: str):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if doc := ast.get_docstring(node):
                yield doc
    # A field's doc stands behind it.
    yield from re.findall(r'^ +"""\n(.*?)\n *"""$', text, re.DOTALL | re.MULTILINE)


def comment_docs(text: str):
    yield from (found.strip() for found in re.findall(r"^\s*(?:///|/\*\*|\*(?!/)) ?(.*)$", text, re.MULTILINE))


def main() -> int:
    wrong, seen = [], 0
    for name in sys.argv[1:]:
        text = Path(name).read_text()
        python = name.endswith(".py")
        for doc in python_docs(text) if python else comment_docs(text):
            seen += 1
            if RUST_ONLY.search(doc) or (not python and NOT_PYTHON.search(doc)):
                wrong.append(f"{name}: {doc}")
    print("\n".join(wrong), file=sys.stderr)
    print(f"docs: {seen} read, {len(wrong)} speak of what only Rust has")
    return 1 if wrong or not seen else 0


sys.exit(main())
