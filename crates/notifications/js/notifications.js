// Whoever follows the link of a notification has read it.
const followed = (event) => {
  const link = event.target.closest?.(".notification.is-unread a[data-read]");
  if (!link || event.button > 1) return;
  navigator.sendBeacon("/notifications/mark", new URLSearchParams({ id: link.dataset.read, read: "true" }));
};
document.addEventListener("click", followed);
document.addEventListener("auxclick", followed);
