/* Visit one slide, at [h, v], with its folds shut and open. Returns its name and kind; `findings`, what a viewer would
   complain about; `limits`, which rules of a good talk it does not keep, all in sentences; and `share`, how much of its
   area is used. */
([h, v]) => {
  Reveal.slide(h, v);
  const slide = Reveal.getCurrentSlide(), scale = Reveal.getScale(), found = [], limits = [];
  const folds = [...slide.querySelectorAll("details")];
  const open = (state) => { for (const fold of folds) fold.open = state; };
  open(false);
  const page = slide.querySelector(".page").getBoundingClientRect();
  const folded = (e) => { const fold = e.closest("details:not([open])"); return fold && !e.closest("summary"); };
  const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && !folded(e); };
  const name = (e) => e.tagName.toLowerCase() + (e.className && e.className.baseVal === undefined ? "." + e.className : "");
  const visible = () => [...slide.querySelectorAll(".page *")].filter((e) => !e.closest("mjx-assistive-mml, mjx-container *") && seen(e));
  const number = document.querySelector(".slide-number").getBoundingClientRect();

  /* What stands where it should not, or cannot be read. */
  function look() {
    const elements = visible();
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
  }
  look();
  open(true);
  look();
  open(false);

  if (parseFloat(slide.dataset.fit) < 0.75) found.push(`shrunk to ${slide.dataset.fit}`);
  for (const formula of slide.querySelectorAll("[data-mjx-error], mjx-merror, merror")) found.push(`a formula fails: ${formula.textContent}`);
  for (const img of slide.querySelectorAll("img")) {
    if (!img.complete || !img.naturalWidth) found.push("a picture is missing");
    if (!img.alt || img.alt.split(/\s+/).length < 3) found.push(`a picture without a description: ${img.alt}`);
  }
  for (const figure of slide.querySelectorAll(".figure[data-scale]")) {
    const least = figure.dataset.free ? 0.6 : 1.34;
    if (seen(figure) && figure.dataset.scale < least) found.push(`the labels of a figure are too small (scale ${figure.dataset.scale})`);
  }

  /* The share of the slide's area that is used, counted in squares of 16 px: lines of text, boxes of code, pictures. */
  function usedShare() {
    const squares = new Set(), side = 16 * scale;
    const mark = (r) => {
      if (r.width < 1 || r.height < 1) return;
      const right = Math.min(r.right, page.right) - page.left, bottom = Math.min(r.bottom, page.bottom) - page.top;
      for (let x = Math.floor(Math.max(0, r.left - page.left) / side); x * side < right; x++) {
        for (let y = Math.floor(Math.max(0, r.top - page.top) / side); y * side < bottom; y++) squares.add(`${x} ${y}`);
      }
    };
    for (const e of slide.querySelectorAll("img, pre.code, .text pre, table, mjx-container, .widget, .elsewhere")) {
      if (seen(e)) mark(e.getBoundingClientRect());
    }
    const words = document.createTreeWalker(slide.querySelector(".page"), NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const node = words.currentNode, range = document.createRange();
      if (!node.data.trim() || node.parentElement.closest("mjx-container") || !seen(node.parentElement)) continue;
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) mark(r);
    }
    return squares.size / (80 * 45);
  }
  const kind = slide.dataset.kind, share = usedShare();
  const isQuestion = slide.querySelector(".body").textContent.trim().endsWith("?");
  if (share < 0.12 && !["title", "exercise"].includes(kind) && !isQuestion) {
    limits.push(`only ${(100 * share).toFixed(1)}% of the slide is used: join it with another one`);
  }
  for (const code of slide.querySelectorAll(".cell[data-cell]")) {
    const name = CSS.escape(code.dataset.cell);
    if (!code.querySelector("pre.code") || slide.querySelector(`.figure[data-cell="${name}"]`)) continue;
    if (document.querySelector(`.figure[data-cell="${name}"]`)) {
      limits.push(`the figure that ${code.dataset.cell} makes is on another slide`);
    }
  }
  const besideFigure = (selector) => (slide.querySelector(".figure") ? slide.querySelectorAll(`.columns ${selector}`) : []);
  for (const output of besideFigure("pre.output")) {
    const style = getComputedStyle(output), lines = output.textContent.trimEnd().split("\n").length;
    const height = output.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    if (seen(output) && height > parseFloat(style.lineHeight) * (lines + 0.5)) {
      limits.push("an output beside a figure is too wide for its column: make its lines shorter or the figure smaller");
    }
  }
  for (const line of besideFigure("pre.code .line")) {
    const pieces = Math.round(line.offsetHeight / parseFloat(getComputedStyle(line).lineHeight));
    if (seen(line) && pieces > (line.textContent.trim().length > 40 ? 2 : 1)) {
      limits.push(`a line of code beside a figure is in ${pieces} pieces: ${line.textContent.trim().slice(0, 30)}`);
    }
  }
  for (const code of slide.querySelectorAll(".notes .moved-code")) {
    limits.push(`the code of ${code.dataset.cell} finds no place beside its figure and is in the notes: `
      + "make it shorter or the figure smaller, or tag the cell hide-input");
  }
  for (const moved of slide.querySelectorAll(".notes .moved")) {
    limits.push(`the sentence ${moved.dataset.cell} finds no place and is in the notes: begin a slide before it, or tag it notes`);
  }
  const findings = [...new Set(found)];
  return { name: slide.id, kind, deeper: slide.dataset.deeper === "yes", findings, limits, share };
}
