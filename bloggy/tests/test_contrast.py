"""The stylesheet's colours: text stands out from its ground by 7:1 at least (WCAG 2.2, 1.4.6), what is drawn by 3:1."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parent.parent.parent / "static" / "css" / "bloggy.css").read_text()
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
TEXTS = {
    "paper": ["ink", "soft", "accent"],
    "raised": [
        "ink",
        "soft",
        "accent",
        *(f"code-{kind}" for kind in ("keyword", "name", "string", "number", "comment")),
    ],
    "field": ["ink"],
    "mark": ["ink", "accent"],  # where a link leads
    "found": ["ink"],
    "accent": ["paper"],  # a button
    "ink": ["paper"],
}
DRAWN = {"field": ["soft", "accent"], "paper": ["soft", "accent"]}  # the frames of fields, the focus


def colours(scheme):
    """Return the variables of a scheme, each as (red, green, blue)."""
    _before, light, dark, _paper = CSS.split(":root {")
    return {name: rgb(value) for name, value in COLOUR.findall({"light": light, "dark": light + dark}[scheme])}


def rgb(value):
    digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
    return [int(digits[at : at + 2], 16) for at in (0, 2, 4)]


def luminance(colour):
    """Return the relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = (part / 255 for part in colour)
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_most_contrast():
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 7), (DRAWN, 3)])
def test_every_colour_stands_out_from_every_ground_that_it_is_used_on(scheme, pairs, least):
    values = colours(scheme)

    found = {(text, ground): contrast(values[text], values[ground]) for ground in pairs for text in pairs[ground]}

    assert {pair: round(value, 2) for pair, value in found.items() if value < least} == {}


def test_every_colour_is_told_for_both_schemes():
    light, dark = (CSS.split(":root {")[part].split("}")[0] for part in (1, 2))

    assert [name for name, _value in COLOUR.findall(light)] == [name for name, _value in COLOUR.findall(dark)]
    assert {"paper", "ink", "code-comment"} < {name for name, _value in COLOUR.findall(light)}
