"""python-fields.py SWIFT PYTHON: gives the records in PYTHON what uniffi leaves out there: their fields, with types and docs.

The docs are those of the same records in SWIFT, generated from the same library.
"""

import ast
import keyword
import re
import sys
from pathlib import Path

RECORD = re.compile(r"^public struct (\w+): .*?^}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^    /\*\*\n(.*?)\n     \*/\n    public var `?(\w+)`?:", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"`([a-z]+(?:[A-Z][a-z]*)+)`")


def snake_case(name: str) -> str:
    snake = re.sub(r"(?<=\w)(?=[A-Z])", "_", name).lower()
    return f"_{snake}" if keyword.iskeyword(snake) else snake


def fields_of(swift: str) -> "dict[str, dict[str, str]]":
    """The docs of each record's fields, by Python's names."""
    return {
        record[1]: {snake_case(name): python_doc(comment) for comment, name in FIELD.findall(record[0])}
        for record in RECORD.finditer(swift)
    }


def python_doc(comment: str) -> str:
    lines = (line.strip().removeprefix("*").strip() for line in comment.splitlines())
    return CALL.sub(lambda found: f"`{snake_case(found[1])}`", "\n    ".join(lines))


def attributes(record: ast.ClassDef, docs: "dict[str, str]") -> "list[str]":
    (initialiser,) = (part for part in record.body if isinstance(part, ast.FunctionDef) and part.name == "__init__")
    types = {parameter.arg: ast.unparse(parameter.annotation) for parameter in initialiser.args.kwonlyargs}
    if types.keys() != docs.keys():
        raise SystemExit(f"{record.name} has the fields {sorted(types)} in Python, and {sorted(docs)} in Swift")
    return [f'    {name}: {of}\n    """{docs[name]}\n    """\n' for name, of in types.items()]


def main() -> None:
    swift, python = Path(sys.argv[1]).read_text(), Path(sys.argv[2])
    fields, text = fields_of(swift), python.read_text()
    lines, given = text.splitlines(keepends=True), 0
    # From the last to the first, so that lines keep their numbers.
    for record in reversed(ast.parse(text).body):
        if isinstance(record, ast.ClassDef) and fields.get(record.name):
            doc = record.body[0]
            lines[doc.end_lineno : doc.end_lineno] = attributes(record, fields[record.name])
            given += 1
    if given != sum(bool(docs) for docs in fields.values()):
        raise SystemExit(f"{given} records in Python, {len(fields)} in Swift")
    python.write_text("".join(lines))


main()
