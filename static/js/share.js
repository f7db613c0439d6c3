// The device's own share sheet, offered only where there is one.
if (navigator.share) {
  for (const item of document.querySelectorAll("[data-native-share]")) {
    const { shareUrl: url, shareText: text } = item.closest("[data-share-url]").dataset;
    item.hidden = false;
    item.querySelector("button").addEventListener("click", () => {
      navigator.share({ url, text, title: document.title }).catch(() => {}); // closing it is fine
    });
  }
}
