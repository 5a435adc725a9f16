import pytest


@pytest.fixture(autouse=True)
def _tables_outside_the_house(settings, tmp_path):
    settings.STATE = tmp_path
