"""The shape of a document's front matter, and of its ``structure`` in each form."""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic import ValidationError as SchemaError
from pydantic_core import PydanticCustomError

from exchange.problems import Problems

ID = re.compile(r"[A-Za-z0-9-]{1,200}(?:/[A-Za-z0-9-]{1,200}){0,9}\Z")
ID_PART = re.compile(r"[a-z0-9-]+\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")


def _collapse(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


Line = Annotated[
    str, BeforeValidator(_collapse), StringConstraints(min_length=1, max_length=2000, strict=True)
]
Text = Annotated[str, StringConstraints(max_length=20_000, strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Lines = Annotated[list[Text], Field(max_length=2000)]


class Shape(BaseModel):
    # Unknown fields are reported, and ignored.
    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        """An empty value is a field left out."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None}


def _answer(value: Any) -> Any:
    """An accepted answer: text, true or false; a number is the text of it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and len(value) <= 20_000:
        return value
    raise PydanticCustomError("answer", "text, true or false")


Answer = Annotated[bool | str, PlainValidator(_answer)]


# Kinds of the format that have no place in the hub yet: skipped, and reported as such.
LATER = {"commitment", "meeting"}


class Partner(Shape):
    name: Line
    type: Literal["government", "civil-society"]
    jurisdiction: Line | None = None


class Source(Shape):
    repo: Line | None = None
    path: Line | None = None
    commit: Line | None = None
    snapshot_date: Line | None = None
    url: Line | None = None


class FrontMatter(Shape):
    id: Line
    title: Line
    kind: Line
    collection: Line
    language: Line
    translation_of: Line | None = None
    partner: Partner
    licence: Line
    source: Source
    format: Literal["markdown", "html"]
    summary: Text | None = None
    topics: Annotated[list[Line], Field(max_length=100)] = []
    authors: Annotated[list[Line], Field(max_length=100)] = []
    date: Line | None = None
    updated: Line | None = None
    order: Count | None = None
    parent: Line | None = None
    structure: dict[str, Any] = {}
    extra: dict[str, Any] = {}


class Form(Shape):
    form: str | None = None
    guide: Line | None = None
    section: Line | None = None


class Plain(Form):
    chapter: Line | None = None
    kicker: Line | None = None
    checklists: Count | None = None
    requirements: Lines = []


class Play(Form):
    play_number: Count | None = None
    checklist: Lines = []
    key_questions: Lines = []


class Plays(Form):
    plays: Lines = []
    checklists: Count | None = None


class Method(Form):
    what: Text = ""
    why: Text = ""
    time_required: Text = ""
    phase: Text = ""
    steps: Lines = []


class Standard(Form):
    guidelines: Lines = []


class Criterion(Form):
    requirements: Lines = []
    how_to_test: Lines = []
    policy_makers: Lines = []
    managers: Lines = []
    developers: Lines = []


class Testimonial(Shape):
    quote: Text
    attribution: Text = ""
    position: Text = ""
    organization: Text = ""


class CaseStudy(Form):
    client: Text = ""
    subtitle: Text = ""
    sections: Lines = []
    testimonials: Annotated[list[Testimonial], Field(max_length=200)] = []
    links: Lines = []


class Module(Form):
    module: Line | None = None
    units: Annotated[list[Line], Field(max_length=500)] = []
    next: Line | None = None
    time_required: Text = ""
    prerequisites: Text = ""


class ModuleUnit(Form):
    module: Line | None = None
    block: Line | None = None
    next: Line | None = None
    time_required: Text = ""
    prerequisites: Text = ""
    materials: Text = ""
    activities: Lines = []
    teaching_minutes: Count | None = None
    exercise_minutes: Count | None = None
    questions: Lines = []
    objectives: Lines = []
    keypoints: Lines = []
    exercises: Count | None = None
    solutions: Count | None = None
    translation_status: Line | None = None


class Session(Form):
    starts: Line | None = None
    ends: Line | None = None
    host: Text = ""
    organizer: Text = ""
    platform: Text = ""
    recording: Text = ""
    registration_url: Text = ""


class Page(Form):
    direction: Literal["ltr", "rtl"] | None = None


class VotingService(Page):
    area: Text = ""
    channel: Literal["online", "by-mail", "in-person", "not-needed"] | None = None
    deadlines: dict[Line, Text] = {}
    links: dict[Line, Text] = {}


class Criteria(Shape):
    criterion: Line
    label: Line
    accepted: Annotated[list[Answer], Field(max_length=100)] = []


class Benefit(Form):
    agency: Text = ""
    life_events: Lines = []
    eligibility: Annotated[list[Criteria], Field(max_length=200)] = []
    apply_url: Text = ""


class Licence(Form):
    documents_and_requirements: Lines = []
    eligibility: Lines = []
    phone: Text = ""
    agency: Text = ""
    agency_detail: Text = ""
    apply_url: Text = ""
    apply_label: Text = ""
    callouts: Lines = []


FORMS: dict[str | None, type[Form]] = {
    None: Plain,
    "play": Play,
    "plays": Plays,
    "method": Method,
    "standard": Standard,
    "criterion": Criterion,
    "case-study": CaseStudy,
    "module": Module,
    "module-unit": ModuleUnit,
    "session": Session,
    "question-and-answer": Page,
    "page": Page,
    "service": VotingService,
    "benefit": Benefit,
    "licence": Licence,
}

_WANTED = {
    "missing": "a value",
    "string_type": "text (in quotes if it looks like a number)",
    "string_too_short": "text that is not empty",
    "too_short": "text that is not empty",
    "string_too_long": "a shorter text",
    "list_type": "a list",
    "dict_type": "fields with values",
    "int_type": "a whole number",
    "model_type": "fields with values",
    "too_long": "fewer items",
}


def check_front_matter(raw: dict[str, Any], problems: Problems) -> FrontMatter | None:
    """The typed front matter, or None with every problem of it reported at once."""
    front = _validate(FrontMatter, raw, "", problems)
    structure = raw.get("structure") or {}
    kind = raw.get("kind")
    if isinstance(structure, dict) and not (isinstance(kind, str) and kind in LATER):
        form = structure.get("form")
        if form is not None and not isinstance(form, str):
            problems.add("wrong-type", "structure.form", form, _WANTED["string_type"])
        elif form not in FORMS:
            problems.add("unknown-form", "structure.form", form)
        else:
            _validate(FORMS[form], structure, "structure.", problems)
    return front if isinstance(front, FrontMatter) else None


def read_structure(raw: dict[str, Any]) -> Form:
    """The typed structure of a document that has passed ``check_front_matter``."""
    form = raw.get("form")
    shape = FORMS.get(form) if form is None or isinstance(form, str) else None
    if shape is None:
        return Form()
    return shape.model_validate(raw)


def _validate(
    shape: type[BaseModel], raw: dict[str, Any], prefix: str, problems: Problems
) -> BaseModel | None:
    _report_unknown(shape, raw, prefix, problems)
    try:
        return shape.model_validate(raw)
    except SchemaError as error:
        for line in error.errors(include_url=False, include_context=True)[:100]:
            _report(line, prefix, problems)
    return None


def _report_unknown(shape: type[BaseModel], raw: Any, prefix: str, problems: Problems) -> None:
    if isinstance(raw, list):
        for number, row in enumerate(raw):
            _report_unknown(shape, row, f"{prefix}{number}.", problems)
    elif isinstance(raw, dict):
        for key, value in raw.items():
            field = shape.model_fields.get(key)
            if field is None:
                problems.add("unknown-field", f"{prefix}{key}", value)
            elif inner := _inner_shape(field.annotation):
                _report_unknown(inner, value, f"{prefix}{key}.", problems)


def _inner_shape(annotation: Any) -> type[Shape] | None:
    """The shape of a field's value, or of the items of its list."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation if issubclass(annotation, Shape) else None
    return next((found for part in get_args(annotation) if (found := _inner_shape(part))), None)


def _report(line: Any, prefix: str, problems: Problems) -> None:
    place = prefix + ".".join(str(part) for part in line["loc"])
    kind = line["type"]
    if kind == "missing":
        problems.add("missing-field", place, "", _WANTED["missing"])
    elif kind == "literal_error":
        problems.add("wrong-type", place, line["input"], f"one of {line['ctx']['expected']}")
    else:
        wanted = _WANTED.get(kind, line["msg"])
        problems.add("wrong-type", place, line["input"], wanted)
