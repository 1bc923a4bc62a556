// A seal that was missed is drawn, the box of one is moved, and what is none is said to be none: by pointer or by keyboard.
import { call, isWriting } from "./call.js";
import { ask } from "./ask.js";
import { paper, show, shown } from "./viewer.js";
import { t, tell } from "./words.js";

const id = document.querySelector("[data-document]").dataset.document;
const draw = document.getElementById("draw");
// What is drawn now: its kind, what it is about, and its box in page pixels.
let drawing = null;

const band = () => shown()?.querySelector(".band");
const put = () => {
  const rect = band();
  if (!rect) return;
  rect.toggleAttribute("hidden", !drawing);
  if (!drawing) return;
  ["x", "y", "width", "height"].forEach((name, index) => rect.setAttribute(name, drawing.box[index]));
};

// The box, on the page and no smaller than a slip of the hand.
const settle = ([x, y, width, height]) => {
  const [most, lowest] = paper().size;
  const whole = (value, low, high) => Math.round(Math.max(low, Math.min(value, high)));
  const left = whole(Math.min(x, x + width), 0, most - 24);
  const top = whole(Math.min(y, y + height), 0, lowest - 24);
  return [left, top, whole(Math.abs(width), 24, most - left), whole(Math.abs(height), 24, lowest - top)];
};

const stop = () => {
  const own = paper();
  if (own) own.isHeld = false;
  drawing = null;
  for (const svg of document.querySelectorAll(".paper")) svg.classList.remove("drawing");
  for (const rect of document.querySelectorAll(".band")) rect.setAttribute("hidden", "");
  draw?.setAttribute("aria-pressed", "false");
};

const begin = (kind, impression, box) => {
  const own = paper();
  if (!own) return;
  const [x, y, width, height] = own.box;
  const side = Math.min(width, height) / 3;
  drawing = { kind, impression, box: settle(box ?? [x + (width - side) / 2, y + (height - side) / 2, side, side]) };
  own.isHeld = true;
  own.svg.classList.add("drawing");
  own.svg.focus({ preventScroll: true });
  if (kind === "missed") draw?.setAttribute("aria-pressed", "true");
  put();
  tell(t("app.draw_hint"));
};

const keep = async (kind, impression, box, page) => {
  const note = await ask(t("app.reason_missing"));
  if (note === null) return stop();
  tell(t("app.computing"));
  try {
    await call("POST", `/api/v1/documents/${id}/tracings`, { kind, impression, bbox_px: box, page, note });
    location.reload();
  } catch (error) {
    tell(error.message);
  }
};
const done = () => drawing && keep(drawing.kind, drawing.impression, drawing.box, Number(shown().dataset.sheet));

draw?.addEventListener("click", () => (drawing ? stop() : begin("missed", null)));

const boxOf = (number) => {
  const seal = document.querySelector(`.seal[data-seal="${number}"]`);
  const rect = seal?.querySelector("rect");
  if (!rect) return null;
  const page = Number(seal.closest(".sheet").dataset.sheet);
  return { page, box: ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name))) };
};
for (const button of document.querySelectorAll("[data-trace]")) {
  button.addEventListener("click", () => {
    const about = Number(button.dataset.about);
    const place = boxOf(about);
    if (!place) return;
    if (button.dataset.trace === "false") return keep("false", about, place.box, place.page);
    show(place.page);
    begin("moved", about, place.box);
  });
}
for (const button of document.querySelectorAll("[data-untrace]")) {
  button.addEventListener("click", async () => {
    try {
      await call("DELETE", `/api/v1/documents/${id}/tracings/${button.dataset.untrace}`);
      location.reload();
    } catch (error) {
      tell(error.message);
    }
  });
}

// By pointer: from corner to corner, and then it is asked about.
let corner = null;
for (const svg of document.querySelectorAll(".paper")) {
  svg.addEventListener("pointerdown", (event) => {
    if (!drawing) return;
    event.preventDefault();
    corner = paper().place(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drawing || !corner) return;
    const now = paper().place(event);
    drawing.box = settle([corner.x, corner.y, now.x - corner.x, now.y - corner.y]);
    put();
  });
  svg.addEventListener("pointerup", () => {
    if (!drawing || !corner) return;
    corner = null;
    if (drawing.box[2] > 30) done();
  });
  svg.addEventListener("click", (event) => { if (drawing) event.preventDefault(); }, { capture: true });
}

// By keyboard: arrows move the box, with the shift key they change its size; Enter keeps it, Escape leaves it.
const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
addEventListener("keydown", (event) => {
  if (isWriting(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "e" && !drawing) draw?.click();
  else if (!drawing) return;
  else if (event.key === "Escape") stop();
  else if (event.key === "Enter") done();
  else if (moves[event.key]) {
    const step = Math.max(4, Math.round(paper().scale() * 8));
    const [dx, dy] = moves[event.key].map((one) => one * step);
    const [x, y, width, height] = drawing.box;
    drawing.box = settle(event.shiftKey ? [x, y, Math.max(24, width + dx), Math.max(24, height + dy)] : [x + dx, y + dy, width, height]);
    put();
  } else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
