"""The program's own kinds of synthetic images (`core.image_kinds`): each module's `KINDS` are among them."""
