// Uploads: three at a time, each with its progress, what failed and why; and how their job goes.
import { call, csrf, refusal } from "./call.js";
import { t, tell } from "./words.js";

const AT_ONCE = 3;
const queue = document.getElementById("queue");
const list = document.getElementById("uploads");
const waiting = [];
const all = [];
let running = 0;
let delayed = 0;
let job = null;

// The browser takes a lost connection up again by itself, unless it was answered with a refusal: then it is asked for anew.
const AGAIN_MS = 5000;

const SETTLED = ["done", "failed", "cancelled"];

// What became of each file that was examined, beside it.
const told = (item) => {
  if (item.state === "failed") return t("app.queue.not_examined");
  if (item.outcome === "unreadable") return t("app.queue.unreadable");
  return `${t("app.queue.examined")}: ${item.pages}`;
};
const mark = (own) => {
  for (const upload of all) {
    const item = upload.job === own && !upload.row.dataset.examined && own.found.get(upload.document);
    if (!item) continue;
    if (SETTLED.includes(item.state)) upload.row.dataset.examined = item.outcome ?? item.state;
    upload.row.querySelector(".state").textContent = `${upload.text} · ${told(item)}`;
  }
};
const results = async (own) => {
  if (own.isAsking) return;
  own.isAsking = true;
  try {
    for (;;) {
      const { items, next } = await call("GET", `/api/v1/jobs/${own.id}/items${own.seen ? `?cursor=${own.seen}` : ""}`);
      const open = items.findIndex((item) => !SETTLED.includes(item.state));
      for (const item of open < 0 ? items : items.slice(0, open)) own.seen = item.position;
      for (const item of items) {
        const isUnderWay = item.state === "working" && item.pages > 0;
        if (item.document && (isUnderWay || item.state === "done" || item.state === "failed")) own.found.set(item.document, item);
      }
      mark(own);
      if (open >= 0 || !next) return;
    }
  } catch { /* The next progress asks again. */ } finally {
    own.isAsking = false;
  }
};

// How a job goes, told by the service.
const follow = (own) => {
  const { line, id } = own;
  const events = new EventSource(`/api/v1/jobs/${id}/events`);
  const lost = line.querySelector("[data-lost]");
  let isOver = false;
  own.isFollowed = true;
  events.addEventListener("progress", (event) => {
    const { progress, over, state } = JSON.parse(event.data);
    const bar = line.querySelector("progress");
    isOver = over;
    lost.textContent = "";
    bar.max = Math.max(progress.items, 1);
    bar.value = progress.done + progress.failed + progress.cancelled;
    for (const name of ["done", "items", "failed", "pages"]) line.querySelector(`[data-${name}]`).textContent = progress[name];
    line.querySelector("[data-more]").textContent = progress.items > 1 ? `+${progress.items - 1}` : "";
    if (own.found) results(own);
    // What is added to a job that was cancelled is refused: the next files begin another.
    if (own === job && state === "cancelled") job = null;
    // While files are still sent, the job goes on.
    if (over && running + waiting.length + delayed === 0) {
      events.close();
      own.isFollowed = false;
      tell(t("app.job.over"));
      // Its own page lists what failed.
      if (location.pathname === `/jobs/${id}`) location.reload();
    }
  });
  events.addEventListener("error", () => {
    // The service ends what it tells when nothing is left to do; the job may go on by what is sent then.
    if (!isOver) lost.textContent = t("app.job.lost");
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(() => follow(own), AGAIN_MS);
  });
};
for (const line of document.querySelectorAll("[data-job]:not([data-over])")) follow({ line, id: line.dataset.job });

const begin = async (name) => {
  const field = (id) => document.getElementById(id);
  const terms = { seal: field("seal").value.trim() || null, dated: field("dated").value || null, expect_seal: field("expect").checked };
  const made = await call("POST", "/api/v1/jobs", { name, terms });
  const line = field("job-line").content.firstElementChild.cloneNode(true);
  const link = line.querySelector("a");
  link.textContent = `${t("app.job.progress")}: ${made.name}`;
  link.href = `/jobs/${made.id}`;
  field("current").replaceChildren(line);
  return { id: made.id, line, found: new Map() };
};

// The job of what is handed in now: begun once, however many files wait for it.
let beginning = null;
const current = async (name) => {
  if (job) return job;
  beginning ??= begin(name).finally(() => { beginning = null; });
  job = await beginning;
  return job;
};

const say = (upload, state, text) => {
  upload.state = state;
  upload.text = text;
  upload.row.className = state;
  upload.row.querySelector(".state").textContent = text;
  upload.row.querySelector("button").hidden = state !== "failed";
};

const sum = () => {
  const of = (state) => all.filter((upload) => upload.state === state).length;
  const failed = of("failed");
  document.getElementById("sum").textContent = `${of("received") + of("known")} / ${failed} / ${all.length} (${t("app.queue.sum")})`;
  document.getElementById("retry-all").hidden = failed === 0;
};

