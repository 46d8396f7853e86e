// Puts the display cookie on <html> before anything is drawn, so that cached pages can be shared.
for (const part of (document.cookie.match(/(?:^|; )display=([\w.-]+)/)?.[1] ?? "").split(".")) {
  const [name, value] = part.split("-");
  if (/^(text|spacing|scheme|pictures|motion)$/.test(name)) document.documentElement.dataset[name] = value;
}
