// Asks for a text in a dialog of the page; null where whoever was asked closed it.
import { t } from "./words.js";

export const ask = (question) => new Promise((resolve) => {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  form.method = "dialog";
  const label = document.createElement("label");
  const text = document.createElement("textarea");
  label.append(question, text);
  text.required = true;
  text.maxLength = 2000;
  const row = document.createElement("p");
  row.className = "row";
  const button = (words, value, isMain) => {
    const made = document.createElement("button");
    made.textContent = words;
    made.value = value;
    if (isMain) made.className = "main";
    else made.formNoValidate = true;
    row.append(made);
  };
  button(t("app.go_on"), "yes", true);
  button(t("app.close"), "no", false);
  form.append(label, row);
  dialog.append(form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes" ? text.value.trim() : null);
  });
  document.body.append(dialog);
  dialog.showModal();
});
