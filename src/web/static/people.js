// People, their tokens and passwords, and the chain of the log. What is shown once is shown until the page is left.
import { call } from "./call.js";
import { t, tell } from "./words.js";

const on = (id, event, work) => document.getElementById(id)?.addEventListener(event, async (told) => {
  told.preventDefault();
  try {
    await work(told.target);
  } catch (error) {
    tell(error.message);
  }
});
const values = (form) => Object.fromEntries(new FormData(form));
const once = (text) => {
  const made = document.getElementById("made");
  made.hidden = false;
  const field = made.querySelector("input");
  field.value = text;
  field.focus();
  field.select();
};
const linked = (invited) => once(location.origin + invited.link);

on("add-person", "submit", async (form) => {
  const { office, ...person } = values(form);
  linked(await call("POST", "/api/v1/people", { ...person, office: office.trim() || null }));
  form.reset();
});
on("make-token", "submit", async (form) => {
  const { name, days } = values(form);
  once((await call("POST", "/api/v1/tokens", { name, days: Number(days) })).token);
});
on("own-password", "submit", async (form) => {
  const { old, password, again } = values(form);
  if (password !== again) throw new Error(t("app.passwords_differ"));
  await call("PUT", "/api/v1/session/password", { old, new: password });
  form.reset();
  tell(t("app.saved"));
});
on("check-chain", "click", async () => {
  const place = document.getElementById("chain");
  const { whole, head, because } = await call("POST", "/api/v1/audit/check", {});
  place.textContent = whole ? `✓ ${head}` : `✗ ${t(`app.chain.${because.code}`).replaceAll(/\{(\w+)\}/g, (_, name) => because.values[name])}`;
});

// A person is changed as they were when they were read.
const change = async (login, body) => {
  const address = `/api/v1/people/${encodeURIComponent(login)}`;
  const response = await fetch(address, { headers: { accept: "application/json" } });
  await call("PATCH", address, body, { "if-match": response.headers.get("etag") });
};
for (const row of document.querySelectorAll("[data-login]")) {
  const { login } = row.dataset;
  const work = (own) => async (event) => {
    try {
      await own(event.target);
    } catch (error) {
      tell(error.message);
    }
  };
  row.querySelector("[data-link]")?.addEventListener("click", work(async () => linked(await call("POST", `/api/v1/people/${encodeURIComponent(login)}/link`))));
  row.querySelector("[data-disable]")?.addEventListener("click", work(async (button) => {
    await change(login, { disabled: button.dataset.disable === "true" });
    location.reload();
  }));
  row.querySelector("[data-role]")?.addEventListener("change", work(async (select) => {
    await change(login, { role: select.value });
    tell(t("app.saved"));
  }));
}
for (const button of document.querySelectorAll("[data-revoke]")) {
  button.addEventListener("click", async () => {
    try {
      await call("DELETE", `/api/v1/tokens/${button.dataset.revoke}`);
      location.reload();
    } catch (error) {
      tell(error.message);
    }
  });
}
