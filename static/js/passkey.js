// Says so where a passkey was refused, cancelled or is not supported.
const message = document.querySelector("[data-passkey-error]");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  message.hidden = false;
});
