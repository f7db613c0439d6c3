// Keeps what an editor types, and the files they chose, in this browser until the site has saved it.
// Before a save it asks whether the site still knows the editor: a form posted with an expired
// session would be lost on the way to the sign-in page.

const KEPT_FOR_MS = 14 * 24 * 60 * 60 * 1000;
const EVERY_MS = 1000;
const SUBMITTED = "blog-submitted-draft";

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("blog-drafts", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts");
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const inStore = async (mode, action) => {
  const transaction = (await opened).transaction("drafts", mode);
  const request = action(transaction.objectStore("drafts"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
};
const read = (key) => inStore("readonly", (drafts) => drafts.get(key));
const write = (key, draft) => inStore("readwrite", (drafts) => drafts.put(draft, key));
const forget = (key) => inStore("readwrite", (drafts) => drafts.delete(key));

// The page that answers a save says so; only then is the draft no longer needed.
const submitted = sessionStorage.getItem(SUBMITTED);
sessionStorage.removeItem(SUBMITTED);
if (submitted && document.querySelector(".messagelist .success")) await forget(submitted);

const form = document.getElementById("post_form");
const says = document.querySelector("[data-kept-draft]");
if (form && says) await keep(form, says);

async function keep(form, says) {
  const key = `${says.dataset.keptDraft} ${location.pathname}`;
  const part = (name) => says.querySelector(`[data-${name}]`);

  const snapshot = () => {
    const fields = [];
    const files = [];
    for (const [name, value] of new FormData(form)) {
      if (name === "csrfmiddlewaretoken" || name.includes("__prefix__")) continue;
      if (!(value instanceof File)) fields.push([name, value]);
      else if (value.size) files.push([name, value]);
    }
    return { fields, files };
  };
  const digest = ({ fields, files }) =>
    JSON.stringify([fields, files.map(([name, file]) => [name, file.name, file.size])]);

  const kept = await read(key);
  const wasSentBack = form.querySelector(".errornote:not([hidden]), .errorlist");
  if (kept && Date.now() - kept.at > KEPT_FOR_MS) await forget(key);
  else if (kept && wasSentBack) putFilesBack(form, kept.files);
  else if (kept) offer(kept);

  // Scripts fill in fields while the page loads; what counts begins with the editor's first touch.
  let last = null;
  for (const touch of ["keydown", "pointerdown"]) {
    form.addEventListener(touch, () => (last ??= digest(snapshot())), true);
  }
  for (const change of ["input", "change"]) {
    form.addEventListener(change, (event) => event.target.name && (last ??= ""), true);
  }
  const remember = async () => {
    if (last === null) return;
    const now = snapshot();
    const current = digest(now);
    if (current === last) return;
    last = current;
    await write(key, { ...now, at: Date.now() });
  };
  // The editors of rich text change their fields without an event of the form.
  setInterval(remember, EVERY_MS);
  document.addEventListener("visibilitychange", remember);

  function offer(kept) {
    part("kept").hidden = false;
    says.querySelector("time").textContent = new Date(kept.at).toLocaleString(
      document.documentElement.lang,
    );
    part("discard").addEventListener("click", async () => {
      await forget(key);
      part("kept").hidden = true;
    });
    // The site shows the form again with what was typed, as it does after a mistake.
    part("bring-back").addEventListener("click", () => {
      const again = document.createElement("form");
      again.method = "post";
      again.enctype = "multipart/form-data";
      const token = form.elements.csrfmiddlewaretoken.value;
      for (const [name, value] of [...kept.fields, ["csrfmiddlewaretoken", token], ["_bring_back", "1"]]) {
        const field = document.createElement("textarea");
        field.name = name;
        field.value = value;
        again.append(field);
      }
      again.hidden = true;
      document.body.append(again);
      again.submit();
    });
  }

  let isChecked = false;
  form.addEventListener("submit", async (event) => {
    if (isChecked) {
      sessionStorage.setItem(SUBMITTED, key);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    part("signed-out").hidden = part("offline").hidden = true;
    await remember();
    const token = await freshToken(part);
    if (!token) return;
    form.elements.csrfmiddlewaretoken.value = token;
    isChecked = true;
    form.requestSubmit(event.submitter);
    isChecked = false;
  }, true);
}

// The token of this session, which is another one after signing in again; null when there is none.
async function freshToken(part) {
  try {
    const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const field = page.querySelector("#post_form [name=csrfmiddlewaretoken]");
      if (field) return field.value;
    }
    show(part(answer.type === "opaqueredirect" || answer.ok ? "signed-out" : "offline"));
  } catch {
    show(part("offline"));
  }
  return null;
}

function show(notice) {
  notice.hidden = false;
  notice.scrollIntoView({ block: "center" });
}

// A page cannot hand chosen files back after a mistake; this can.
function putFilesBack(form, files) {
  for (const [name, file] of files) {
    const input = form.elements[name];
    if (input?.type !== "file" || input.files.length) continue;
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
  }
}
