// A button that copies what stands in a field: on a phone a long address is hard to select by hand.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.parentElement.classList.add("has-script");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // no clipboard without https
    }
    button.textContent = button.dataset.done;
  });
}
