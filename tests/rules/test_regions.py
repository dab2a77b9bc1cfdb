"""Where a network belongs, by the operator's list; and nothing but its region is told."""

import pytest

from merchants_app.regions import UNKNOWN, Region, region_of
from merchants_app.settings import BadSettings, Settings

LIST = """\
# networks of the carriers
198.51.100.0/24,北京
198.51.100.128/25,上海,away
2001:db8::/32,北京
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "regions.csv"
    path.write_text(LIST, "utf-8")
    return path


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("198.51.100.7", Region("北京")),
        ("198.51.100.200", Region("上海", away=True)),
        ("2001:db8::1", Region("北京")),
        ("203.0.113.1", UNKNOWN),
        ("testclient", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_the_narrowest_network_tells_the_region(file, address, region):
    assert region_of(address, file) == region
    assert region_of(address, None) == UNKNOWN


@pytest.mark.parametrize(
    "line", ["198.51.100.0,24,北京,x", "198.51.100.7/24,北京", "10.0.0.0/8", "10.0.0.0/8,北京,far"]
)
def test_a_line_that_is_wrong_stops_the_start_with_its_number(tmp_path, line):
    path = tmp_path / "regions.csv"
    path.write_text(f"198.51.100.0/24,北京\n{line}\n", "utf-8")

    with pytest.raises(BadSettings, match="line 2"):
        Settings.load(network_regions=path)
    with pytest.raises(BadSettings, match="cannot be read"):
        Settings.load(network_regions=tmp_path / "none.csv")
