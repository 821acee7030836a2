// Counts while one types: posts the form as it stands, and puts in place what comes back. Without it there is a button.
"use strict";
(() => {
  const form = document.getElementById("componist");
  if (!form || !window.fetch || !window.DOMParser) return;

  const QUIET_MS = 500; // of no typing before the form is posted
  const AGAIN_MS = 1500; // while something is being worked out
  const SLOWEST_MS = 6000;
  const OF_PEOPLE = /^(all_of|any_of|none_of)\.|^(template|day|hour)$/;
  const parts = () => document.querySelectorAll("[data-part]");
  let newest = 0, timer = 0, wait = AGAIN_MS, isChanged = form.hasAttribute("data-unsaved"), isLeaving = false;

  document.querySelectorAll("[data-no-script]").forEach((each) => { each.hidden = true; });
  document.querySelectorAll("[data-script]").forEach((each) => { each.hidden = false; });

  // A number never stands beside an audience that it does not belong to, not even until the answer is there.
  const doubt = (name) => {
    document.body.dataset.doubt = OF_PEOPLE.test(name) || document.body.dataset.doubt === "people" ? "people" : "words";
    parts().forEach((part) => part.setAttribute("aria-busy", "true"));
  };
  const settle = () => {
    delete document.body.dataset.doubt;
    parts().forEach((part) => part.removeAttribute("aria-busy"));
  };
  const chosen = () => [...document.querySelectorAll("[data-part] input[type=radio]:checked")].map((each) => each.id);

  const place = (page) => {
    const kept = chosen();
    page.querySelectorAll("[data-part]").forEach((part) => {
      const here = document.getElementById(part.id);
      if (here) here.toggleAttribute("data-busy", part.hasAttribute("data-busy"));
      if (here && here.innerHTML !== part.innerHTML) here.replaceChildren(...part.childNodes);
    });
    kept.forEach((id) => { const radio = document.getElementById(id); if (radio) radio.checked = true; });
    document.querySelectorAll("[data-no-script]").forEach((each) => { each.hidden = true; });
  };

  const look = async () => {
    const mine = ++newest;
    try {
      const answer = await fetch(form.dataset.look, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual",
      });
      if (mine !== newest) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== newest) return;
      if (!page.querySelector("[data-part]")) throw new Error("no part");
      document.getElementById("stil").hidden = true;
      place(page);
      settle();
      if (page.querySelector("[data-busy]")) {
        timer = setTimeout(look, wait);
        wait = Math.min(wait * 1.5, SLOWEST_MS);
      }
    } catch {
      if (mine === newest) document.getElementById("stil").hidden = false;
    }
  };
  const later = (delay) => { newest++; wait = AGAIN_MS; clearTimeout(timer); timer = setTimeout(look, delay); };

  form.addEventListener("input", (event) => {
    if (!event.target.name || event.target.closest("[data-part]") || event.target.hasAttribute("data-apart")) return;
    isChanged = true;
    doubt(event.target.name);
    if (event.target.name === "template") {
      isLeaving = true;
      form.requestSubmit(document.getElementById("velden"));
      return;
    }
    later(QUIET_MS);
  });
  form.addEventListener("submit", () => { isLeaving = true; newest++; clearTimeout(timer); });
  window.addEventListener("beforeunload", (event) => { if (isChanged && !isLeaving) event.preventDefault(); });
  window.addEventListener("pageshow", (event) => { isLeaving = false; if (event.persisted) later(0); });
  if (document.querySelector("[data-busy]")) later(AGAIN_MS);
})();
