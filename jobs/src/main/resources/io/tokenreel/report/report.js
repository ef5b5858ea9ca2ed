"use strict";
// Copies, filters and sorts tables. The page is whole without it: every control is made here.
(() => {
  const make = (name, text, kind) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const button = (text, kind, action) => {
    const made = make("button", text, kind);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  };
  const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();

  // A row per row of numbers; a column's name begins with its group's.
  const cells = (table) => {
    const heads = [...table.querySelectorAll("thead th")].filter((th) => th.scope === "col");
    const rows = [...table.querySelectorAll("tbody tr:not(.group)")].filter((row) => !row.hidden);
    return [
      heads.map((th) => (th.dataset.group ? th.dataset.group + ": " : "") + (th.dataset.name || text(th))),
      ...rows.map((row) => [...row.children].map(text)),
    ];
  };
  const ascii = (cell) => cell.replace(/\u2212/g, "-"); // a minus sign is no number to what reads CSV
  const csv = (rows) =>
    rows.map((row) => row.map(ascii).map((cell) => (/[",\n]/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell)).join(",")).join("\n") + "\n";
  const markdown = (rows) => {
    const line = (row) => "| " + row.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ") + " |";
    return [line(rows[0]), line(rows[0].map((_, i) => (i ? "---:" : "---"))), ...rows.slice(1).map(line)].join("\n") + "\n";
  };

  const copy = async (said, value) => {
    try {
      await navigator.clipboard.writeText(value);
    } catch (refused) {
      const area = make("textarea", value);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    said.textContent = "copied";
    setTimeout(() => (said.textContent = ""), 2000);
  };

  const number = (cell) => {
    const found = ascii(text(cell)).replace(/,/g, "").match(/([-+]?\d+(?:\.\d+)?)(?: ([KMGT]?)i?B)?/);
    return found ? parseFloat(found[1]) * 1024 ** " KMGT".indexOf(found[2] || " ") : -Infinity;
  };
  // Names may have digits in them; numbers begin with one.
  const isNumber = (cell) => /^<?\s*[-+\u2212]?\d/.test(text(cell));
  const sortable = (table) => {
    const bodies = [...table.tBodies];
    const order = bodies.map((body) => [...body.rows]);
    const heads = [...table.querySelectorAll("thead th")].filter((th) => th.scope === "col");
    const reset = () => bodies.forEach((body, i) => body.append(...order[i]));
    heads.forEach((head, column) => {
      const label = button("", "sort", () => {
        const next = { none: "descending", descending: "ascending", ascending: "none" }[head.ariaSort || "none"];
        heads.forEach((other) => (other.ariaSort = "none"));
        head.ariaSort = next;
        reset();
        table.classList.toggle("sorted", next !== "none");
        if (next === "none") return;
        const rows = order.flat().filter((row) => !row.matches(".group"));
        const sign = next === "ascending" ? 1 : -1;
        const numbers = column > 0 && rows.some((row) => isNumber(row.children[column]));
        rows.sort((one, other) => {
          const [a, b] = [one.children[column], other.children[column]];
          return sign * (numbers ? number(a) - number(b) || 0 : text(a).localeCompare(text(b)));
        });
        bodies[0].append(...rows);
      });
      label.append(...head.childNodes);
      head.append(label);
    });
  };
  const filter = (table) => {
    const field = make("input", "", "filter");
    field.type = "search";
    field.placeholder = "vidcom2, dycoke";
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/[\s,]+/).filter(Boolean);
      table.querySelectorAll("tbody tr:not(.group)").forEach((row) => {
        const name = text(row.children[0]).toLowerCase();
        row.hidden = words.length > 0 && !words.some((word) => name.includes(word));
      });
      [...table.tBodies].forEach((body) => {
        const group = body.querySelector(".group");
        if (group) group.hidden = ![...body.rows].some((row) => row !== group && !row.hidden);
      });
    });
    const label = make("label", "Only ");
    label.append(field);
    return label;
  };

  document.querySelectorAll(".scroll > table").forEach((table) => {
    const bar = make("div", "", "bar");
    const said = make("span", "", "told");
    said.setAttribute("role", "status");
    if (table.tBodies.length && table.rows.length > 4) bar.append(filter(table));
    bar.append(
      button("Copy CSV", "", () => copy(said, csv(cells(table)))),
      button("Copy Markdown", "", () => copy(said, markdown(cells(table)))),
      said,
    );
    table.closest(".scroll").before(bar);
    sortable(table);
  });

  // A link into what is folded opens it.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let element = target || null; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
})();
