"""The page cache of anonymous readers.

``policy`` says which views may be kept and under which key, ``tags`` notes what a page was made from
while it is made, ``store`` keeps pages as long as their tags are unchanged, ``purge`` changes the tags
of what was written, ``front`` tells caches in front of the hub.
"""
