/* Sets the theme before the first paint. Loaded without `defer` in <head>; keep it tiny. */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem("tutti-theme") || "system";
    } catch (error) {
      return "system";
    }
  }

  function apply() {
    var chosen = choice();
    var theme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    root.setAttribute("data-bs-theme", theme);
    root.setAttribute("data-theme-choice", chosen);
  }

  window.tuttiTheme = {
    choose: function (name) {
      try {
        localStorage.setItem("tutti-theme", name);
      } catch (error) {
        /* a browser that keeps nothing shows the system's theme */
      }
      apply();
    },
    choice: choice,
  };
  dark.addEventListener("change", apply);
  window.addEventListener("beforeprint", function () {
    root.setAttribute("data-bs-theme", "light");
  });
  window.addEventListener("afterprint", apply);
  root.classList.add("js");
  apply();
})();
