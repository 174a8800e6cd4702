/* What makes the pages pleasanter. Each of them works without it, and the server decides. */
(() => {
  "use strict";

  const texts = document.body.dataset;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const say = (name, params = {}) =>
    (texts[name] || "").replace(/\{(\w+)\}/g, (whole, key) => params[key] ?? whole);

  /* Make an element of a page, with properties and attributes. */
  const make = (tag, properties = {}, attributes = {}) => {
    const element = Object.assign(document.createElement(tag), properties);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  const describe = (input, id) => {
    const known = input.getAttribute("aria-describedby");
    input.setAttribute("aria-describedby", known ? `${known} ${id}` : id);
  };

  /* Run only the last of many calls, so that a screen reader is not talked over. */
  const unhurried = (run, delay) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(run, delay);
    };
  };

  /* -- faults: the summary first, and from it to the fields ------------------------------- */

  const leadToFaults = () => {
    const summary = document.querySelector(".faults");
    if (summary) summary.focus();
    for (const link of all('.alert a[href^="#"]')) {
      link.addEventListener("click", (event) => {
        const field = document.getElementById(link.hash.slice(1));
        if (!field) return;
        const inputs = "input:not([type=hidden]), select, textarea";
        event.preventDefault();
        field.scrollIntoView({ block: "center" });
        (field.matches(inputs) ? field : field.querySelector(inputs) || field).focus({
          preventScroll: true,
        });
      });
    }
  };

  /* -- a form is sent once ------------------------------------------------------------------ */

  const PATIENCE = 20000; // Milliseconds after which a form that brought no page may go again.

  const release = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    for (const button of all("button[type=submit]", form)) button.removeAttribute("aria-disabled");
  };

  const sendOnce = () => {
    const status = document.body.appendChild(
      make("p", { className: "visually-hidden" }, { role: "status" }),
    );
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post" || event.defaultPrevented) return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      form.setAttribute("aria-busy", "true");
      for (const button of all("button[type=submit]", form)) {
        button.setAttribute("aria-disabled", "true");
      }
      status.textContent = say("scriptSending");
      setTimeout(release, PATIENCE, form);
    });
    window.addEventListener("pageshow", () => {
      all("form[data-sent]").forEach(release);
      status.textContent = "";
    });
  };

  /* -- passwords ---------------------------------------------------------------------------- */

  const showAndHide = (input) => {
    const button = make(
      "button",
      { type: "button", className: "btn btn-link btn-sm password-toggle" },
      { "aria-controls": input.id },
    );
    const draw = () => {
      button.textContent = say(input.type === "password" ? "scriptShow" : "scriptHide");
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      draw();
    });
    // A password that can be read is neither sent to spell checkers nor kept by the browser.
    input.form?.addEventListener("submit", () => {
      input.type = "password";
      draw();
    });
    draw();
    input.parentElement.append(button);
  };

  /* Guess from length and variety; only a hint, since lists of known passwords are the server's. */
  const strength = (text) => {
    const points = [...text];
    if (points.length < 8) return 1;
    const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u];
    const variety = kinds.filter((kind) => kind.test(text)).length;
    const worth = Math.min(points.length, new Set(points).size * 2) + 2 * (variety - 1);
    return worth < 12 ? 1 : worth < 18 ? 2 : 3;
  };

  const watchRules = (input) => {
    const known = JSON.parse(input.dataset.rules);
    const lines = all(`#${CSS.escape(input.id)}-requirements li`);
    const box = lines[0]?.closest(".requirements") || input.parentElement;
    const rules = known.rules.slice(0, lines.length);
    const marks = lines.map((line) => line.appendChild(make("span", { className: "visually-hidden" })));
    const meter = make("div", { className: "password-meter progress" }, { "aria-hidden": "true" });
    meter.append(make("div", { className: "progress-bar" }));
    const live = make("p", { className: "form-text strength-meter-info" }, { role: "status" });
    box.after(meter, live);
    let counted = 0;
    const announce = unhurried(() => {
      const count = say("scriptCount", { met: counted, all: rules.filter((r) => r.pattern).length });
      const guess = say(`scriptStrength-${meter.dataset.level}`);
      live.textContent = input.value ? `${lines.length ? count : ""} ${guess}`.trim() : "";
    }, 500);
    const check = () => {
      const text = known.normalise ? input.value.normalize(known.normalise) : input.value;
      counted = 0;
      rules.forEach((rule, index) => {
        const met = Boolean(text && rule.pattern && new RegExp(rule.pattern, known.flags).test(text));
        counted += met;
        lines[index].classList.toggle("met", met);
        marks[index].textContent = met ? ` (${say("scriptMet")})` : "";
      });
      meter.dataset.level = text ? strength(text) : 0;
      announce();
    };
    input.addEventListener("input", check);
    if (input.value) check();
  };

  /* Say whether a text typed twice is the same: password_again, email_again. */
  const compare = (again) => {
    const first = again.form?.elements[again.name.replace(/_again$/, "")];
    if (!first || first === again) return;
    const told = make("p", { id: `${again.id}-same`, className: "form-text" }, { role: "status" });
    again.closest(".form-group").append(told);
    describe(again, told.id);
    const check = unhurried(() => {
      const both = first.value && again.value;
      const same = first.value === again.value;
      told.textContent = both ? say(same ? "scriptSame" : "scriptDiffers") : "";
    }, 500);
    again.addEventListener("input", check);
    first.addEventListener("input", check);
  };

  /* -- places: nation, region, provincia, comune ---------------------------------------------- */

  const CHAIN = ["nation", "region", "province", "comune"];

  /* The lists of a part of a form whose fields begin alike, such as birth_. */
  const cascade = (fields) => {
    const { nation, region, province, comune } = fields;
    const groups = province ? all("optgroup", province) : [];
    const abroad = () =>
      Boolean(nation && nation.value && nation.value !== nation.dataset.italy);

    const narrow = () => {
      if (!region || !province || !groups.length) return;
      const chosen = region.value && region.selectedOptions[0].text;
      const value = province.value;
      groups.forEach((group) => group.remove());
      province.append(...groups.filter((group) => !chosen || group.label === chosen));
      province.value = value;
      if (!province.value) province.value = "";
    };

    /* As long as what comes before is empty, say so and let nothing be chosen. */
    const guide = () => {
      let missing = "";
      for (const part of CHAIN) {
        const field = fields[part];
        if (!field) continue;
        const group = field.closest(".form-group");
        group.hidden = part !== "nation" && abroad();
        field.disabled = group.hidden || Boolean(missing);
        // Without this script the empty choice says what the hint says here.
        const empty = field.options?.[0];
        if (empty && !empty.value) empty.text = say("scriptChoose") || empty.text;
        let hint = group.querySelector(".place-hint");
        if (!hint) {
          hint = make("p", { id: `${field.id}-place`, className: "form-text place-hint" });
          group.append(hint);
          describe(field, hint.id);
        }
        hint.textContent = missing && !group.hidden ? field.dataset[`choose${missing}`] || "" : "";
        if (!missing && !field.value) missing = part[0].toUpperCase() + part.slice(1);
      }
    };

    const react = (field) => {
      const later = CHAIN.slice(CHAIN.indexOf(field.dataset.place) + 1);
      for (const part of later) if (fields[part]) fields[part].value = "";
      draw();
    };
    for (const field of [nation, region, province]) {
      field?.addEventListener("change", () => react(field));
    }
    if (comune && province) {
      const asked = () => ({ path: "comuni", query: { province: province.value } });
      suggest(comune, asked, province);
    }
    const draw = () => {
      narrow();
      guide();
    };
    draw();
    // After the browser has put back what was chosen before.
    window.addEventListener("pageshow", draw);
  };

  const birthday = (field) => {
    const dates = all("input[type=date]", field.form);
    return dates.find((date) => /birth|bday/.test(date.name + date.autocomplete)) || null;
  };

  /* Fill a list of suggestions from the server. */
  const suggest = (field, asked, parent) => {
    const list = field.form.appendChild(make("datalist", { id: `${field.id}-list` }));
    const status = make("p", { className: "visually-hidden" }, { role: "status" });
    field.closest(".form-group").append(status);
    field.setAttribute("list", list.id);
    field.autocomplete = "off";
    const date = birthday(field);
    let last = "";
    let under;

    const fill = async () => {
      const want = asked();
      if (!want || !Object.values(want.query).every(Boolean)) return;
      const query = new URLSearchParams(want.query);
      if (date && date.value) query.set("day", date.value);
      const address = `${field.dataset.placesUrl}/${want.path}?${query}`;
      if (address === last) return;
      last = address;
      under?.abort();
      under = new AbortController();
      try {
        const answer = await fetch(address, { signal: under.signal });
        if (!answer.ok) throw new Error(answer.statusText);
        const names = new Set((await answer.json()).map((place) => place.label));
        list.replaceChildren(...[...names].map((value) => make("option", { value })));
        if (document.activeElement === field) {
          status.textContent = say("scriptFound", { all: names.size });
        }
      } catch {
        // Without suggestions the name is typed, as it is without this script.
        if (last === address) last = "";
      }
    };
    const soon = unhurried(fill, 250);
    field.addEventListener("focus", fill);
    if (!parent) field.addEventListener("input", soon);
    parent?.addEventListener("change", fill);
    date?.addEventListener("change", fill);
  };

  const places = () => {
    const cascades = new Map();
    for (const field of all("[data-place]")) {
      if (field.dataset.place === "any") {
        const find = () => ({
          path: "find",
          query: { text: [...field.value.trim()].length > 1 ? field.value.trim() : "" },
        });
        suggest(field, find);
        continue;
      }
      const key = `${all("form").indexOf(field.form)} ${field.name.replace(/_?[^_]*$/, "")}`;
      if (!cascades.has(key)) cascades.set(key, {});
      cascades.get(key)[field.dataset.place] = field;
    }
    cascades.forEach(cascade);
  };

  /* -- "Non sono un robot": numbers are tried until one opens the task (ALTCHA, protocol 2) ----- */

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

  /* The task as JSON, or the address on this site where a fresh one is. */
  const taskOf = async (given) => {
    if (given.trimStart().startsWith("{")) return JSON.parse(given);
    const answer = await fetch(given, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error("no task");
    return answer.json();
  };

  /* The tick box in the place, or the one that data-altcha-field names, starts the work. */
  const proveHuman = (place) => {
    const named = place.dataset.altchaField;
    const box = named ? document.getElementById(named) : place.querySelector("[type=checkbox]");
    if (!box?.form || !window.crypto?.subtle) return;
    const result = make("input", { type: "hidden", name: box.name || "human_response" });
    const status = make("p", { className: "form-text" }, { role: "status" });
    // The box says that somebody ticked it; what counts is the result.
    box.removeAttribute("name");
    place.append(result, status);
    let work = null;

    const tell = (what) => {
      place.dataset.altchaState = what;
      status.textContent = place.dataset[what] || "";
    };
    const start = async () => {
      tell("working");
      try {
        result.value = await solve(await taskOf(place.dataset.altcha));
        tell("done");
      } catch {
        work = null;
        box.checked = false;
        tell("failed");
      }
    };
    box.addEventListener("change", () => {
      if (box.checked) work ||= start();
    });
    // Whoever is faster than the computer waits a moment, and then the form goes by itself.
    box.form.addEventListener("submit", async (event) => {
      if (!box.checked || result.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await (work ||= start());
      if (result.value) box.form.requestSubmit(event.submitter);
    });
    if (box.checked) work = start();
  };

  /* A page on the way to another one goes on by itself; without the script a button does it. */
  const goOn = () => {
    document.querySelector("form[data-auto]")?.requestSubmit();
    document.querySelector("a[data-auto]")?.click();
  };

  leadToFaults();
  sendOnce();
  all("input[type=password]").forEach(showAndHide);
  all("input[data-rules]").forEach(watchRules);
  all('input[name$="_again"]').forEach(compare);
  places();
  all("[data-altcha]").forEach(proveHuman);
  goOn();
})();
