"""The program's own kinds of synthetic images (`core.image_kinds`): the `KINDS` of each module."""
