// What makes pages quicker to use; every one of them works without it.
"use strict";
(() => {
  // a filter that is changed counts at once
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.tagName === "SELECT") form.requestSubmit();
  });

  // a form is sent once, however often its button is pressed
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    // a page that comes back from the cache can send again
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });

  // one menu is open at a time, and Escape closes it
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // what each key does is said by ? and in the menu
  const keys = document.getElementById("keys"), opens = document.getElementById("keys-open");
  opens.hidden = false;
  opens.addEventListener("click", () => keys.showModal());

  // keys: / searches, j and k walk through rows, Enter opens one
  const rows = () => [...document.querySelectorAll("table.jobs tbody tr")];
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "?") {
      if (!keys.open) keys.showModal();
    } else if (keys.open) {
      // what is behind it stays where it is
    } else if (event.key === "/") {
      const find = document.querySelector("[data-key='/']");
      if (find) { event.preventDefault(); find.focus(); }
    } else if (event.key === "j" || event.key === "k") {
      const all = rows();
      const now = all.findIndex((row) => row.contains(document.activeElement));
      const next = all[Math.min(all.length - 1, Math.max(0, now + (event.key === "j" ? 1 : -1)))];
      if (next) next.querySelector("a.name").focus();
    }
  });

  // a page nobody looks at listens to nothing: a browser has six connections to a site, and each that listens takes one
  const listen = (address) => {
    const ears = [], self = {};
    let source;
    const open = () => {
      source = new EventSource(address());
      source.onopen = (event) => self.onopen?.(event);
      source.onerror = (event) => self.onerror?.(event);
      for (const [type, ear] of ears) source.addEventListener(type, ear);
    };
    const turn = () => {
      source?.close();
      source = undefined;
      if (!document.hidden) open();
    };
    self.addEventListener = (type, ear) => { ears.push([type, ear]); source?.addEventListener(type, ear); };
    self.removeEventListener = (type, ear) => {
      const at = ears.findIndex((one) => one[0] === type && one[1] === ear);
      if (at >= 0) ears.splice(at, 1);
      source?.removeEventListener(type, ear);
    };
    self.close = () => { source?.close(); source = undefined; document.removeEventListener("visibilitychange", turn); };
    Object.defineProperty(self, "readyState", { get: () => source?.readyState });
    document.addEventListener("visibilitychange", turn);
    turn();
    return self;
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (window.htmx) htmx.createEventSource = (address) => listen(() => address);
  });

  // a row somebody is busy with stays as it is until they leave it
  const late = new Map();
  const isBusy = (row) => row.querySelector("details[open]") || row.contains(document.activeElement);
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const row = event.target;
    if (row.tagName !== "TR") return;
    late.delete(row.id);
    if (isBusy(row)) { event.preventDefault(); late.set(row.id, event.detail.data); }
  });
  const catchUp = () => setTimeout(() => {
    for (const [id, html] of late) {
      const row = document.getElementById(id);
      if (row && isBusy(row)) continue;
      late.delete(id);
      if (row) htmx.swap(row, html, { swapStyle: "outerHTML" });
    }
  });
  document.addEventListener("focusout", catchUp);
  document.addEventListener("toggle", catchUp, true);

  // how long a build takes so far goes on, by no clock that could be wrong
  const took = document.getElementById("took");
  if (took) {
    const before = Math.max(0, Number(took.dataset.ms)), since = performance.now();
    setInterval(() => {
      const s = Math.floor((before + performance.now() - since) / 1000);
      took.textContent = s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
    }, 1000);
  }

  // a log that grows is followed, from where the page ends; whoever scrolled up keeps their place
  const lines = document.querySelector("[data-follow]");
  if (!lines || !window.EventSource) return;
  let from = lines.dataset.from;
  const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  lines.scrollTop = lines.scrollHeight;
  const follow = () => {
    const source = listen(() => `${lines.dataset.follow}?from=${from}`);
    source.addEventListener("lines", (event) => {
      const wasAtEnd = isAtEnd();
      const last = Number(lines.lastElementChild?.firstElementChild?.textContent || (from === "0" || from === 0 ? 0 : NaN));
      const known = lines.childElementCount;
      lines.insertAdjacentHTML("beforeend", event.data);
      // lines that are numbered from the beginning go on being so
      if (!Number.isNaN(last)) [...lines.children].slice(known).forEach((line, at) => { line.firstElementChild.textContent = last + at + 1; });
      from = event.lastEventId;
      if (wasAtEnd) lines.scrollTop = lines.scrollHeight;
    });
    source.addEventListener("state", (event) => {
      const state = JSON.parse(event.data), badge = document.getElementById("state");
      badge.className = `badge ${state.class}`;
      badge.innerHTML = "<span aria-hidden=true></span>";
      badge.firstChild.textContent = state.sign;
      badge.append(` ${state.word}`);
    });
    source.addEventListener("steps", (event) => { document.getElementById("steps").innerHTML = event.data; });
    source.addEventListener("anew", () => { lines.textContent = ""; from = 0; });
    // the page of a job that is over has more to show
    source.addEventListener("over", () => { source.close(); location.reload(); });
    source.onerror = () => { source.close(); setTimeout(follow, 3000); };
  };
  follow();
})();
