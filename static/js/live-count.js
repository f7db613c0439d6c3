// Follows the count, at most once a minute, only while somebody looks and never for those who save
// data. Changed silently: it is not urgent enough to be announced.
const EVERY_MS = 60_000;
const number = document.querySelector("[data-count-url]");

async function refresh() {
  if (document.hidden || !navigator.onLine) return;
  try {
    const response = await fetch(number.dataset.countUrl);
    if (!response.ok) return;
    const { confirmed } = await response.json();
    if (!Number.isSafeInteger(confirmed) || confirmed < 0) return;
    number.textContent = confirmed.toLocaleString(document.documentElement.lang);
    number.parentElement.dataset.digits = String(confirmed).length;
    const beam = number.closest(".stage").querySelector("progress");
    beam.value = Math.min(confirmed, beam.max);
  } catch {
    // the number that the server rendered stays
  }
}

if (number && !navigator.connection?.saveData) setInterval(refresh, EVERY_MS);
