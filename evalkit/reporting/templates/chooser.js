// One metric at a time, or all: the radio buttons of #chooser. Paper shows all of them.
(() => {
  const chooser = document.getElementById("chooser");
  if (!chooser) return;
  const show = (anchor) => {
    for (const part of document.querySelectorAll("section.metric"))
      part.classList.toggle("away", Boolean(anchor) && part.id !== anchor);
  };
  chooser.addEventListener("change", (event) => show(event.target.value));
  const reach = () => {
    const place = document.querySelector(":target");
    if (!place?.closest(".away")) return;
    show("");
    chooser.querySelector("input").checked = true;
    place.scrollIntoView();
  };
  addEventListener("hashchange", reach);
  chooser.hidden = false;
})();
