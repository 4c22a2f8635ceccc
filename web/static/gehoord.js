// Keys for the review queue, and the handler's name while fields change. Every page works without this script.
"use strict";

const SWITCHED_OFF = "gehoord-toetsen-uit";
const QUIET = 300; // milliseconds after a page has come up by itself in which keys decide nothing
const held = new Set();
const form = document.querySelector("form[data-decision]");
const kinds = document.getElementById("soort");
const help = document.getElementById("toetsen");
let picking = false;
let quiet = true;
setTimeout(() => {
  quiet = false;
  document.documentElement.dataset.keys = "ready";
}, QUIET);

const typing = (element) =>
  element.isContentEditable || element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
const pressable = (element) => element.matches("a, button, summary, dialog *");
const off = () => localStorage.getItem(SWITCHED_OFF) === "1";

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
  return Boolean(link);
}

function pick(radio) {
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  picking = false;
  kinds.classList.remove("picking");
}

function pickByLetter(key) {
  const radio = [...kinds.querySelectorAll("input")].find((one) => one.dataset.letter.toLowerCase() === key);
  if (radio) pick(radio);
  return Boolean(radio);
}

function confirm() {
  const button = document.getElementById("bevestigen");
  const undecided = form && !form.querySelector("input[name=kind]:checked");
  if (!button || undecided) return false;
  button.click();
  return true;
}

const deciding = {
  enter: confirm,
  b: () => follow("button[data-key=B]"),
  u: () => follow("button[data-key=U]"),
};
const moving = {
  j: () => follow("a[data-move=after]"),
  k: () => follow("a[data-move=before]"),
  arrowdown: () => follow("a[data-move=after]"),
  arrowup: () => follow("a[data-move=before]"),
  o: () => follow("a[data-key=O]"),
  r: () => follow("a[data-key=R]"),
  1: () => Boolean(kinds) && (pick(kinds.querySelector("input")), true),
  a: () => {
    if (!kinds) return false;
    picking = true;
    kinds.classList.add("picking");
    kinds.focus();
    return true;
  },
  t: () => {
    const team = document.getElementById("team");
    if (team) team.focus();
    return Boolean(team);
  },
  "?": () => {
    if (help) help.showModal();
    return Boolean(help);
  },
};

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  const element = event.target instanceof Element ? event.target : document.body;
  if (typing(element)) {
    // Enter or Escape in a chosen list goes back to the keys; it never confirms by itself.
    if (element.matches("select") && (key === "enter" || key === "escape")) {
      event.preventDefault();
      held.add(key);
      element.blur();
    }
    return;
  }
  if (off() && key !== "?") return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || held.has(key)) return;
  if ((help && help.open) || (pressable(element) && key === "enter")) return;
  held.add(key);
  if (picking && key === "escape") {
    picking = false;
    kinds.classList.remove("picking");
    return;
  }
  if (picking && pickByLetter(key)) return event.preventDefault();
  if (element.matches("input[type=radio]") && key.startsWith("arrow")) return;
  const act = quiet ? moving[key] : deciding[key] || moving[key];
  if (act && act()) event.preventDefault();
});
document.addEventListener("keyup", (event) => held.delete(event.key.toLowerCase()));
window.addEventListener("blur", () => held.clear());

if (form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault(); // a second click is not a second decision
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  const handler = document.getElementById("handler");
  form.addEventListener("change", async (event) => {
    if (!event.target.matches("[name=role], [name=team], [name=person]")) return;
    const fields = new URLSearchParams();
    for (const name of ["role", "team", "person"]) fields.set(name, form.elements[name].value);
    const answer = await fetch(`${handler.dataset.handler}?${fields}`, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    handler.textContent = new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim();
  });
}

document.querySelectorAll("form[data-once]").forEach((once) => {
  let posted = false;
  once.addEventListener("submit", (event) => {
    if (posted) event.preventDefault(); // a second click is not a second letter
    posted = true;
  });
  window.addEventListener("pageshow", () => { posted = false; });
});

if (help) {
  const toggle = help.querySelector("[data-switch]");
  const show = () => { toggle.textContent = off() ? toggle.dataset.on : toggle.dataset.off; };
  toggle.addEventListener("click", () => {
    if (off()) localStorage.removeItem(SWITCHED_OFF);
    else localStorage.setItem(SWITCHED_OFF, "1");
    show();
  });
  show();
  document.querySelectorAll("button[data-key='?']").forEach((button) => button.addEventListener("click", () => help.showModal()));
}

const current = document.querySelector(".row[aria-current]");
if (current) current.scrollIntoView({ block: "nearest" });
