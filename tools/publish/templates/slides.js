/* Set the formulas, lay every slide out, start reveal.js. `data-fit` on a slide tells how far its text was shrunk. */
(function () {
  /* Sizes of text and code in px: a slide takes the first that fits. The first two are for a few words alone. */
  const SIZES = [[40, 23], [36, 23], [32, 23], [29, 21], [32, 19], [29, 19], [26, 19], [25, 18.5], [24, 18], [23, 18]];
  const LARGE = 2, USUAL = 6, SMALLEST = SIZES.length - 1;
  const LABELS = 1.36; // a figure grows by this at least, so that its labels of 10 points reach 18 px
  const SHARES = ["1fr 1fr", "3fr 2fr", "2fr 1fr", "1fr 2fr", "2fr 7fr"];
  const root = document.documentElement, query = new URLSearchParams(location.search);
  const printing = query.has("print-pdf");

  function theme(name) {
    root.dataset.theme = name;
    try { localStorage.setItem("course-theme", name); } catch { /* a browser may forbid it for files */ }
  }
  function firstTheme() {
    let kept = null;
    try { kept = localStorage.getItem("course-theme"); } catch { /* as above */ }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = printing ? "light" : query.get("theme") || kept || (dark ? "dark" : "light");
  }

  /* How many px the content is higher than its place. */
  function excess(page) {
    const body = page.querySelector(".body"), bottom = body.getBoundingClientRect().bottom;
    let lowest = 0;
    for (const part of body.querySelectorAll("*")) {
      if (!part.closest("mjx-assistive-mml")) lowest = Math.max(lowest, part.getBoundingClientRect().bottom);
    }
    return lowest - bottom;
  }
  /* The width and the height that a picture has in the notebook. */
  function sides(img) {
    return [img.getAttribute("width") || img.naturalWidth || 400, img.getAttribute("height") || img.naturalHeight || 300];
  }
  /* Draw each figure as large as its place allows, at most twice its size in the notebook. */
  function growFigures(page) {
    for (const figure of page.querySelectorAll(".figure")) {
      const img = figure.querySelector("img"), [width, height] = sides(img);
      img.style.width = img.style.height = "0";
      const place = figure.getBoundingClientRect();
      const scale = Math.max(0.1, Math.min(2, (place.width - 16) / width, (place.height - 16) / height));
      img.style.width = scale * width + 16 + "px";
      img.style.height = scale * height + 16 + "px";
      figure.dataset.scale = scale.toFixed(2);
    }
  }
  function size(page, step) {
    page.style.setProperty("--text", SIZES[step][0] + "px");
    page.style.setProperty("--code", SIZES[step][1] + "px");
  }
  /* How many outputs have lines that go on in another line: a printed table falls apart. */
  function brokenOutputs(page) {
    let count = 0;
    for (const output of page.querySelectorAll("pre.output")) {
      const style = getComputedStyle(output), lines = output.textContent.trimEnd().split("\n").length;
      const height = output.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
      count += height > parseFloat(style.lineHeight) * (lines + 0.5);
    }
    return count;
  }
  /* How many lines of code, and how many outputs, go on in another line. */
  function wrapped(page) {
    let count = brokenOutputs(page);
    for (const line of page.querySelectorAll("pre .line")) count += line.getBoundingClientRect().height > 45;
    return count;
  }
  /* Whether a column is so narrow that a line of code falls into more than two pieces, or a short line into two. */
  function crumbles(page) {
    const row = 1.36 * parseFloat(getComputedStyle(page).getPropertyValue("--code"));
    return [...page.querySelectorAll("pre .line")].some((line) => {
      const most = line.textContent.trim().length > 40 ? 2.5 : 1.5;
      return line.getBoundingClientRect().height > most * row;
    });
  }
  /* The scale of the smallest figure; a picture whose labels nobody chose does not count. */
  const smallest = (page) => Math.min(9, ...[...page.querySelectorAll(".figure:not([data-free])")].map((f) => +f.dataset.scale));
  const largest = (page) => Math.max(0, ...[...page.querySelectorAll(".figure")].map((f) => +f.dataset.scale));
  /* Put the figure, or the code of an exercise, into a column beside the rest; or beside the text only, below the code. */
  function split(page, { share, codeOnTop }) {
    const body = page.querySelector(".body"), columns = document.createElement("div");
    columns.className = "columns";
    columns.style.gridTemplateColumns = share.replace(/\d+fr/g, "minmax(0, $&)");
    columns.append(document.createElement("div"), document.createElement("div"));
    const right = page.querySelector(".figure") ? ".figure, .figures" : ".cell, .hint";
    for (const part of [...body.children]) {
      if (!(codeOnTop && part.matches(".cell"))) columns.children[part.matches(right) ? 1 : 0].append(part);
    }
    body.append(columns);
  }
  /* Lay a slide with a figure out: at the largest sizes of text, and then with the largest figure. Says whether it fits. */
  function layOutFigure(page) {
    const body = page.querySelector(".body"), parts = [...body.children];
    const narrow = `1fr ${Math.ceil(LABELS * sides(page.querySelector(".figure img"))[0]) + 18}px`;
    const ways = [null]; // one below the other
    if (parts.length > 1) ways.push(...[...SHARES, narrow].map((share) => ({ share })));
    if (page.querySelector(".cell") && page.querySelector(".text")) {
      ways.push(...["1fr 2fr", "2fr 7fr", narrow].map((share) => ({ share, codeOnTop: true })));
    }
    for (let step = USUAL; step <= SMALLEST; step++) {
      size(page, step);
      const broken = brokenOutputs(page); // in the whole width
      let best = null;
      for (const way of ways) {
        if (way) split(page, way);
        growFigures(page);
        const torn = way && (crumbles(page) || brokenOutputs(page) > broken);
        const fits = excess(page) <= 0 && smallest(page) >= LABELS && !torn;
        if (fits && (!best || largest(page) > best.scale + 0.05)) best = { way, scale: largest(page) };
        body.replaceChildren(...parts);
      }
      if (!best) continue;
      if (best.way) split(page, best.way);
      growFigures(page);
      if (step === USUAL) growText(page, best.scale);
      return true;
    }
    size(page, USUAL);
    growFigures(page);
    return false;
  }
  /* Take larger text beside or above a figure as long as the figure stays nearly as large and no more lines are broken. */
  function growText(page, scale) {
    const wraps = wrapped(page);
    for (let step = LARGE; step <= USUAL; step++) {
      size(page, step);
      growFigures(page);
      const whole = wrapped(page) <= wraps && !crumbles(page);
      if (excess(page) <= 0 && whole && largest(page) > 0.93 * scale && smallest(page) >= LABELS) return;
    }
    growFigures(page);
  }
  /* Code for which there is no place beside its figure goes to the notes. */
  function moveCodeToNotes(section) {
    const cell = section.querySelector(".figure").dataset.cell;
    const code = section.querySelector(`.cell[data-cell="${cell}"] pre.code`);
    if (!code) return false;
    let notes = section.querySelector("aside.notes");
    if (!notes) {
      notes = document.createElement("aside");
      notes.className = "notes";
      section.append(notes);
    }
    const place = code.parentElement, moved = document.createElement("div");
    moved.className = "moved-code";
    moved.dataset.cell = cell;
    moved.append(code);
    notes.append(moved);
    if (!place.textContent.trim()) place.remove();
    return true;
  }
  /* Take the largest sizes of text and code at which all of a slide fits. */
  function layOutText(section, page) {
    const few = section.dataset.kind === "plain" && !page.querySelector("pre, table, li, .figure");
    size(page, USUAL);
    const wraps = wrapped(page);
    let step = page.querySelector(".figure") ? USUAL : few ? 0 : LARGE;
    for (; step < SMALLEST; step++) {
      size(page, step);
      growFigures(page);
      if (excess(page) <= (step < USUAL ? -20 : 0) && (step >= USUAL || wrapped(page) <= wraps)) break;
    }
    size(page, step);
    growFigures(page);
    section.dataset.fit = Math.min(1, SIZES[step][0] / SIZES[USUAL][0]);
  }
  function layOut(section) {
    const page = section.querySelector(".page"), body = page.querySelector(".body"), parts = [...body.children];
    section.dataset.fit = 1;
    growFigures(page);
    if (section.dataset.kind === "title") {
      if (smallest(page) < LABELS) page.classList.add("wide");
      growFigures(page);
      return;
    }
    if (page.querySelector(".figure")) {
      if (layOutFigure(page)) return;
      if (moveCodeToNotes(section) && layOutFigure(page)) return;
    } else if (section.dataset.kind === "exercise" && excess(page) > 0) {
      split(page, { share: "1fr 1fr" });
      if (excess(page) <= 0) return;
      body.replaceChildren(...parts);
    }
    layOutText(section, page);
  }
  function layOutAll() {
    const sections = [...document.querySelectorAll(".slides section[data-kind]")];
    root.classList.add("measuring");
    for (const section of sections) {
      const folds = section.querySelectorAll("details");
      for (const fold of folds) fold.open = true; // what is unfolded later has to fit as well
      layOut(section);
      for (const fold of folds) fold.open = false;
    }
    root.classList.remove("measuring");
  }
  /* A handout shows no answers, unless it is asked to: ?print-pdf&solutions */
  function prepareForPrint() {
    for (const section of document.querySelectorAll('section[data-kind="solution"]')) {
      if (!query.has("solutions")) section.remove();
    }
    // while a browser prints without a window it draws no frames, and reveal.js would wait for one
    window.requestAnimationFrame = (call) => setTimeout(() => call(performance.now()), 16);
  }
  async function start() {
    await document.fonts.ready;
    if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go)); // pictures have sizes
    layOutAll();
    if (printing) prepareForPrint();
    /* An answer lies below the card of its exercise: only the arrow down leads there, not Space and not a clicker. */
    const onward = (event) => (event && event.shiftKey ? Reveal.left() : Reveal.right());
    const back = () => Reveal.left();
    const number = (slide) => [Reveal.getIndices(slide).h + 1, "/", Reveal.getHorizontalSlides().length];
    await Reveal.initialize({ width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none",
      keyboard: { 32: onward, 34: onward, 78: onward, 33: back, 80: back }, controlsTutorial: false,
      slideNumber: number, pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1, plugins: [RevealNotes] });
    Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" },
      () => theme(root.dataset.theme === "dark" ? "light" : "dark"));
    Reveal.addKeyBinding({ keyCode: 85, key: "U", description: "Unfold the hint, or fold it" }, () => {
      for (const fold of Reveal.getCurrentSlide().querySelectorAll("details")) fold.open = !fold.open;
    });
    root.dataset.ready = "yes";
  }
  firstTheme();
  if (window.MathJax && MathJax.startup && MathJax.startup.promise) MathJax.startup.promise.then(start);
  else start();
})();
