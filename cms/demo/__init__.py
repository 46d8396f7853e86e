"""The demo's content: texts in TOML, pictures as drawing code. Loading it is seed_demo's job."""
