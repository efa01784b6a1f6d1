// Keys for those who work with the keyboard; every page works without them.
// g m: my work. g r: the register. /: the search box. j and k: through the rows of a list. Enter: open the row.
(() => {
  "use strict";
  const places = { m: "/", r: "/cases" };
  let waiting = 0;
  let changed = false;

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = () => Array.from(document.querySelectorAll("table[data-keys] tbody tr:not(.bucket)"));

  function go(step) {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.findIndex((row) => row.classList.contains("here"));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    if (at >= 0) all[at].classList.remove("here");
    all[next].classList.add("here");
    const link = all[next].querySelector("a");
    if (link) link.focus();
    all[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const second = Date.now() - waiting < 1500;
    waiting = 0;
    if (second && places[event.key]) {
      event.preventDefault();
      window.location.assign(places[event.key]);
    } else if (event.key === "g") {
      waiting = Date.now();
    } else if (event.key === "/") {
      const box = document.getElementById("search-box");
      if (box) { event.preventDefault(); box.focus(); }
    } else if ((event.key === "j" && go(1)) || (event.key === "k" && go(-1))) {
      event.preventDefault();
    }
  });

  // Of what the head of the page opens, one is open at a time; Escape, or a press elsewhere, shuts it.
  const open = () => document.querySelectorAll("header .opens[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((one) => { one.open = false; one.querySelector("summary").focus(); });
  });
  document.addEventListener("click", (event) => {
    const within = event.target.closest("header .opens, header .panel, header .unfolds");
    if (!within) open().forEach((one) => { one.open = false; });
  });

  // What was typed into the form of an act is not left by accident.
  document.addEventListener("input", (event) => { if (event.target.closest("form.act")) changed = true; });
  document.addEventListener("submit", () => { changed = false; });

  // What takes longer than a second says so while one waits: files that are sent, and what is looked through or taken in at once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-long], [enctype='multipart/form-data']")) return;
    window.setTimeout(() => {
      const told = document.createElement("p");
      told.className = "working";
      told.setAttribute("role", "status");
      told.append(document.createElement("progress"), " " + document.body.dataset.working);
      form.append(told);
      told.scrollIntoView({ block: "nearest" });
    }, 1000);
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
