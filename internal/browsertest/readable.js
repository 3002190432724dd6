// Returns what of the page cannot be read: a page wider than the screen, and texts of charts that are cut off, on top of
// each other or small.
const problems = [], width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) {
  const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest(".wide > *"));
  problems.push(`the page is ${document.documentElement.scrollWidth} pixels wide: ${wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120))}`);
}
for (const picture of document.querySelectorAll(".plot > svg")) {
  const frame = picture.getBoundingClientRect();
  const texts = [...picture.querySelectorAll("text")].map(e => ({text: e.textContent, box: e.getBoundingClientRect(), size: parseFloat(getComputedStyle(e).fontSize)}));
  texts.forEach(({text, box, size}, i) => {
    if (size < 10) problems.push(`"${text}" has ${size} pixels`);
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      problems.push(`"${text}" is cut off`);
    for (const other of texts.slice(i + 1)) {
      const o = other.box, over = Math.min(box.right, o.right) - Math.max(box.left, o.left), high = Math.min(box.bottom, o.bottom) - Math.max(box.top, o.top);
      if (over > 1 && high > 4) problems.push(`"${text}" is on top of "${other.text}"`);
    }
  });
}
return problems;
