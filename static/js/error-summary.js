// Error summary: read out first; its links lead into the field, opening a folded part on the way.
// Only once the page has loaded: the jump to the address's #fragment takes the focus away.
addEventListener("load", () => setTimeout(() => document.querySelector("[data-focus]")?.focus()));

for (const link of document.querySelectorAll(".errors a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const target = document.getElementById(link.hash.slice(1));
    const field = target?.matches("fieldset") ? target.querySelector("input") : target;
    if (!field) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    (field.closest("fieldset") ?? field.labels?.[0] ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}
