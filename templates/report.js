"use strict";
// Sorting, the replay of the spread, and the way back from cited rows. The page is complete
// without it. Text from the log is only ever set as text.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // What does not scroll needs no stop for the keyboard.
  const stops = () => {
    for (const box of all(".scroll")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  stops();
  addEventListener("resize", stops);

  // Tables: a button in each header that can be sorted by.
  for (const table of all("table.sortable")) {
    const headers = all("thead th", table);
    const body = table.tBodies[0];
    headers.forEach((header, column) => {
      const kind = header.dataset.sort;
      if (!kind) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      if (!header.hasAttribute("aria-sort")) header.setAttribute("aria-sort", "none");
      const key = (row) => {
        const cell = row.cells[column];
        if (kind === "text") return cell.textContent.trim().toLowerCase();
        return cell.dataset.value === undefined ? NaN : Number(cell.dataset.value);
      };
      button.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") === "ascending";
        const compare = (a, b) => {
          const [x, y] = [key(a), key(b)];
          if (kind === "text") return x < y ? -1 : x > y ? 1 : 0;
          // What has no value comes last, whichever way.
          if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) - Number.isNaN(y)) * (down ? -1 : 1);
          return x - y;
        };
        const rows = [...body.rows].sort(compare);
        if (down) rows.reverse();
        body.append(...rows);
        headers.forEach((other) => { if (other.dataset.sort) other.setAttribute("aria-sort", "none"); });
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
      });
    });
  }

  // Evidence: the rows get the focus; the place that one came from stands out among the ways back.
  document.addEventListener("click", (event) => {
    const cite = event.target.closest ? event.target.closest("a.cite") : null;
    if (!cite) return;
    const rows = document.getElementById(cite.hash.slice(1));
    if (!rows) return;
    all(".back a", rows).forEach((way) => way.classList.toggle("came", way.hash === "#" + cite.id));
    // After the jump itself.
    setTimeout(() => rows.focus({ preventScroll: true }), 0);
  });

  // The replay.
  const data = document.getElementById("replay-data");
  const panel = document.getElementById("replay");
  if (!data || !panel) return;
  const { statuses, edges, frames } = JSON.parse(data.textContent);
  const picture = document.getElementById("picture-dependencies");
  const slider = document.getElementById("replay-time");
  const play = document.getElementById("replay-play");
  const whole = document.getElementById("replay-whole");
  const at = document.getElementById("replay-at");
  const say = document.getElementById("replay-say");
  const services = all("[data-node]", picture);
  const links = all("[data-edge]", picture);
  const resting = services.map((service) => service.querySelector(".state").textContent);
  let timer = 0;

  const restingText = "The whole incident: every service that ever left its band is marked.";
  const showWhole = () => {
    picture.classList.remove("replaying");
    services.forEach((service, i) => {
      service.querySelector(".state").textContent = resting[i];
      service.classList.remove("is-out", "severity-1", "severity-2", "severity-3");
    });
    links.forEach((link) => link.classList.remove("is-out"));
    whole.setAttribute("aria-pressed", "true");
    at.textContent = "";
    slider.setAttribute("aria-valuetext", "the whole incident");
    say.textContent = restingText;
  };
  const show = (k) => {
    const frame = frames[k];
    picture.classList.add("replaying");
    services.forEach((service) => {
      const i = Number(service.dataset.node);
      const out = frame.out[i] === "o";
      service.classList.toggle("is-out", out);
      for (const severity of "123") service.classList.toggle("severity-" + severity, frame.severity[i] === severity);
      const status = frame.status[i] < 0 ? "" : statuses[frame.status[i]];
      const band = out ? "out of its band" : "in its band";
      const text = status ? (out ? "▲ " : "") + status : (out ? "▲ " : "") + band;
      service.querySelector(".state").textContent = text.length > 22 ? text.slice(0, 21) + "…" : text;
    });
    links.forEach((link) => {
      const [from, to] = edges[Number(link.dataset.edge)];
      link.classList.toggle("is-out", frame.out[from] === "o" && frame.out[to] === "o");
    });
    whole.setAttribute("aria-pressed", "false");
    at.textContent = frame.at;
    slider.setAttribute("aria-valuetext", frame.at);
    say.textContent = frame.say;
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    say.setAttribute("aria-live", "polite");
  };
  const start = () => {
    if (whole.getAttribute("aria-pressed") === "true" || slider.valueAsNumber >= frames.length - 1) slider.value = "0";
    play.textContent = "Pause";
    // A voice cannot keep up with a film: it speaks when the film stops.
    say.setAttribute("aria-live", "off");
    show(slider.valueAsNumber);
    timer = setInterval(() => {
      if (slider.valueAsNumber >= frames.length - 1) return stop();
      slider.value = String(slider.valueAsNumber + 1);
      show(slider.valueAsNumber);
    }, Math.max(150, Math.min(900, 12000 / frames.length)));
  };
  slider.max = String(frames.length - 1);
  slider.value = slider.max;
  slider.addEventListener("input", () => { stop(); show(slider.valueAsNumber); });
  play.addEventListener("click", () => (timer ? stop() : start()));
  whole.addEventListener("click", () => { stop(); showWhole(); });
  showWhole();
  panel.hidden = false;
  say.hidden = false;
})();
