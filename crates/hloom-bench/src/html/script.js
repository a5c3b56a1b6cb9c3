"use strict";
// Sorting and filtering. Without this script the page is complete and stays in the order of the run.
(() => {
  // In which column of the body each header cell stands: cells of the head may span several rows or columns.
  const columns = (head) => {
    const taken = [];
    const found = new Map();
    [...head.rows].forEach((row, line) => {
      taken[line] ??= [];
      let column = 0;
      for (const cell of row.cells) {
        while (taken[line][column]) column++;
        found.set(cell, column);
        for (let down = 0; down < cell.rowSpan; down++) {
          taken[line + down] ??= [];
          for (let right = 0; right < cell.colSpan; right++) taken[line + down][column + right] = true;
        }
      }
    });
    return found;
  };

  const collator = new Intl.Collator("en", { numeric: true });

  // What a cell is sorted by: a number, a text, or null where there is nothing.
  const value = (cell, by) => {
    if (by === "text") return cell.textContent.trim();
    const raw = by === "amount" ? cell.dataset.ns ?? cell.dataset.bytes : cell.dataset[by];
    const number = raw === undefined ? NaN : Number(raw);
    return Number.isNaN(number) ? null : number;
  };

  const sort = (table, header, column) => {
    const descending = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", descending ? "descending" : "ascending");
    table.classList.add("sorted");
    const by = header.dataset.by;
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("group"));
      const keyed = rows.map((row) => [value(row.cells[column], by), row]);
      keyed.sort(([one], [other]) => {
        // What is missing comes last, whatever the direction.
        if (one === null || other === null) return (one === null) - (other === null);
        const order = by === "text" ? collator.compare(one, other) : one - other;
        return descending ? -order : order;
      });
      body.append(...keyed.map(([, row]) => row));
    }
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    for (const [header, column] of columns(table.tHead)) {
      if (!header.dataset.by) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header, column));
      header.append(button);
    }
  }

  // A field that leaves rows, curves and samples whose name contains what is typed.
  const named = [...document.querySelectorAll("tr[data-row], details[data-row], figure[data-benchmark]")];
  const rows = named.filter((it) => it.closest("table.heat"));
  if (rows.length < 2) return;
  const form = document.createElement("div");
  form.className = "filter";
  const label = document.createElement("label");
  label.textContent = "Only rows with ";
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = "part of a name";
  const state = document.createElement("output");
  label.append(field);
  form.append(label, state);
  document.querySelector("nav").append(form);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    const matches = (it) => (it.dataset.row ?? it.dataset.benchmark).toLowerCase().includes(wanted);
    for (const it of named) it.hidden = !matches(it);
    for (const body of document.querySelectorAll("table.heat tbody")) {
      body.hidden = ![...body.querySelectorAll("[data-row]")].some((row) => !row.hidden);
    }
    const shown = rows.filter((row) => !row.hidden).length;
    state.textContent = wanted ? `${shown} of ${rows.length}` : "";
  });
})();
