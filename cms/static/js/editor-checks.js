// Checks of the editor's own text, run by Wagtail's checker beside axe; home/content_checks.py
// names them. Each answers true when all is well.
const EMPTY_WORDS = new Set([
  "here", "click here", "more", "read more", "link",
  "здесь", "тут", "подробнее", "далее", "читать далее", "ссылка",
  "こちら", "ここ", "詳しくはこちら", "もっと見る", "リンク",
]);
const LONGEST_SENTENCE = 25;

const words = (node) => node.textContent.trim();

const checks = {
  "check-link-says-where": (link) => !EMPTY_WORDS.has(words(link).toLowerCase()),
  "check-no-shouting": (heading) => {
    const text = words(heading);
    return text.length < 8 || text !== text.toUpperCase() || text === text.toLowerCase();
  },
  "check-alt-adds-something": (image) => {
    const caption = image.closest("figure")?.querySelector("figcaption");
    return !caption || !image.alt || words(caption).toLowerCase() !== image.alt.trim().toLowerCase();
  },
  "check-short-sentences": (paragraph) => words(paragraph)
    .split(/[.!?…]+\s/)
    .every((sentence) => sentence.split(/\s+/).length <= LONGEST_SENTENCE),
};

customElements.whenDefined("wagtail-userbar").then(() => {
  const bar = document.querySelector("wagtail-userbar");
  for (const [name, check] of Object.entries(checks)) bar?.registerCheck(name, check);
});
