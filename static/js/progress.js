// Shows how far the worker is, and loads the page anew once it is done: then other buttons fit.
const EVERY_MS = 2_000;
const here = document.querySelector("[data-progress]");

async function refresh() {
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (now?.dataset.progress !== here.dataset.progress) location.reload();
    else here.replaceChildren(...now.childNodes);
  } catch {
    // what the server rendered stays
  }
}

setInterval(refresh, EVERY_MS);
