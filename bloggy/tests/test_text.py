import pytest

from bloggy.text import for_xml, is_visible


@pytest.mark.parametrize("text", ["a", "7", "?", "€", "艾", "é", "\u200bx\u200b", " . ", "🙂", "\u1100"])
def test_a_letter_digit_mark_or_symbol_is_seen(text):
    assert is_visible(text)


@pytest.mark.parametrize(
    "text",
    ["", " \t\r\n", "\u00a0\u3000", "\u200b\u200d\ufeff", "\u202e\u2066", "\0\x1f\x7f", "\u0301", "\ufe0f", "\u00ad"],
)
def test_what_has_no_ink_is_not_seen(text):
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["\u3164", "\u115f\u1160\uffa0", "\u2800", "\ue000", "\U000e0041", "\ud800"])
def test_blank_letters_and_characters_without_a_meaning_are_not_seen(text):
    assert not is_visible(text)


def test_what_xml_cannot_hold_is_taken_out_and_nothing_else():
    kept = "a\t\n\r<>&\x7f\u2028\ud7ff\ue000\ufffd\U00010000\U0010ffff"

    assert for_xml(f"\0\x01\x0b\x0c\x1f{kept}\ud800\ufffe\uffff") == kept
