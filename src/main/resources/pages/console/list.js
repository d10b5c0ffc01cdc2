// A list of which only the rows in view exist, however long it is. By keyboard: arrows, Page, Home, End, Enter.

const ROW = 30;
const BEYOND = 4;
let lists = 0;

export class List {
  #root;
  #space;
  #rows = new Map();
  #free = [];
  #items = [];
  #active = -1;
  #same;
  #columns;
  #fill;
  #chosen;
  #name = "list" + lists++;
  #due = false;

  /**
   * @param columns titles; those that begin with # hold numbers
   * @param fill gives the texts of an item's cells, and its kind
   * @param chosen called with an item that was clicked, or entered by keyboard
   * @param same what an item is known by when others take its place in the list
   */
  constructor(root, label, columns, fill, chosen, same = item => item) {
    this.#same = same;
    this.#root = root;
    this.#columns = columns;
    this.#fill = fill;
    this.#chosen = chosen;
    root.setAttribute("role", "grid");
    root.setAttribute("aria-label", label);
    root.tabIndex = 0;
    const top = this.#row("columnheader");
    top.classList.add("top");
    top.setAttribute("aria-rowindex", "1");
    columns.forEach((title, i) => top.children[i].textContent = title.replace("#", ""));
    this.#space = document.createElement("div");
    this.#space.className = "space";
    this.#space.setAttribute("role", "rowgroup");
    root.append(top, this.#space);
    root.addEventListener("scroll", () => this.#draw(), {passive: true});
    root.addEventListener("keydown", event => this.#key(event));
    this.#space.addEventListener("click", event => this.#clicked(event));
    new ResizeObserver(() => this.#draw()).observe(root);
  }

  get length() {
    return this.#items.length;
  }

  /** @param added rows before those that were there: what is in view stays, unless it is the top */
  show(items, added = 0) {
    const active = this.#active < 0 ? undefined : this.#same(this.#items[this.#active]);
    this.#active = active === undefined ? -1 : items.findIndex(item => this.#same(item) === active);
    this.#items = items;
    this.#root.setAttribute("aria-rowcount", String(items.length + 1));
    this.#space.style.height = items.length * ROW + "px";
    if (added > 0 && this.#root.scrollTop > ROW) {
      this.#root.scrollTop += added * ROW;
    }
    this.#draw();
  }

  #row(role) {
    const row = document.createElement("div");
    row.className = "row";
    row.setAttribute("role", "row");
    for (const title of this.#columns) {
      const cell = document.createElement("span");
      cell.setAttribute("role", role);
      cell.classList.toggle("number", title.startsWith("#"));
      row.append(cell);
    }
    return row;
  }

  /** Once a frame, whatever asks for it. */
  #draw() {
    if (!this.#due) {
      this.#due = true;
      requestAnimationFrame(() => {
        this.#due = false;
        this.#drawNow();
      });
    }
  }

  #drawNow() {
    const first = Math.max(0, Math.floor(this.#root.scrollTop / ROW) - BEYOND);
    const last = Math.min(this.#items.length, first + Math.ceil(this.#root.clientHeight / ROW) + 2 * BEYOND);
    for (const [index, row] of this.#rows) {
      if (index < first || index >= last) {
        row.hidden = true;
        row.removeAttribute("id");
        this.#free.push(row);
        this.#rows.delete(index);
      }
    }
    for (let index = first; index < last; index++) {
      this.#place(index);
    }
    if (this.#active >= first && this.#active < last) {
      this.#root.setAttribute("aria-activedescendant", this.#name + "-" + this.#active);
    } else {
      this.#root.removeAttribute("aria-activedescendant");
    }
  }

  #place(index) {
    let row = this.#rows.get(index);
    if (!row) {
      row = this.#free.pop() ?? this.#space.appendChild(this.#row("gridcell"));
      this.#rows.set(index, row);
      row.hidden = false;
      row.style.transform = `translateY(${index * ROW}px)`;
      row.id = this.#name + "-" + index;
      row.dataset.index = String(index);
      row.setAttribute("aria-rowindex", String(index + 2));
    }
    const {cells, kind} = this.#fill(this.#items[index]);
    cells.forEach((text, i) => {
      const cell = row.children[i];
      if (cell.textContent !== text) {
        cell.textContent = text;
        cell.title = text;
      }
    });
    row.dataset.kind = kind ?? "";
    row.classList.toggle("active", index === this.#active);
    row.setAttribute("aria-selected", String(index === this.#active));
  }

  #clicked(event) {
    const row = event.target.closest(".row");
    if (row) {
      this.#choose(Number(row.dataset.index));
    }
  }

  #choose(index) {
    if (index >= 0 && index < this.#items.length) {
      this.#active = index;
      this.#draw();
      this.#chosen(this.#items[index]);
    }
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.#root.clientHeight / ROW) - 2);
    const moves = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity};
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key in moves && this.#items.length > 0) {
      event.preventDefault();
      this.#active = Math.max(0, Math.min(this.#items.length - 1, this.#active + moves[event.key]));
      this.#reveal();
      this.#draw();
    }
  }

  #reveal() {
    const top = this.#active * ROW;
    const room = this.#root.clientHeight - 2 * ROW;
    if (top < this.#root.scrollTop) {
      this.#root.scrollTop = top;
    } else if (top > this.#root.scrollTop + room) {
      this.#root.scrollTop = top - room;
    }
  }
}
