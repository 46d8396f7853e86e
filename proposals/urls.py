"""Addresses of proposals: reading, and writing one."""

# Who writes what right now (lead, 16:20): `views/reading.py` (list, detail, feed; helper "residents'
# pages"), `views/writing.py` (start … done, mine, autosave, files; helper "writing").
# Keep both import lines and add your own paths only.

app_name = "proposals"
urlpatterns: list = []
