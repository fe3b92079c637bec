"use strict";
// Light, dark or as the system has it: a button with the id theme. The choice is kept in the address
// (?theme=dark), so that it goes along with a link, and nowhere else.
(() => {
  const button = document.getElementById("theme");
  if (!button) return;
  const choices = ["auto", "light", "dark"];
  const wanted = new URLSearchParams(location.search).get("theme");
  let choice = choices.includes(wanted) ? wanted : "auto";

  const show = () => {
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    button.textContent = `Theme: ${choice}`;
  };

  const keep = () => {
    const address = new URL(location.href);
    if (choice === "auto") address.searchParams.delete("theme");
    else address.searchParams.set("theme", choice);
    try {
      history.replaceState(history.state, "", address);
    } catch {
      // A browser that lets no page opened from a file change its address: the choice holds until it is closed.
    }
  };

  button.addEventListener("click", () => {
    choice = choices[(choices.indexOf(choice) + 1) % choices.length];
    show();
    keep();
  });
  button.hidden = false;
  show();
})();
