"""The window: the only package that imports Qt. It talks to a session and never to storage or the engine."""
