// An element with a text, never with HTML; for every script of the page.
const element = (name, text, kind) => {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
};

// Marks how two texts differ, word by word: each .pair with one .left and one .right text. What stands
// there is plain text from the server, which reads without scripts; when the page opens it is marked.
const markPair = (() => {
  const MOST_WORDS = 600; // of each side between common beginning and common end; more is marked as a whole

  const words = (text) => text.match(/\s+|[^\s]+/gu) ?? [];

  // Return [kind, word] for each step from a to b by their longest common subsequence; kind is "=", "-" or "+".
  const steps = (a, b) => {
    if (a.length > MOST_WORDS || b.length > MOST_WORDS) return [...a.map((w) => ["-", w]), ...b.map((w) => ["+", w])];
    const width = b.length + 1;
    const best = new Uint16Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i--)
      for (let j = b.length - 1; j >= 0; j--)
        best[i * width + j] =
          a[i] === b[j]
            ? best[(i + 1) * width + j + 1] + 1
            : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    const found = [];
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        found.push(["=", a[i++]]);
        j++;
      } else if (j === b.length || (i < a.length && best[(i + 1) * width + j] >= best[i * width + j + 1])) {
        found.push(["-", a[i++]]);
      } else {
        found.push(["+", b[j++]]);
      }
    }
    return found;
  };

  // Write one side: the common beginning dimmed, a rule at the first difference, then what is its own.
  const write = (target, start, middle, end, own) => {
    target.replaceChildren(element("span", start.join(""), "common"));
    if (middle.length) target.append(element("span", "", "here"));
    let run = "";
    let kind = "=";
    const flush = () => {
      if (run) target.append(kind === "=" ? run : element(own === "-" ? "del" : "ins", run));
      run = "";
    };
    for (const [of, word] of middle) {
      if (of !== "=" && of !== own) continue;
      if (of !== kind) flush();
      kind = of;
      run += word;
    }
    flush();
    target.append(end.join(""));
  };

  const textOf = (side) => (side.querySelector("em") ? "" : side.textContent);

  return (pair) => {
    const left = pair.querySelector(".left");
    const right = pair.querySelector(".right");
    if (!left || !right) return;
    const a = words(textOf(left));
    const b = words(textOf(right));
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start++;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const middle = steps(a.slice(start, a.length - end), b.slice(start, b.length - end));
    const tail = (of) => of.slice(of.length - end);
    if (a.length) write(left, a.slice(0, start), middle, tail(a), "-");
    if (b.length) write(right, b.slice(0, start), middle, tail(b), "+");
    const nth = a.slice(0, start).filter((word) => word.trim()).length + 1;
    const said = element("p", middle.length ? `first difference: word ${nth}` : "no difference", "first-difference");
    if (pair.previousElementSibling?.classList.contains("first-difference")) pair.previousElementSibling.remove();
    pair.before(said);
  };
})();
for (const pair of document.querySelectorAll(".pair")) markPair(pair);
