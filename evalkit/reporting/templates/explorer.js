// The answers of a run: filters, search, folded cards, two side by side, links. Texts go in as text only.
(() => {
  const root = document.getElementById("explorer");
  const held = document.getElementById("answers-data");
  if (!root || !held || held.textContent === "null") return;
  const at = (id) => document.getElementById(id);
  const PAGE = 50;
  const [search, count, list, pair, more] = ["search", "count", "cards", "pair", "more"].map(at);
  const filters = ["prompt", "temperature", "group", "finish"].map((name) => at(`filter-${name}`));
  let sheet = null;
  let cards = [];
  let found = [];
  let shown = 0;
  let current = -1;
  let chosen = null;
  let turn = 0;

  const read = async () => {
    const value = JSON.parse(held.textContent);
    if (typeof value !== "string") return value;
    const letters = atob(value);
    const bytes = new Uint8Array(letters.length);
    for (let n = 0; n < letters.length; n += 1) bytes[n] = letters.charCodeAt(n);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };

  const open = (value) => {
    sheet = value;
    const commonest = new Set();
    cards = sheet.cards.map(([prompt, text, length, rows], id) => {
      const first = !commonest.has(prompt);
      commonest.add(prompt);
      return { id, prompt, text, length, rows, first, low: null, n: rows.reduce((s, r) => s + r[2], 0) };
    });
    const options = (select, values) => {
      for (const [value, name] of values) {
        const option = element("option", name);
        option.value = String(value);
        select.append(option);
      }
    };
    options(filters[0], sheet.prompts.map((name, n) => [n, name]));
    options(filters[1], sheet.temperatures.map((t) => [t, `T = ${t}`]));
    const used = new Set(cards.flatMap((card) => card.rows.map((row) => row[1])));
    options(filters[3], sheet.reasons.map((name, n) => [n, name.replace("_", " ")]).filter(([n]) => used.has(n)));
  };

  // Rows of a card that the filters let through.
  const matching = (card) =>
    card.rows.filter(
      ([t, reason]) => (!filters[1].value || Number(filters[1].value) === t) && (!filters[3].value || Number(filters[3].value) === reason),
    );
  const number = (rows) => rows.reduce((sum, row) => sum + row[2], 0);
  const groups = {
    "": () => true,
    commonest: (card) => card.first,
    unique: (card) => card.n === 1,
    duplicates: (card) => card.n > 1,
  };

  const marked = (target, text) => {
    const wanted = search.value.toLowerCase();
    const low = text.toLowerCase();
    if (!wanted || low.length !== text.length) return target.append(text || element("em", "empty text"));
    let from = 0;
    for (let hit = low.indexOf(wanted); hit >= 0; hit = low.indexOf(wanted, from)) {
      target.append(text.slice(from, hit), element("mark", text.slice(hit, hit + wanted.length)));
      from = hit + wanted.length;
    }
    target.append(text.slice(from));
  };

  const tally = (card) => {
    const by = new Map();
    for (const [t, , n] of card.rows) by.set(t, (by.get(t) ?? 0) + n);
    return `× ${card.n} (${[...by].map(([t, n], i) => `${i ? "" : "T = "}${t}: ${n}`).join(", ")})`;
  };

  const button = (text, kind, action) => {
    const made = element("button", text, kind);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  };

  const drawn = (card) => {
    const article = element("article", undefined, "card");
    article.dataset.id = card.id;
    article.tabIndex = -1;
    const head = element("p", undefined, "of");
    head.append(element("bdi", sheet.prompts[card.prompt]), ` ${tally(card)}`);
    const ends = [...new Set(card.rows.map((row) => sheet.reasons[row[1]]))].filter((name) => name !== "stop");
    if (ends.length) head.append(`, ended by ${ends.join(", ").replace("_", " ")}`);
    const text = element("p", undefined, "text");
    text.dir = "auto";
    marked(text, card.text);
    const tools = element("p", undefined, "actions");
    tools.append(
      button(chosen === card ? "chosen: compare with another" : "compare", "compare", () => pick(card)),
      button("compare with the commonest", "against", () => face(card, cards.find((c) => c.prompt === card.prompt))),
      button("link", "link", (event) => link(card, event.target)),
    );
    article.append(head, text, tools);
    return article;
  };

  const extend = () => {
    for (const card of found.slice(shown, shown + PAGE)) list.append(drawn(card));
    shown = Math.min(found.length, shown + PAGE);
    more.hidden = shown >= found.length;
    more.textContent = `show more (${found.length - shown} texts)`;
  };

  const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

  // Made when somebody searches: most readers of a large page never do.
  const lowered = (card) => (card.low ??= card.text.toLowerCase());

  const apply = () => {
    const wanted = search.value.toLowerCase();
    const in_group = groups[filters[2].value] ?? groups[""];
    let answers = 0;
    found = cards.filter((card) => {
      if (filters[0].value && Number(filters[0].value) !== card.prompt) return false;
      if (!in_group(card) || (wanted && !lowered(card).includes(wanted))) return false;
      const n = number(matching(card));
      answers += n;
      return n > 0;
    });
    const left = sheet.left_out ? `; ${plural(sheet.left_out, "answer")} not on this page, evalkit export has them` : "";
    count.textContent = `${answers.toLocaleString("en")} of ${plural(sheet.n, "answer")}, ${plural(found.length, "text")}${left}`;
    list.replaceChildren();
    shown = 0;
    current = -1;
    extend();
  };

  const address = (card) => {
    const state = new URLSearchParams();
    if (card) state.set("p", sheet.prompts[card.prompt]);
    else if (filters[0].value) state.set("p", sheet.prompts[Number(filters[0].value)]);
    if (filters[1].value) state.set("t", filters[1].value);
    if (card) state.set("a", card.id);
    if (search.value) state.set("q", search.value);
    return `#${state}`;
  };
  const keep = (card) => {
    try {
      history.replaceState(history.state, "", address(card));
    } catch {
      // Some browsers let no page opened from a file change its address.
    }
  };

  const link = async (card, from) => {
    keep(card);
    try {
      await navigator.clipboard.writeText(location.href);
      from.textContent = "link copied";
    } catch {
      from.textContent = "link is in the address";
    }
  };

  const side = (card, where) => {
    const made = element("div", undefined, `${where}-side`);
    const text = element("p", card.text, `text ${where}`);
    text.dir = "auto";
    if (!card.text) text.replaceChildren(element("em", "empty text"));
    made.append(element("p", `${sheet.prompts[card.prompt]} ${tally(card)}`, "of"), text);
    return made;
  };

  const name = () => {
    for (const article of list.children) {
      const is = chosen && Number(article.dataset.id) === chosen.id;
      article.querySelector(".compare").textContent = is ? "chosen: compare with another" : "compare";
    }
  };
  const face = (a, b) => {
    chosen = null;
    name();
    turn = 0;
    const both = element("div", undefined, "pair");
    both.append(side(a, "left"), side(b, "right"));
    pair.replaceChildren(both, button("close", "close", close));
    pair.hidden = false;
    markPair(both);
    pair.focus();
    pair.scrollIntoView({ block: "nearest" });
    keep(a);
  };
  const close = () => {
    pair.hidden = true;
    pair.replaceChildren();
    list.querySelector(".current")?.focus();
  };
  const pick = (card) => {
    if (chosen && chosen !== card) return face(chosen, card);
    chosen = chosen === card ? null : card;
    name();
  };

  const move = (by) => {
    current = Math.max(0, Math.min(found.length - 1, current + by));
    if (current >= shown) extend();
    list.querySelector(".current")?.classList.remove("current");
    const card = list.children[current];
    if (!card) return;
    card.classList.add("current");
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  };
  const difference = () => {
    const places = [...pair.querySelectorAll("ins, del")];
    if (!places.length) return;
    for (const place of places) place.classList.remove("now");
    const place = places[turn++ % places.length];
    place.classList.add("now");
    place.scrollIntoView({ block: "center" });
  };
  const keys = {
    "/": () => search.focus(),
    j: () => move(1),
    k: () => move(-1),
    d: difference,
    c: () => found[current] && face(found[current], cards.find((card) => card.prompt === found[current].prompt)),
    Escape: close,
    "?": () => at("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey || at("help").open || !Object.hasOwn(keys, event.key)) return;
    if (typing && event.key !== "Escape") return;
    if (typing) event.target.blur();
    event.preventDefault();
    keys[event.key]();
  });

  const arrive = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    if (!["p", "t", "a", "q"].some((name) => state.has(name))) return;
    const prompt = sheet.prompts.indexOf(state.get("p"));
    filters[0].value = prompt < 0 ? "" : String(prompt);
    const t = sheet.temperatures.find((each) => state.has("t") && each === Number(state.get("t")));
    filters[1].value = t === undefined ? "" : String(t);
    search.value = state.get("q") ?? "";
    apply();
    const place = found.findIndex((card) => state.has("a") && card.id === Number(state.get("a")));
    while (place >= shown && shown < found.length) extend();
    if (place >= 0) move(place - current);
    else at("answers").scrollIntoView();
  };

  read().then((value) => {
    open(value);
    root.hidden = false;
    at("list").open = false;
    for (const control of [search, ...filters])
      control.addEventListener("input", () => {
        apply();
        keep();
      });
    more.addEventListener("click", extend);
    at("ask").addEventListener("click", () => at("help").showModal());
    at("shut").addEventListener("click", () => at("help").close());
    addEventListener("hashchange", arrive);
    apply();
    arrive();
  });
})();
