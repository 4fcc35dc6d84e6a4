/* Light or dark: as the system says, until the reader chooses. */
(function () {
  const root = document.documentElement;
  function keep(name) {
    try { localStorage.setItem("course-theme", name); } catch { /* a browser may forbid it for files */ }
  }
  try { root.dataset.theme = localStorage.getItem("course-theme") || root.dataset.theme; } catch { /* as above */ }
  addEventListener("beforeprint", () => { root.dataset.screen = root.dataset.theme; root.dataset.theme = "light"; });
  addEventListener("afterprint", () => { root.dataset.theme = root.dataset.screen; });
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const show = () => button.setAttribute("aria-pressed", root.dataset.theme === "dark");
    show();
    button.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      keep(root.dataset.theme);
      show();
    });
    /* A link to a folded answer opens it. */
    const open = () => document.getElementById(location.hash.slice(1))?.querySelector("details")?.setAttribute("open", "");
    addEventListener("hashchange", open);
    open();
  });
})();
