"""Every way through the questions ends: likely, unlikely, ask, or the question that is missing."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from partners.eligibility import (
    NEXT,
    NONE_OF_THESE,
    OUTCOMES,
    UNKNOWN,
    Question,
    broken_targets,
    evaluate,
)

KEYS = ["a", "b", "c", "d"]
VALUES = ["yes", "no"]
targets = st.sampled_from([NEXT, *OUTCOMES, *KEYS, "nowhere", ""])


@st.composite
def questionnaires(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=4))
    return [
        Question(key, {value: draw(targets) for value in VALUES}, draw(targets), draw(targets))
        for key in keys
    ]


class TestEveryCombination:
    @given(questionnaires())
    def test_full_answers_end_in_an_outcome(self, questions):
        choices = [*VALUES, NONE_OF_THESE, UNKNOWN, "invented"]
        for combination in itertools.product(choices, repeat=len(questions)):
            given_answers = {q.criterion: a for q, a in zip(questions, combination, strict=True)}
            result = evaluate(questions, given_answers)
            assert result.outcome in OUTCOMES
            assert not result.missing

    @given(questionnaires(), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["", *VALUES])))
    def test_part_of_the_answers_end_or_name_what_is_missing(self, questions, answers):
        result = evaluate(questions, answers)
        if result.outcome is None:
            assert len(result.missing) == 1
            assert result.missing[0] in {question.criterion for question in questions}
            assert not answers.get(result.missing[0])
        else:
            assert result.outcome in OUTCOMES

    @given(questionnaires(), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES)))
    def test_what_is_missing_can_be_given_until_it_ends(self, questions, answers):
        answers = dict(answers)
        for _ in range(len(questions) + 1):
            result = evaluate(questions, answers)
            if result.outcome is not None:
                return
            answers[result.missing[0]] = "yes"
        raise AssertionError("it never ends")


def ask(leads, **more):
    return Question("a", {"yes": leads}, **more)


class TestWays:
    def test_running_past_the_last_question_means_likely(self):
        assert evaluate([ask(NEXT)], {"a": "yes"}).outcome == "likely"

    def test_no_questions_mean_ask(self):
        assert evaluate([], {}).outcome == "ask"

    def test_none_of_these_and_i_do_not_know_have_their_own_ways(self):
        question = ask("likely", none_leads_to="ask", unknown_leads_to="unlikely")
        assert evaluate([question], {"a": NONE_OF_THESE}).outcome == "ask"
        assert evaluate([question], {"a": UNKNOWN}).outcome == "unlikely"

    def test_by_default_none_is_unlikely_and_unknown_is_ask(self):
        assert evaluate([ask("likely")], {"a": NONE_OF_THESE}).outcome == "unlikely"
        assert evaluate([ask("likely")], {"a": UNKNOWN}).outcome == "ask"

    def test_an_answer_that_is_not_offered_counts_as_unknown(self):
        assert evaluate([ask("likely")], {"a": "maybe"}).outcome == "ask"

    def test_a_loop_ends_in_ask(self):
        there, back = Question("a", {"yes": "b"}), Question("b", {"yes": "a"})
        assert evaluate([there, back], {"a": "yes", "b": "yes"}).outcome == "ask"
        assert evaluate([ask("a")], {"a": "yes"}).outcome == "ask"

    def test_a_target_that_is_gone_ends_in_ask_and_is_reported(self):
        assert evaluate([ask("gone")], {"a": "yes"}).outcome == "ask"
        assert broken_targets([ask("gone")]) == [("a", "gone")]
        assert broken_targets([ask("likely", none_leads_to="x", unknown_leads_to="y")]) == [
            ("a", "x"),
            ("a", "y"),
        ]

    def test_a_jump_skips_what_lies_between(self):
        questions = [Question("a", {"yes": "c"}), Question("b", {}), Question("c", {"yes": NEXT})]
        assert broken_targets(questions) == []
        assert evaluate(questions, {"a": "yes"}).missing == ["c"]
        assert evaluate(questions, {"a": "yes", "c": "yes"}).outcome == "likely"
