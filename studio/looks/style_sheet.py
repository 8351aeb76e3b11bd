"""What a palette cannot say: borders, corners and focus of fields, buttons, tabs and tool tips, in a theme's colours.

Fusion draws outlines darker than the window, which vanish on a dark one; so fields have borders of their own.
"""

from __future__ import annotations

from importlib.resources import files

from studio.looks.theme import Theme


def style_sheet(theme: Theme) -> str:
    """The application's style sheet."""
    hover = mixed(theme.window, theme.text, 0.08)
    pressed = mixed(theme.window, theme.text, 0.16)
    edge = mixed(theme.border, theme.text, 0.22)
    faded = mixed(theme.text, theme.window, 0.5)
    name = "dark" if theme.dark else "light"
    pictures = ("check", "down", "up", "close", "float")
    check, down, up, close, float_ = (_picture(f"{each}_{name}") for each in pictures)
    return f"""
QToolTip {{ color: {theme.node_text}; background: {theme.node}; border: 1px solid {theme.border}; padding: 4px; }}

QMainWindow::separator {{ background: transparent; width: 5px; height: 5px; }}
QMainWindow::separator:hover {{ background: {theme.accent}; }}
QDockWidget {{ font-weight: 600; titlebar-close-icon: url({close}); titlebar-normal-icon: url({float_}); }}
QDockWidget::title {{ background: {theme.window}; padding: 7px 8px; }}
QDockWidget > QWidget {{ font-weight: 400; }}

QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ color: {theme.muted_text}; background: transparent; border: none;
  border-bottom: 2px solid transparent; padding: 6px 10px 5px 10px; margin-right: 2px; }}
QTabBar::tab:hover {{ color: {theme.text}; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.accent}; }}
QTabBar::tab:focus {{ background: {hover}; }}

QToolBar {{ border: none; border-bottom: 1px solid {theme.border}; padding: 4px 6px; spacing: 2px; }}
QToolBar::separator {{ background: {theme.border}; width: 1px; margin: 5px 6px; }}
QToolBar QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 5px; }}
QToolBar QToolButton:hover {{ background: {hover}; }}
QToolBar QToolButton:pressed, QToolBar QToolButton:checked {{ background: {pressed}; }}
QToolBar QToolButton:focus {{ border: 1px solid {theme.accent}; }}
QStatusBar {{ border-top: 1px solid {theme.border}; padding: 0 8px; }}
QStatusBar::item {{ border: none; }}

QMenu {{ background: {theme.base}; border: 1px solid {theme.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {theme.accent}; color: {theme.accent_text}; }}
QMenu::item:disabled {{ color: {faded}; background: transparent; }}
QMenu::item:selected:disabled {{ background: {hover}; }}
QMenu::separator {{ height: 1px; background: {theme.border}; margin: 4px 8px; }}
QMenu::icon {{ padding-left: 4px; }}

QPushButton {{ background: {theme.node}; border: 1px solid {edge}; border-radius: 5px;
  padding: 4px 12px; min-height: 16px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {pressed}; }}
QPushButton:focus, QPushButton:default {{ border: 1px solid {theme.accent}; }}
QPushButton:disabled {{ color: {faded}; border-color: {theme.border}; background: {theme.window}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton:flat {{ border: 1px solid transparent; background: transparent; }}

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {{ background: {theme.base}; color: {theme.text};
  border: 1px solid {edge}; border-radius: 4px; padding: 2px 5px; selection-background-color: {theme.accent};
  selection-color: {theme.accent_text}; min-height: 18px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
  border: 1px solid {theme.accent}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{
  color: {faded}; background: {theme.window}; border-color: {theme.border}; }}
QAbstractSpinBox {{ padding: 2px 16px 2px 4px; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; padding: 0 3px; min-height: 0;
  background: transparent; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 16px; border: none; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {hover}; }}
QAbstractSpinBox::up-arrow {{ image: url({up}); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url({down}); width: 10px; height: 10px; }}
QComboBox {{ padding-right: 18px; }}
QComboBox::drop-down {{ subcontrol-origin: border; subcontrol-position: center right; width: 18px; border: none; }}
QComboBox::down-arrow {{ image: url({down}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {theme.base}; border: 1px solid {theme.border}; outline: none;
  selection-background-color: {theme.accent}; selection-color: {theme.accent_text}; }}

QCheckBox {{ spacing: 6px; border: 1px solid transparent; border-radius: 4px; }}
QCheckBox:disabled {{ color: {faded}; }}
QCheckBox::indicator, QGroupBox::indicator {{ width: 14px; height: 14px; border: 1px solid {edge}; border-radius: 3px;
  background: {theme.base}; }}
QCheckBox::indicator:hover {{ border-color: {theme.accent}; }}
QCheckBox::indicator:checked, QGroupBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
  image: url({check}); }}
QCheckBox::indicator:disabled {{ background: {theme.window}; border-color: {theme.border}; }}
QCheckBox:focus {{ border: 1px solid {theme.accent}; }}

QProgressBar {{ background: {pressed}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}

QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {mixed(theme.window, theme.text, 0.28)}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {mixed(theme.window, theme.text, 0.45)}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QTextBrowser {{ border: none; border-radius: 0; }}
QTreeView::item {{ padding: 2px 0; }}

QHeaderView::section {{ background: {theme.window}; color: {theme.muted_text}; border: none;
  border-bottom: 1px solid {theme.border}; padding: 4px 6px; }}
"""


def mixed(color: str, other: str, share: float) -> str:
    """A colour with a share (0 to 1) of another mixed in, as "#rrggbb"."""
    pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _picture(name: str) -> str:
    return str(files("resources") / "icons" / f"{name}.svg").replace("\\", "/")
