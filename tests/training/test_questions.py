"""Answers are judged by what people mean, in their own script and notation."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.blocks import StructBlockValidationError

from training.blocks import MultipleChoiceBlock, NumberBlock, SingleChoiceBlock
from training.questions import (
    check_choice,
    check_choices,
    check_number,
    check_text,
    check_true_false,
)


class TestNumbers:
    @pytest.mark.parametrize(
        "text",
        ["12.5", "12,5", " 12.5 ", "١٢٫٥", "۱۲٫۵", "१२.५", "12.50", "+12.5", "１２.５", "1.25e1"],
    )
    def test_digits_of_any_script_and_a_decimal_comma(self, text):
        assert check_number("12.5", "0", [text])

    @pytest.mark.parametrize("text", ["−3", "-3"])
    def test_both_minus_signs(self, text):
        assert check_number("-3", "0", [text])

    @pytest.mark.parametrize(
        ("text", "right"), [("9.4", False), ("9.5", True), ("10.5", True), ("10.51", False)]
    )
    def test_the_tolerance_belongs_to_it(self, text, right):
        assert check_number("10", "0.5", [text]) is right

    @pytest.mark.parametrize(
        "text", ["", "ten", "NaN", "sNaN", "Infinity", "-inf", "1e999999999", "1e-999999999", "1 0"]
    )
    def test_no_number_is_wrong_and_breaks_nothing(self, text):
        assert check_number("10", "0.5", [text]) is False

    @given(st.text(max_size=30))
    def test_any_text_gets_an_answer(self, text):
        assert check_number("10", "0", [text]) in (True, False)

    @given(
        st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1e6, max_value=1e6)
    )
    def test_a_number_is_right_for_itself(self, number):
        assert check_number(str(number), "0", [str(number)])
        assert check_number(str(number), "0", [str(number + Decimal("0.001"))]) is False


class TestTexts:
    @pytest.mark.parametrize(
        "text", ["City Hall", "city  hall!", "CITY-HALL", "“City hall.”", "ｃｉｔｙ　ｈａｌｌ"]
    )
    def test_case_punctuation_width_and_spaces_do_not_matter(self, text):
        assert check_text(["City Hall"], [text])

    @pytest.mark.parametrize("text", ["", "City", "City Halls", "C1ty Hall"])
    def test_letters_do(self, text):
        assert not check_text(["City Hall"], [text])

    def test_composed_and_decomposed_letters_are_the_same(self):
        assert check_text(["Ayuntamiento de Cádiz"], ["ayuntamiento de ca\u0301diz"])

    def test_sharp_s_and_ligatures(self):
        assert check_text(["Straße", "office"], ["STRASSE"])
        assert check_text(["Straße", "office"], ["oﬃce"])

    def test_each_accepted_answer_counts(self):
        assert check_text(["The mayor", "Mayor"], ["mayor"])


class TestChoices:
    def test_one_answer_means_exactly_one(self):
        assert check_choice({"a"}, ["a"])
        assert not check_choice({"a"}, ["b"])
        assert not check_choice({"a"}, ["a", "b"])

    def test_several_answers_mean_all_and_no_more(self):
        assert check_choices({"a", "b"}, ["b", "a"])
        assert not check_choices({"a", "b"}, ["a"])
        assert not check_choices({"a", "b"}, ["a", "b", "c"])

    def test_true_and_false(self):
        assert check_true_false(True, ["true"])
        assert check_true_false(False, ["false"])
        assert not check_true_false(True, ["false"])
        assert not check_true_false(False, ["x"])


class TestWhatEditorsWrite:
    """A question that nobody can answer is refused when it is saved."""

    def refused(self, block, value):
        prompt = {"prompt": "<p>?</p>", "help": "", "explanation": ""}
        with pytest.raises(StructBlockValidationError) as refusal:
            block.clean(block.to_python({**prompt, **json.loads(json.dumps(value))}))
        return set(refusal.value.block_errors)

    def options(self, *correct):
        return [
            {"text": f"Answer {number}", "correct": right, "feedback": ""}
            for number, right in enumerate(correct)
        ]

    @pytest.mark.parametrize("correct", [(False, False), (True, True)])
    def test_one_answer_needs_exactly_one_correct(self, correct):
        value = {"options": self.options(*correct)}
        assert self.refused(SingleChoiceBlock(), value) == {"options"}

    def test_several_answers_need_a_correct_one(self):
        value = {"options": self.options(False, False)}
        assert self.refused(MultipleChoiceBlock(), value) == {"options"}

    @pytest.mark.parametrize("number", ["ten", "NaN", "Infinity"])
    @pytest.mark.parametrize("name", ["correct", "tolerance"])
    def test_a_number_is_a_number(self, name, number):
        value = {"correct": "1", "tolerance": "0", "unit": "", name: number}
        assert self.refused(NumberBlock(), value) == {name}
