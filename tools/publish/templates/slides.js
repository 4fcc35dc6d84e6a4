/* Set the formulas, lay every slide out, start reveal.js. `data-fit` on a slide tells how far its text was shrunk. */
(function () {
  /* Sizes of text and code in px: a slide takes the first that fits. The fifth is the usual one. */
  const SIZES = [[32, 23], [29, 21], [32, 19], [29, 19], [26, 19], [25, 18.5], [24, 18], [23, 18]], USUAL = 4;
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
  /* Draw each figure as large as its place allows, at most twice its size in the notebook. */
  function growFigures(page) {
    for (const figure of page.querySelectorAll(".figure")) {
      const img = figure.querySelector("img");
      const width = img.getAttribute("width"), height = img.getAttribute("height");
      img.style.width = img.style.height = "0";
      const place = figure.getBoundingClientRect();
      const scale = Math.min(2, (place.width - 16) / width, (place.height - 16) / height);
      img.style.width = scale * width + 16 + "px";
      img.style.height = scale * height + 16 + "px";
      figure.dataset.scale = scale.toFixed(2);
    }
  }
  function size(page, step) {
    page.style.setProperty("--text", SIZES[step][0] + "px");
    page.style.setProperty("--code", SIZES[step][1] + "px");
  }
  /* How many lines of code and of output go on in another line. */
  function wrapped(page) {
    let count = 0;
    for (const line of page.querySelectorAll("pre .line")) count += line.getBoundingClientRect().height > 45;
    for (const output of page.querySelectorAll("pre.output")) {
      const lines = output.textContent.trimEnd().split("\n").length;
      count += output.getBoundingClientRect().height > 1.4 * parseFloat(getComputedStyle(output).fontSize) * (lines + 0.8) + 16;
    }
    return count;
  }
  /* Whether a column is so narrow that a line of code falls into more than two pieces. */
  function crumbles(page) {
    const row = 1.36 * parseFloat(getComputedStyle(page).getPropertyValue("--code"));
    return [...page.querySelectorAll("pre .line")].some((line) => line.getBoundingClientRect().height > 2.5 * row);
  }
  const smallest = (page) => Math.min(9, ...[...page.querySelectorAll(".figure")].map((f) => +f.dataset.scale));
  function split(page, share) {
    const body = page.querySelector(".body"), columns = document.createElement("div");
    columns.className = "columns";
    columns.style.gridTemplateColumns = share.replace(/\d+fr/g, "minmax(0, $&)");
    columns.append(document.createElement("div"), document.createElement("div"));
    const right = page.querySelector(".figure") ? ".figure" : ".cell, .hint";
    for (const part of [...body.children]) columns.children[part.matches(right) ? 1 : 0].append(part);
    body.append(columns);
  }
  function layOut(section) {
    const page = section.querySelector(".page"), body = page.querySelector(".body");
    section.dataset.fit = 1;
    growFigures(page);
    if (section.dataset.kind === "title") {
      if (smallest(page) < 1.36) page.classList.add("wide");
      growFigures(page);
      return;
    }
    const parts = [...body.children], figures = page.querySelectorAll(".figure").length;
    const stacked = { over: excess(page), scale: smallest(page) };
    if (figures === 1 && parts.length > 1 && stacked.scale < 2) {
      let best = { share: null, scale: stacked.over > 0 ? 0 : stacked.scale };
      for (const share of ["1fr 1fr", "3fr 2fr", "2fr 1fr", "1fr 2fr", "2fr 7fr"]) {
        split(page, share);
        growFigures(page);
        if (excess(page) <= 0 && !crumbles(page) && smallest(page) > best.scale + 0.05) best = { share, scale: smallest(page) };
        body.replaceChildren(...parts);
      }
      if (best.share) split(page, best.share);
      growFigures(page);
      if (best.share) return;
    } else if (section.dataset.kind === "exercise" && stacked.over > 0) {
      split(page, "1fr 1fr");
      if (excess(page) <= 0) return;
      body.replaceChildren(...parts);
    }
    size(page, USUAL);
    const wraps = wrapped(page);
    let step = figures ? USUAL : 0;
    for (; step < SIZES.length; step++) {
      size(page, step);
      growFigures(page);
      if (excess(page) <= (step < USUAL ? -20 : 0) && (step >= USUAL || wrapped(page) <= wraps)) break;
    }
    section.dataset.fit = Math.min(1, SIZES[Math.min(step, SIZES.length - 1)][0] / SIZES[USUAL][0]);
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
      else section.querySelector("details").open = true;
    }
    // while a browser prints without a window it draws no frames, and reveal.js would wait for one
    window.requestAnimationFrame = (call) => setTimeout(() => call(performance.now()), 16);
  }
  async function start() {
    await document.fonts.ready;
    layOutAll();
    if (printing) prepareForPrint();
    await Reveal.initialize({ width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none",
      navigationMode: "linear", slideNumber: "c/t", pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1,
      plugins: [RevealNotes] });
    Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" },
      () => theme(root.dataset.theme === "dark" ? "light" : "dark"));
    Reveal.addKeyBinding({ keyCode: 85, key: "U", description: "Unfold the hint or the answer, or fold it" }, () => {
      for (const fold of Reveal.getCurrentSlide().querySelectorAll("details")) fold.open = !fold.open;
    });
    root.dataset.ready = "yes";
  }
  firstTheme();
  if (window.MathJax && MathJax.startup && MathJax.startup.promise) MathJax.startup.promise.then(start);
  else start();
})();
