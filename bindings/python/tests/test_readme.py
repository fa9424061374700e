"""The first lines of the README work as they stand."""

import re
from pathlib import Path

from conftest import invitation, open_in


def test_the_first_lines_of_the_readme_live_a_day(tmp_path, monkeypatch, capsys):
    readme = Path(__file__).parents[1] / "README.md"
    lines = re.search(r"```python\n(.*?)```", readme.read_text(), re.DOTALL).group(1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("builtins.input", lambda _: invitation("python-readme"))
    exec(compile(lines, str(readme), "exec"), {"__name__": "readme"})
    assert capsys.readouterr().out == "0 entries are only on this phone\n"
    with open_in(tmp_path / "phone") as walkbook:
        (work,) = walkbook.lists()
        assert walkbook.progress(work.id).left == 0
