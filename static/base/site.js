/* What every page does with JavaScript on: theme, confirmation, double submission, focus after a
   partial update, arrow keys in a matrix. Every journey works without this file. */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);

  /* Theme */
  function showTheme() {
    document.querySelectorAll("button[data-theme-choice]").forEach((button) => {
      const pressed = button.dataset.themeChoice === window.tuttiTheme.choice();
      button.setAttribute("aria-pressed", String(pressed));
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-theme-choice]");
    if (!button) return;
    window.tuttiTheme.choose(button.dataset.themeChoice);
    showTheme();
  });

  /* Confirmation: forms with data-confirm, and htmx requests with hx-confirm */
  function ask(title, text, label, yes) {
    const dialog = byId("confirm-dialog");
    const modal = window.bootstrap.Modal.getOrCreateInstance(dialog);
    const button = byId("confirm-yes");
    const opener = document.activeElement;
    byId("confirm-title").textContent = title || "Are you sure?";
    byId("confirm-text").textContent = text || "";
    button.textContent = label || "Continue";
    const confirm = () => {
      modal.hide();
      yes();
    };
    button.addEventListener("click", confirm, { once: true });
    const cancel = dialog.querySelector("[data-bs-dismiss]");
    dialog.addEventListener("shown.bs.modal", () => cancel.focus(), { once: true });
    dialog.addEventListener(
      "hidden.bs.modal",
      () => {
        button.removeEventListener("click", confirm);
        if (opener && opener.isConnected) opener.focus();
      },
      { once: true },
    );
    modal.show();
  }

  function confirmField(form) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "confirmed";
    field.value = "yes";
    form.append(field);
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!("confirm" in form.dataset) || form.dataset.confirmGiven) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      const { confirmTitle, confirm, confirmLabel } = form.dataset;
      ask(confirmTitle, confirm, confirmLabel, () => {
        form.dataset.confirmGiven = "yes";
        confirmField(form);
        form.requestSubmit(submitter);
      });
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask("", event.detail.question, "", () => event.detail.issueRequest(true));
  });

  /* Double submission: the buttons of a form that is on its way can not be pressed */
  function setBusy(form, busy) {
    form.toggleAttribute("data-busy", busy);
    form.querySelectorAll("button[type=submit], input[type=submit]").forEach((button) => {
      if (busy && !button.disabled) button.dataset.wasFree = "yes";
      if (button.dataset.wasFree) button.disabled = busy;
      if (!busy) delete button.dataset.wasFree;
    });
  }
  const postForm = (node) =>
    node instanceof HTMLFormElement && node.method === "post" ? node : null;
  document.addEventListener("submit", (event) => {
    const form = postForm(event.target);
    if (!form || event.defaultPrevented) return;
    if (form.hasAttribute("data-busy")) event.preventDefault();
    else setTimeout(() => setBusy(form, true)); /* after the pressed button's value is read */
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = postForm(event.detail.elt);
    if (!form) return;
    if (form.hasAttribute("data-busy")) event.preventDefault();
    else setTimeout(() => setBusy(form, true));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = postForm(event.detail.elt);
    if (form) setTimeout(() => setBusy(form, false));
  });
  function freeForms() {
    document.querySelectorAll("form").forEach((form) => {
      setBusy(form, false);
      delete form.dataset.confirmGiven;
      form.querySelectorAll("input[type=hidden][name=confirmed]").forEach((n) => n.remove());
    });
  }
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) freeForms();
  });

  /* A request that failed says so, where screen readers hear it */
  function notice(text) {
    const note = document.createElement("div");
    note.className = "alert note note-error";
    note.textContent = text;
    byId("notices").replaceChildren(note);
  }
  const FAILED = {
    403: "You may not do this. If your session ended, load the page again and sign in.",
    404: "This no longer exists. Load the page again to see what is there now.",
    429: "Too many requests in a short time. Wait a minute, then try again.",
  };
  document.addEventListener("htmx:responseError", (event) => {
    notice(FAILED[event.detail.xhr.status] || "That did not work. Nothing was changed; try again.");
  });
  document.addEventListener("htmx:sendError", () => {
    notice("The server can not be reached. Check your connection, then try again.");
  });
  document.addEventListener("htmx:beforeRequest", () => byId("notices").replaceChildren());

  /* What a screen reader hears of a partial update: what sums up what is shown now, and the page */
  function say(root) {
    const line = root.querySelector("[data-say]");
    const page = root.querySelector("[data-page]");
    if (!line) return;
    const words = line.textContent.replace(/\s+/g, " ").trim();
    byId("said").textContent = page && page !== line ? `${words} ${page.dataset.page}` : words;
  }

  /* Focus: errors first; after a change of address the new heading, if the focus was lost */
  function focusOn(node) {
    if (!node) return;
    if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
    node.focus({ preventScroll: false });
  }
  let addressChanged = false;
  document.addEventListener("htmx:pushedIntoHistory", () => {
    addressChanged = true;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const old = event.detail.target; /* outerHTML puts a new node of the same id in its place */
    const target = old.isConnected ? old : byId(old.id) || event.target;
    prepare(target);
    say(target);
    const error = target.querySelector("[data-focus-first]");
    const lost = !document.activeElement || document.activeElement === document.body;
    if (error) focusOn(error);
    else if (lost && "focusAfter" in target.dataset) focusOn(target);
    else if (addressChanged && lost) focusOn(target.querySelector("h1, h2, h3") || target);
    addressChanged = false;
  });

  /* Matrix: one tab stop, then arrow keys, Home and End */
  const inCell = (cell) => cell && (cell.querySelector("a, button") || cell);
  const grids = (root) => [
    ...(root.matches && root.matches("table[data-arrow-keys]") ? [root] : []),
    ...root.querySelectorAll("table[data-arrow-keys]"),
  ];
  function prepareGrid(table) {
    const cells = table.querySelectorAll("tbody th, tbody td");
    cells.forEach((cell) => inCell(cell).setAttribute("tabindex", "-1"));
    if (cells.length) inCell(cells[0]).setAttribute("tabindex", "0");
  }
  const MOVES = {
    ArrowLeft: (row, column) => [row, column - 1],
    ArrowRight: (row, column) => [row, column + 1],
    ArrowUp: (row, column) => [row - 1, column],
    ArrowDown: (row, column) => [row + 1, column],
    Home: (row) => [row, 0],
    End: (row, column, rows) => [row, rows[row].cells.length - 1],
  };
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest("table[data-arrow-keys] tbody :is(td, th)");
    const move = MOVES[event.key];
    if (!cell || !move || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...cell.closest("tbody").rows];
    const [row, column] = move(rows.indexOf(cell.parentElement), cell.cellIndex, rows);
    const next = rows[row] && rows[row].cells[column];
    if (!next) return;
    event.preventDefault();
    inCell(cell).setAttribute("tabindex", "-1");
    inCell(next).setAttribute("tabindex", "0");
    inCell(next).focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  function prepare(root) {
    grids(root).forEach(prepareGrid);
    root.querySelectorAll("pre").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    });
  }
  showTheme();
  prepare(document);
  focusOn(document.querySelector("[data-focus-first]"));
})();
