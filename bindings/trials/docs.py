"""docs.py FILE…: whether the docs that are generated from Rust's read well in Kotlin, Swift and Python.

No doc of what an app sees speaks of what only Rust has.
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
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or node.name.startswith("_"):
            continue
        # A field's doc stands behind it.
        for part in node.body:
            if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str):
                yield part.value.value


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
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"docs: {seen} read, {len(wrong)} speak of what only Rust has")
    return 1 if wrong or not seen else 0


sys.exit(main())
