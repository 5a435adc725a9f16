// Shows what needs a script, and says in the page what allauth's passkey script could not do.
document.querySelectorAll(".needs-script").forEach((part) => part.classList.add("has-script"));
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const main = document.querySelector("main");
  const said = main.querySelector(".passkey-error") || main.insertBefore(document.createElement("p"), main.querySelector("form"));
  said.className = "error passkey-error";
  said.setAttribute("role", "alert");
  said.textContent = document.documentElement.lang.startsWith("nl")
    ? "De passkey werkte niet. Probeer het nog eens, of kies een andere manier."
    : "The passkey did not work. Try again, or choose another way.";
});
