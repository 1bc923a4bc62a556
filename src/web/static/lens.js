// A lens on every frame at once: what it shows in one, it shows at the same place of the others.
const SIZE = 190;
const POWER = 3;

export const lens = (stage, button) => {
  let side = 1;
  let shift = [0, 0];
  // Where it stands on the pictures, from their middle, in shares of their side.
  let at = [0, 0];
  const own = { isOn: false };

  const draw = () => {
    for (const frame of stage.querySelectorAll(".frame")) {
      const glass = frame.querySelector(".lens");
      if (!glass) continue;
      const { width, height } = frame.getBoundingClientRect();
      const [x, y] = [width / 2 + shift[0] + at[0] * side, height / 2 + shift[1] + at[1] * side];
      glass.style.transform = `translate(${x - SIZE / 2}px, ${y - SIZE / 2}px)`;
      for (const image of glass.querySelectorAll("img")) {
        image.style.width = image.style.height = `${side * POWER}px`;
        image.style.transform = `translate(${SIZE / 2 - (at[0] + 0.5) * side * POWER}px, ${SIZE / 2 - (at[1] + 0.5) * side * POWER}px)`;
      }
    }
  };

  own.lay = (newSide, newShift) => { side = newSide; shift = newShift; draw(); };
  own.move = ([dx, dy]) => { at = [at[0] + dx / 6 / side, at[1] + dy / 6 / side]; draw(); };
  own.put = () => {
    for (const glass of stage.querySelectorAll(".lens")) glass.remove();
    if (!own.isOn) return;
    for (const frame of stage.querySelectorAll(".frame")) {
      const glass = document.createElement("div");
      glass.className = "lens";
      // The finest picture there is: the browser has it already, or fetches it once.
      for (const image of frame.querySelectorAll(":scope > img")) {
        const finest = document.createElement("img");
        finest.alt = "";
        finest.src = image.src.replace(/side=\d+/, "side=1440");
        finest.style.visibility = image.style.visibility;
        finest.style.clipPath = image.style.clipPath;
        glass.append(finest);
      }
      frame.append(glass);
    }
    draw();
  };

  stage.addEventListener("pointermove", (event) => {
    if (!own.isOn || event.buttons > 0) return;
    const frame = event.target.closest(".frame");
    if (!frame) return;
    const box = frame.getBoundingClientRect();
    at = [(event.clientX - box.left - box.width / 2 - shift[0]) / side, (event.clientY - box.top - box.height / 2 - shift[1]) / side];
    draw();
  });
  button?.addEventListener("click", () => {
    own.isOn = !own.isOn;
    button.setAttribute("aria-pressed", own.isOn);
    own.put();
  });
  return own;
};
