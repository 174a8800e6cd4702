/*
 * "Non sono un robot": the browser tries numbers until one opens the task (ALTCHA, protocol 2).
 *
 * Nobody else is asked. The element [data-altcha] holds the task as JSON, or the address on this
 * site where a fresh one is; in data-working, data-done and data-failed what to say. Inside it, or
 * named by data-altcha-field, is the tick box that starts the work. The result goes into a hidden
 * input: the one inside the element, or a new one that takes over the tick box's name.
 */
(() => {
  "use strict";

  const TOGETHER = 8;

  const toBytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const toHex = (buffer) =>
    Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  /* Derive the key that one number gives: nonce and number, through PBKDF2. */
  const derive = async (task, counter) => {
    const nonce = toBytes(task.nonce);
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = {
      name: "PBKDF2",
      hash: task.algorithm.split("/")[1],
      salt: toBytes(task.salt),
      iterations: task.cost,
    };
    return toHex(await crypto.subtle.deriveBits(how, key, task.keyLength * 8));
  };

  const solve = async ({ parameters, signature, tries }) => {
    for (let first = 0; first < tries; first += TOGETHER) {
      const counters = Array.from({ length: TOGETHER }, (_, place) => first + place);
      const keys = await Promise.all(counters.map((counter) => derive(parameters, counter)));
      const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
      if (found >= 0) {
        const solution = { counter: counters[found], derivedKey: keys[found] };
        return btoa(JSON.stringify({ challenge: { parameters, signature }, solution }));
      }
    }
    throw new Error("no number opens the task");
  };

  const taskOf = async (place) => {
    const given = place.dataset.altcha;
    if (given.trimStart().startsWith("{")) return JSON.parse(given);
    const answer = await fetch(given, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error("no task");
    return answer.json();
  };

  const hiddenInput = (place, box) => {
    const there = place.querySelector('input[type="hidden"][data-altcha-response]');
    if (there) return there;
    const made = document.createElement("input");
    made.type = "hidden";
    made.name = box.name || "human_response";
    // The box says that somebody ticked it; what counts is the result.
    box.removeAttribute("name");
    place.append(made);
    return made;
  };

  const statusLine = (place) => {
    const there = place.querySelector('[role="status"]');
    if (there) return there;
    const made = document.createElement("p");
    made.setAttribute("role", "status");
    made.setAttribute("aria-live", "polite");
    place.append(made);
    return made;
  };

  const setUp = (place) => {
    const named = place.dataset.altchaField;
    const box = named
      ? document.getElementById(named)
      : place.querySelector('input[type="checkbox"]');
    if (!box || !window.crypto || !crypto.subtle) return;
    const result = hiddenInput(place, box);
    const status = statusLine(place);
    let work = null;

    const say = (what) => {
      place.dataset.altchaState = what;
      status.textContent = place.dataset[what] || "";
    };

    const start = () => {
      say("working");
      work = taskOf(place)
        .then(solve)
        .then((payload) => {
          result.value = payload;
          say("done");
        })
        .catch(() => {
          work = null;
          box.checked = false;
          say("failed");
        });
      return work;
    };

    box.addEventListener("change", () => {
      if (box.checked && !work) start();
    });

    // Whoever is faster than the computer waits a moment, and then the form goes by itself.
    if (box.form) {
      box.form.addEventListener("submit", (event) => {
        if (!box.checked || result.value) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const { submitter } = event;
        (work || start()).then(() => {
          if (result.value) box.form.requestSubmit(submitter);
        });
      });
      if (box.checked) start();
    }
  };

  document.querySelectorAll("[data-altcha]").forEach(setUp);
})();
