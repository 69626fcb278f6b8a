"""Elements of a page and of the drawings in it. Whatever text they are given, it stays text."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

Content = Element | str


def tag(name: str, /, *content: Content, **attributes: str | float) -> Element:
    """Returns the element `name` around `content`.

    Args:
        name: The element's.
        *content: Elements and texts, in order.
        **attributes: Its attributes, with underscores for dashes and ``class_`` for ``class``; numbers are rounded to a
            tenth.
    """
    made = Element(name, {_attribute(key): _value(value) for key, value in attributes.items()})
    for part in content:
        if isinstance(part, Element):
            made.append(part)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + part
        else:
            made.text = (made.text or "") + part
    return made


def page_text(page: Element) -> str:
    """Returns the element ``html`` as the text of a file."""
    return f"<!doctype html>\n{tostring(page, encoding='unicode', method='html')}\n"


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 1):g}"