const send = (upload) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  const bar = upload.row.querySelector("progress");
  const query = new URLSearchParams({ name: upload.name, job: upload.job.id });
  request.open("POST", `/api/v1/documents?${query}`);
  request.setRequestHeader("x-csrf-token", csrf());
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("idempotency-key", upload.key);
  request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  const fail = (text) => { bar.value = 0; say(upload, "failed", `${t("app.queue.failed")}: ${text}`); resolve(); };
  request.onerror = () => fail(t("app.no_answer"));
  request.onload = () => {
    if (request.status === 429) {
      const seconds = Number(request.getResponseHeader("retry-after")) || 2;
      say(upload, "waiting", t("app.queue.waiting"));
      delayed += 1;
      setTimeout(() => { delayed -= 1; waiting.push(upload); work(); }, seconds * 1000);
      return resolve();
    }
    if (request.status === 409 && upload.job === job) job = null;
    if (request.status >= 300) return fail(refusal(request.status, request.responseText).message);
    const answer = JSON.parse(request.responseText);
    bar.value = 1;
    upload.document = answer.document;
    say(upload, answer.new ? "received" : "known", t(answer.new ? "app.queue.received" : "app.queue.known"));
    if (answer.document) {
      const link = document.createElement("a");
      link.href = `/documents/${answer.document}`;
      link.textContent = upload.name;
      upload.row.querySelector(".name").replaceChildren(link);
    }
    mark(upload.job);
    resolve();
  };
  say(upload, "sending", t("app.queue.sending"));
  request.send(upload.file);
});

const work = () => {
  while (running < AT_ONCE && waiting.length > 0) {
    const upload = waiting.shift();
    running += 1;
    send(upload).then(() => {
      running -= 1;
      // What was over goes on with what is sent now.
      if (!upload.job.isFollowed) follow(upload.job);
      sum();
      work();
    });
  }
};

const add = async (files) => {
  if (files.length === 0) return;
  queue.hidden = false;
  const template = document.getElementById("upload");
  const rows = document.createDocumentFragment();
  const added = files.map(({ file, name }) => {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector(".name").textContent = name;
    row.querySelector(".name").title = name;
    rows.append(row);
    const upload = { file, name, row, state: "waiting", key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
    row.querySelector("button").addEventListener("click", () => retry(upload));
    say(upload, "waiting", t("app.queue.waiting"));
    return upload;
  });
  list.append(rows);
  all.push(...added);
  sum();
  try {
    const own = await current(files[0].name);
    for (const upload of added) upload.job = own;
  } catch (error) {
    for (const upload of added) say(upload, "failed", error.message);
    return sum();
  }
  for (const upload of added) {
    if (upload.file.size === 0) say(upload, "failed", t("app.queue.empty_file"));
    else waiting.push(upload);
  }
  sum();
  work();
};

const retry = async (upload) => {
  if (upload.file.size === 0) return;
  say(upload, "waiting", t("app.queue.waiting"));
  try {
    upload.job = await current(upload.name);
  } catch (error) {
    return say(upload, "failed", error.message);
  }
  waiting.push(upload);
  work();
};

// Files of a folder that was dropped, with the names of the folders that they stand in.
const within = async (entry, path = "") => {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, name: path + file.name }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const inner of some) if (!inner.name.startsWith(".")) found.push(...await within(inner, `${path}${entry.name}/`));
  }
};

// Of a folder, what its owner's system hides is left out.
const isHidden = (file) => Boolean(file.webkitRelativePath) && file.name.startsWith(".");
const plain = (files) => [...files].filter((file) => !isHidden(file)).map((file) => ({ file, name: file.webkitRelativePath || file.name }));

const drop = document.getElementById("drop");
if (drop) {
  for (const id of ["files", "folder", "camera"]) {
    const input = document.getElementById(id);
    input.addEventListener("change", () => { add(plain(input.files)); input.value = ""; });
  }
  addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.length === 0) return add(plain(event.dataTransfer.files));
    try {
      const found = await Promise.all(entries.map((entry) => within(entry)));
      add(found.flat());
    } catch (error) {
      tell(error.message);
    }
  });
  addEventListener("paste", (event) => { if (event.clipboardData.files.length > 0) add(plain(event.clipboardData.files)); });
  document.getElementById("retry-all").addEventListener("click", () => {
    for (const upload of all) if (upload.state === "failed") retry(upload);
  });
  addEventListener("beforeunload", (event) => { if (running + waiting.length + delayed > 0) event.preventDefault(); });
}

for (const button of document.querySelectorAll("[data-order]")) {
  button.addEventListener("click", async () => {
    const id = document.querySelector("[data-job]").dataset.job;
    try {
      await call("POST", `/api/v1/jobs/${id}/orders`, { order: button.dataset.order });
      location.reload();
    } catch (error) {
      tell(error.message);
    }
  });
}
