"""Makes the fonts and the icon sprite from their packages. By hand; the site never imports it."""
