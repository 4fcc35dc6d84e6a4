// A place to draw a digit, and ten bars that show what a network reads: the page's half of helper.draw_digit.
// The drawing goes to Python as a picture; the confidences come back. Works with mouse, pen and touch.

const SIZE = 280; // pixels of the place to draw
const PEN = 22; // width of the pen: thick enough for a picture that is made 14 times smaller
const PAUSE = 80; // milliseconds between two pictures that are sent while somebody draws

const STYLE = `
.digit-pad { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; font: 14px system-ui, sans-serif;
  color: #222; background: #fff; padding: 12px; border: 1px solid #bbb; border-radius: 6px; width: fit-content; }
.digit-pad canvas.draw { background: #000; border-radius: 4px; touch-action: none; cursor: crosshair; }
.digit-pad img { width: 84px; height: 84px; image-rendering: pixelated; background: #000; display: block; }
.digit-pad button { font: inherit; padding: 4px 14px; margin-top: 8px; }
.digit-pad .bar { display: grid; grid-template-columns: 1.2em 180px 3.5em; gap: 8px; align-items: center; height: 21px; }
.digit-pad .track { background: #e8e8e8; height: 14px; }
.digit-pad .fill { background: #0072B2; height: 100%; width: 0; }
.digit-pad .bar.best .fill { background: #D55E00; }
.digit-pad .bar.best { font-weight: bold; }
`;

function element(kind, parent, settings = {}) {
  const made = Object.assign(document.createElement(kind), settings);
  parent.append(made);
  return made;
}

function render({ model, el }) {
  element("style", el, { textContent: STYLE });
  const pad = element("div", el, { className: "digit-pad" });

  const left = element("div", pad);
  const canvas = element("canvas", left, { className: "draw", width: SIZE, height: SIZE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Draw a digit here with the mouse, a pen or a finger");
  const clear = element("button", element("div", left), { type: "button", textContent: "Clear" });

  const right = element("div", pad);
  const said = element("div", right, { className: "said" });
  said.setAttribute("aria-live", "polite");
  const bars = [...Array(10).keys()].map((digit) => {
    const bar = element("div", right, { className: "bar" });
    element("span", bar, { textContent: String(digit) });
    const fill = element("div", element("div", bar, { className: "track" }), { className: "fill" });
    return { bar, fill, number: element("span", bar) };
  });

  const far = element("div", pad);
  element("div", far, { textContent: "What the network sees" });
  const seen = element("img", far, { alt: "The drawing, scaled and centered as the digits of MNIST are" });

  const pen = canvas.getContext("2d");
  Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });

  let at = null; // where the pen is while it touches
  let waiting = null;

  function send() {
    waiting = null;
    model.set("drawing", canvas.toDataURL("image/png"));
    model.save_changes();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
  }

  function draw(event) {
    const next = place(event);
    pen.beginPath();
    pen.moveTo(...at);
    pen.lineTo(...next);
    pen.stroke();
    at = next;
    waiting ??= setTimeout(send, PAUSE);
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    at = place(event);
    draw(event); // a dot
  });
  canvas.addEventListener("pointermove", (event) => {
    if (at) draw(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      at = null;
    });
  }

  clear.addEventListener("click", () => {
    pen.clearRect(0, 0, SIZE, SIZE);
    clearTimeout(waiting);
    waiting = null;
    model.set("drawing", "");
    model.save_changes();
  });

  function show() {
    const confidence = model.get("confidence");
    const best = confidence.indexOf(Math.max(...confidence));
    bars.forEach(({ bar, fill, number }, digit) => {
      const share = confidence[digit] ?? 0;
      fill.style.width = `${100 * share}%`;
      number.textContent = confidence.length ? `${Math.round(100 * share)}%` : "";
      bar.classList.toggle("best", digit === best);
    });
    const found = confidence.length ? `Prediction: ${best} (${Math.round(100 * confidence[best])}%)` : "Draw a digit.";
    said.textContent = model.get("problem") || found;
    seen.src = model.get("picture");
  }

  model.on("change", show);
  show();
}

export default { render };
