/* What a viewer of the current slide would complain about: a list of sentences. Called with all folds open and shut. */
() => {
  const slide = Reveal.getCurrentSlide(), scale = Reveal.getScale(), found = [];
  const page = slide.querySelector(".page").getBoundingClientRect();
  const folded = (e) => { const fold = e.closest("details:not([open])"); return fold && !e.closest("summary"); };
  const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && !folded(e); };
  const name = (e) => e.tagName.toLowerCase() + (e.className && e.className.baseVal === undefined ? "." + e.className : "");
  const elements = [...slide.querySelectorAll(".page *")].filter((e) => !e.closest("mjx-assistive-mml, mjx-container *") && seen(e));
  const number = document.querySelector(".slide-number").getBoundingClientRect();

  for (const e of elements) {
    const r = e.getBoundingClientRect(), style = getComputedStyle(e);
    const out = Math.max(page.left - r.left, r.right - page.right, page.top - r.top, r.bottom - page.bottom);
    if (out > 1) found.push(`${name(e)} is cut off by ${Math.round(out)} px`);
    if (!e.children.length && r.right > number.left && r.bottom > number.top) found.push(`${name(e)} runs into the slide number`);
    if (/(auto|scroll|hidden|clip)/.test(style.overflowX + style.overflowY)
        && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2)) found.push(`${name(e)} scrolls or is cut`);
  }
  const body = slide.querySelector(".body").getBoundingClientRect();
  for (const e of elements) {
    const over = e.getBoundingClientRect().bottom - body.bottom;
    if (over > 1 && e.closest(".body") && e.parentElement.matches(".body, .columns > div")) {
      found.push(`${name(e)} is ${Math.round(over)} px too low: split the slide`);
    }
  }
  const texts = document.createTreeWalker(slide.querySelector(".page"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest("mjx-container, script, style") || !seen(parent)) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
    if (size < 17.95) found.push(`text of ${size.toFixed(1)} px: ${node.data.trim().slice(0, 30)}`);
    if (!parent.closest("pre, code") && /\$[^$\n]*[\\^_{]|\\begin\{/.test(node.data)) found.push(`raw TeX: ${node.data.trim().slice(0, 40)}`);
  }
  if (parseFloat(slide.dataset.fit) < 0.75) found.push(`shrunk to ${slide.dataset.fit}`);
  for (const formula of slide.querySelectorAll("[data-mjx-error], mjx-merror, merror")) found.push(`a formula fails: ${formula.textContent}`);
  for (const img of slide.querySelectorAll("img")) {
    if (!img.complete || !img.naturalWidth) found.push("a picture is missing");
    if (!img.alt || img.alt.split(/\s+/).length < 3) found.push(`a picture without a description: ${img.alt}`);
  }
  for (const figure of slide.querySelectorAll(".figure[data-scale]")) {
    if (seen(figure) && figure.dataset.scale < 1.34) found.push(`the labels of a figure are too small (scale ${figure.dataset.scale})`);
  }
  return [...new Set(found)];
}
