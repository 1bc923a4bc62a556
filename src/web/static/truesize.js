// True size: how many pixels of the page a millimetre of this screen takes. No page can know it; whoever looks holds a card
// against the screen once.
const KEY = "antin.pixels-per-millimetre";
const USUAL = 96 / 25.4;
// The long side of a bank card, ISO/IEC 7810 ID-1.
const CARD_MM = 85.6;

export const pixelsPerMillimetre = () => {
  const kept = Number(localStorage.getItem(KEY));
  return kept > 1 && kept < 40 ? kept : USUAL;
};

export const calibrate = (place, changed) => {
  if (!place) return;
  const card = place.querySelector(".card-bar");
  const slide = place.querySelector("input");
  const show = () => { card.style.width = `${slide.value}px`; };
  place.addEventListener("toggle", () => {
    slide.value = Math.round(pixelsPerMillimetre() * CARD_MM * 2) / 2;
    show();
  });
  slide.addEventListener("input", () => {
    show();
    localStorage.setItem(KEY, Number(slide.value) / CARD_MM);
    changed();
  });
};
