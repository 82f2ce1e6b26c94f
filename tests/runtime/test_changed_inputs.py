"""Which inputs a step changed: what defines a value counts, not what it keeps to be quick; parameters count too."""

from __future__ import annotations

import pytest

from attempts import run_step

FRAME = "import pandas as pd\ndf = pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1, 2, 3]})\n"


@pytest.mark.parametrize("make, use, changed", [
    ("g = df.groupby('k')", "g['v'].agg(['sum', 'mean']); [k for k, part in g]; g.groups; g.ngroups", []),
    ("g = df.groupby('k')['v']", "g.sum(); g.indices; list(g); g.transform('mean')", []),
    ("g = df['v'].rolling(2)", "g.sum(); g.mean(); list(g)", []),
    ("g = df['v'].expanding()", "g.sum(); g.apply(len)", []),
    ("g = df['v'].ewm(com=1)", "g.mean()", []),
    ("g = df.set_index(pd.to_datetime(df['v'])).resample('D')", "g['v'].sum(); g.size()", []),
    ("g = df.groupby('k')", "g.obj.loc[0, 'v'] = 50", ["g"]),
    ("g = df['v'].rolling(2)", "g.min_periods = 1", ["g"]),
])
def test_a_lazy_view_is_what_defines_it(tmp_path, make, use, changed):
    first = run_step(tmp_path / "a", [FRAME + make], outputs={"names": ["g"]})
    (row,) = first.report["artifacts"]
    second = run_step(tmp_path / "b", [use], inputs=[{"artifact": str(first.folder / row["path"]), "names": ["g"]}])
    assert second.code == 0, second.report
    assert [row["name"] for row in second.report["inputs_changed"]] == changed


def test_a_parameter_changed_in_place_is_told_and_saved(tmp_path):
    attempt = run_step(tmp_path / "a", ["d['b'] = n\nl = [1]"], parameters={"d": {"a": 1}, "n": 3, "l": [2], "m": [3]}, outputs={"all": True})
    assert [row["name"] for row in attempt.report["inputs_changed"]] == ["d"]
    assert sorted(name for row in attempt.report["artifacts"] for name in row["names"]) == ["d", "l"]


def test_store_is_there_as_in_jupyter(tmp_path):
    assert run_step(tmp_path / "a", ["%store"]).code == 0
