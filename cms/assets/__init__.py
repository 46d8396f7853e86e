"""Makes the fonts and the icon sprite from their packages. Run by hand; the site never imports it."""
