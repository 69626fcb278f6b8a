"""The thread that owns the engine, and the door between it and the window."""
