"""What a person sees and presses: each panel takes values by ``set_*`` and answers by signals."""
