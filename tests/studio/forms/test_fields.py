"""The editors of parameters, driven by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from graphs.param import Param
from studio.forms.fields import (
    BoolField,
    ChoiceField,
    IntField,
    PairField,
    PathField,
    TextField,
    field_for,
)

RATE = Param("p", "float", 0.5, doc="Share of inputs set to zero.", ge=0, lt=1)


def shown(qtbot, param, value):
    field = field_for(param)
    qtbot.addWidget(field)
    field.set_value(value)
    field.show()
    heard: list[object] = []
    refused: list[str] = []
    field.edited.connect(heard.append)
    field.refused.connect(refused.append)
    return field, heard, refused


def test_typing_a_whole_number_gives_it_when_the_edit_ends(qtbot):
    field, heard, _ = shown(qtbot, Param("out_features", "int", 64, doc="How many.", ge=1), 64)
    spin = field.findChild(QSpinBox)

    spin.selectAll()
    qtbot.keyClicks(spin, "128")
    before = list(heard)
    qtbot.keyClick(spin, Qt.Key.Key_Return)

    assert before == []
    assert heard == [128]


def test_an_optional_number_shows_auto_for_none(qtbot):
    field, heard, _ = shown(
        qtbot, Param("size", "int", None, doc="Size.", ge=1, optional=True), None
    )
    spin = field.findChild(QSpinBox)

    assert spin.text() == "auto"
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert heard == [1]
    qtbot.keyClick(spin, Qt.Key.Key_Down)
    assert heard == [1, None]


def test_a_passing_wheel_does_not_change_a_number(qtbot):
    field, heard, _ = shown(qtbot, Param("out_features", "int", 64, doc="How many.", ge=1), 64)
    spin = field.findChild(QSpinBox)
    spin.clearFocus()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip

    spin.wheelEvent(wheel)

    assert (spin.value(), heard) == (64, [])


def test_a_number_out_of_range_is_refused_with_a_sentence_and_escape_takes_it_back(qtbot):
    field, heard, refused = shown(qtbot, RATE, 0.5)
    line = field.findChild(QLineEdit)

    line.selectAll()
    qtbot.keyClicks(line, "1.5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    said = list(refused)
    qtbot.keyClick(line, Qt.Key.Key_Escape)

    assert said == ["P must be at least 0 and less than 1, but is 1.5."]
    assert heard == []
    assert (line.text(), refused[-1]) == ("0.5", "")


def test_text_for_a_number_is_refused_with_a_sentence(qtbot):
    field, heard, refused = shown(qtbot, RATE, 0.5)
    line = field.findChild(QLineEdit)

    line.selectAll()
    qtbot.keyClicks(line, "half")
    qtbot.keyClick(line, Qt.Key.Key_Return)

    assert (heard, refused) == ([], ['P must be a number, but is "half".'])


@pytest.mark.parametrize(
    ("start", "key", "value"), [(0.001, "Key_Up", 0.002), (0.5, "Key_Down", 0.4)]
)
def test_arrows_step_a_number_by_its_leading_digit(qtbot, start, key, value):
    field, heard, _ = shown(qtbot, Param("lr", "float", 0.1, doc="Step size.", ge=0), start)

    qtbot.keyClick(field.findChild(QLineEdit), getattr(Qt.Key, key))

    assert heard == [pytest.approx(value)]


def test_an_exponent_is_a_number(qtbot):
    field, heard, _ = shown(qtbot, Param("lr", "float", 0.1, doc="Step size.", ge=0), 0.1)
    line = field.findChild(QLineEdit)

    line.selectAll()
    qtbot.keyClicks(line, "3e-4")
    qtbot.keyClick(line, Qt.Key.Key_Return)

    assert heard == [3e-4]


def test_a_list_is_written_with_commas(qtbot):
    field, heard, _ = shown(
        qtbot, Param("split", "floats", (0.7, 0.15, 0.15), doc="Shares."), (0.7, 0.15, 0.15)
    )
    line = field.findChild(QLineEdit)

    assert line.text() == "0.7, 0.15, 0.15"
    line.selectAll()
    qtbot.keyClicks(line, "0.8, 0.1 0.1")
    qtbot.keyClick(line, Qt.Key.Key_Return)

    assert heard == [(0.8, 0.1, 0.1)]


def test_a_pair_changes_one_side(qtbot):
    field, heard, _ = shown(
        qtbot, Param("kernel_size", "pair", (3, 3), doc="Size.", ge=1, unit="px"), (3, 5)
    )
    height, width = field.findChildren(QSpinBox)

    qtbot.keyClick(height, Qt.Key.Key_Up)

    assert (height.suffix(), width.value(), heard) == (" px", 5, [(4, 5)])


def test_a_box_and_a_choice_give_their_values(qtbot):
    box, yes, _ = shown(qtbot, Param("bias", "bool", True, doc="Bias."), True)
    choice, chosen, _ = shown(
        qtbot, Param("mode", "choice", "a", doc="Mode.", choices=("a", "b")), "a"
    )

    qtbot.keyClick(box.findChild(QCheckBox), Qt.Key.Key_Space)
    combo = choice.findChild(QComboBox)
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    combo.activated.emit(combo.currentIndex())

    assert (yes, chosen[-1]) == ([False], "b")


@pytest.mark.parametrize(
    ("kind", "cls"),
    [
        ("int", IntField),
        ("float", TextField),
        ("bool", BoolField),
        ("str", TextField),
        ("pair", PairField),
        ("path", PathField),
    ],
)
def test_every_kind_of_parameter_has_its_editor(qtbot, kind, cls):
    field = field_for(Param("p", kind, None, doc="Words."))
    qtbot.addWidget(field)

    assert type(field) is cls


def test_a_choice_has_its_editor(qtbot):
    field = field_for(Param("p", "choice", "a", doc="Words.", choices=("a",)))
    qtbot.addWidget(field)

    assert type(field) is ChoiceField


def test_of_a_long_path_the_end_is_seen_and_of_a_long_text_the_beginning(qtbot):
    long = "/a/way/that/is/much/too/long/for/any/field/iris.csv"
    path, _, _ = shown(qtbot, Param("path", "path", "", doc="The file."), long)
    text, _, _ = shown(qtbot, Param("words", "str", "", doc="Words."), long)

    assert path.findChild(QLineEdit).cursorPosition() == len(long)
    assert text.findChild(QLineEdit).cursorPosition() == 0
