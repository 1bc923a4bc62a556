// The texts that scripts show, in the reader's language: the page brings them.
const own = JSON.parse(document.querySelector("meta[name=words]").content);

export const t = (key) => own[key] ?? key;
// A text that there may not be.
export const known = (key) => own[key];

let clearing;

// Tells the reader something, for a while.
export const tell = (text) => {
  const told = document.getElementById("told");
  told.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => { told.textContent = ""; }, 6000);
};
