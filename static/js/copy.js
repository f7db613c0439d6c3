// Copy buttons, shown only where copying works.
const MESSAGE_MS = 4000;

if (navigator.clipboard) {
  for (const box of document.querySelectorAll("[data-copy]")) {
    const source = box.querySelector("input, textarea");
    const button = box.querySelector("button");
    const status = box.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      source.select();
      try {
        await navigator.clipboard.writeText(source.value);
        status.textContent = status.dataset.copied;
      } catch {
        status.textContent = status.dataset.notCopied;
      }
      setTimeout(() => { status.textContent = ""; }, MESSAGE_MS);
    });
  }
}
