// Signing in, and choosing a password by a link whose secret no server sees in an address.
import { call } from "./call.js";
import { t } from "./words.js";

const failed = (form, text) => {
  const error = form.querySelector(".error");
  error.textContent = text;
  error.hidden = false;
};

const busy = async (form, work) => {
  const button = form.querySelector("button");
  button.disabled = true;
  form.querySelector(".error").hidden = true;
  try {
    await work();
  } catch (error) {
    failed(form, error.message);
  } finally {
    button.disabled = false;
  }
};

const signIn = document.getElementById("sign-in");
signIn?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { login, password } = Object.fromEntries(new FormData(signIn));
  busy(signIn, async () => {
    await call("POST", "/api/v1/session", { login, password });
    location.assign(signIn.dataset.back);
  });
});

const welcome = document.getElementById("welcome");
if (welcome) {
  const link = location.hash.slice(1);
  const show = (purpose) => {
    for (const part of welcome.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").includes(purpose);
      for (const input of part.querySelectorAll("input")) input.required = !part.hidden;
    }
  };
  let purpose;
  call("POST", "/api/v1/session/link", { link }).then(
    (about) => {
      purpose = about.purpose;
      document.getElementById("whose").textContent = about.login ?? "";
      show(purpose);
      welcome.querySelector("[data-for]:not([hidden]) input")?.focus();
    },
    (error) => failed(welcome, error.status === 404 ? t("app.link_bad") : error.message),
  );
  welcome.addEventListener("submit", (event) => {
    event.preventDefault();
    const { name, login, password, again } = Object.fromEntries(new FormData(welcome));
    if (password !== again) return failed(welcome, t("app.passwords_differ"));
    const first = purpose === "first_administrator" ? { name, login } : {};
    busy(welcome, async () => {
      await call("POST", "/api/v1/session/welcome", { link, password, ...first });
      location.assign("/sign-in");
    });
  });
}
