"""One page of every kind, in the languages that differ most: what the browser looks at."""

KINDS = [
    *("home", "topic", "info", "notice", "partner", "guide", "journey"),
    *("toolkit", "part", "lesson", "course", "unit", "session"),
]
# Places that are no pages, as paths below the language.
VIEWS = {
    "browse": "browse/",
    "filtered": "browse/?kind=guide",
    "topics": "topics/",
    "partners": "partners/",
    "notices": "notices/",
    "404": "no-such-page/",
}
LANGUAGES = ["en", "ar", "zh-hans"]
PLACES = [*KINDS, *VIEWS]
