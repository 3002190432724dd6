// Returns what of the page cannot be read: a page that is wider than the screen, and texts of charts that are cut off,
// on top of each other or small.
const problems = [];
const page = document.documentElement;
if (page.scrollWidth > page.clientWidth) {
  const isWide = e => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest(".wide > *");
  const wide = [...document.querySelectorAll("body *")].filter(isWide).slice(0, 3);
  problems.push(`the page has ${page.scrollWidth} pixels: ${wide.map(e => e.outerHTML.slice(0, 120))}`);
}
for (const picture of document.querySelectorAll(".plot > svg")) {
  const frame = picture.getBoundingClientRect();
  const texts = [...picture.querySelectorAll("text")];
  texts.forEach((e, i) => {
    const box = e.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < 10) problems.push(`"${e.textContent}" has ${size} pixels`);
    const cutAside = box.left < frame.left - 1 || box.right > frame.right + 1;
    if (cutAside || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      problems.push(`"${e.textContent}" is cut off`);
    for (const other of texts.slice(i + 1)) {
      const o = other.getBoundingClientRect();
      const wide = Math.min(box.right, o.right) - Math.max(box.left, o.left);
      const high = Math.min(box.bottom, o.bottom) - Math.max(box.top, o.top);
      if (wide > 1 && high > 4) problems.push(`"${e.textContent}" is on top of "${other.textContent}"`);
    }
  });
}
return problems;
