"""The look of a page of the guide, from the theme's colours."""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QFontDatabase,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrame,
    QTextFrameFormat,
    QTextTable,
)

from fooler_gui.widgets.panel_layout import SPACING

_HEADING_SIZES = {1: 1.7, 2: 1.3}
_OTHER_HEADING_SIZE = 1.1
_CODE_SIZE = 0.95
_LINE_HEIGHT = 125.0
_Role = QPalette.ColorRole


def style(document: QTextDocument, palette: QPalette) -> None:
    """Gives headings, paragraphs, code and tables of a Markdown `document` their look, in the colours of `palette`."""
    block = document.begin()
    while block.isValid():
        _style_block(block, palette)
        _style_fragments(block, palette)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _style_table(frame, palette)


def set_margins(frame: QTextFrame, left: float, right: float) -> None:
    """Sets the margins of a document's root `frame`, in pixels."""
    shape = frame.frameFormat()
    shape.setMargin(0)
    shape.setLeftMargin(left)
    shape.setRightMargin(right)
    shape.setTopMargin(2 * SPACING)
    shape.setBottomMargin(4 * SPACING)
    frame.setFrameFormat(shape)


def _style_block(block: QTextBlock, palette: QPalette) -> None:
    cursor = QTextCursor(block)
    shape = block.blockFormat()
    level = shape.headingLevel()
    if cursor.currentTable() is not None:
        return
    if _is_code(block):
        shape.setNonBreakableLines(False)
        shape.setBackground(palette.color(_Role.AlternateBase))
        shape.setTopMargin(0 if _is_code(block.previous()) else SPACING)
        shape.setBottomMargin(0 if _is_code(block.next()) else SPACING)
    elif level:
        shape.setTopMargin((0 if level == 1 else 3) * SPACING)
        shape.setBottomMargin(SPACING)
    else:
        in_list = block.textList() is not None
        shape.setTopMargin(SPACING // 4 if in_list else SPACING)
        shape.setBottomMargin(SPACING // 4 if in_list else SPACING)
    if not _is_code(block) and not _is_picture(block):
        shape.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.setBlockFormat(shape)


def _is_code(block: QTextBlock) -> bool:
    return block.isValid() and block.blockFormat().hasProperty(QTextBlockFormat.Property.BlockCodeFence)


def _is_picture(block: QTextBlock) -> bool:
    return not block.begin().atEnd() and block.begin().fragment().charFormat().isImageFormat()


def _style_fragments(block: QTextBlock, palette: QPalette) -> None:
    """Gives headings their size, and code and links their colours."""
    fragments = []
    place = block.begin()
    while not place.atEnd():
        fragment = place.fragment()
        fragments.append((fragment.position(), fragment.length(), fragment.charFormat()))
        place += 1
    level, size = block.blockFormat().headingLevel(), block.document().defaultFont().pointSizeF()
    for start, length, look in fragments:
        if level:
            look.clearProperty(QTextCharFormat.Property.FontSizeAdjustment)
            look.setFontPointSize(size * _HEADING_SIZES.get(level, _OTHER_HEADING_SIZE))
        elif look.fontFixedPitch():
            look.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
            look.setFontPointSize(size * _CODE_SIZE)
            if not _is_code(block):
                look.setBackground(palette.color(_Role.AlternateBase))
        if look.isAnchor():
            look.setForeground(palette.color(_Role.Link))
        cursor = QTextCursor(block)
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(look)


def _style_table(table: QTextTable, palette: QPalette) -> None:
    shape = table.format().toTableFormat()
    shape.setBorder(1)
    shape.setBorderCollapse(True)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(QBrush(palette.color(_Role.Mid)))
    shape.setCellPadding(SPACING * 0.75)
    shape.setTopMargin(SPACING)
    shape.setBottomMargin(SPACING)
    table.setFormat(shape)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        head = cell.format()
        head.setBackground(palette.color(_Role.AlternateBase))
        cell.setFormat(head)
