// In docs/reference.html, by scripts/reference.py: hides the cards that do not match what one types.
"use strict";
{
  const field = document.querySelector("#search");
  const message = document.querySelector("#found");
  const notes = [...document.querySelectorAll(".note")];
  const sections = [...document.querySelectorAll("main section")];
  // In any case, full-width or not, and MAILBOX_BUSY is MailboxBusy.
  const folded = (text) => text.normalize("NFKC").toLowerCase().replaceAll("_", "").replaceAll("-", "");
  const cards = [...document.querySelectorAll("article")].map((element) => ({
    element,
    codes: element.dataset.codes.split(" "),
    text: folded(element.textContent),
  }));

  // A reply can be pasted as it is: 550-5.7.1 <a@b>: Relaying denied.
  const wordsOf = (query) =>
    query.normalize("NFKC").replace(/\b(\d{3})-/g, "$1 ").split(/[\s,;:=!?()[\]<>#"'“”‘’。，、；：！？（）]+/)
      .map((word) => word.replace(/^(.+?)\.+$/, "$1")).filter(Boolean);

  // What stands for a code without a card of its own: its subject, or its first digit.
  const insteadOf = (code) => {
    const [first, subject, detail] = code.split(".");
    return detail ? [`${first}.${subject}.0`, `${first}.0.0`] : [`${first[0]}yz`];
  };

  const withCode = (code) => cards.filter((card) => card.codes.includes(code));

  const named = (word) => {
    const code = word.toLowerCase();
    if (!/^(-1|0|[2-5]\d\d|[245x]\.\d{1,3}\.\d{1,3})$/.test(code)) return [];
    return [code, ...insteadOf(code)].map(withCode).find((found) => found.length) ?? [];
  };

  // Those of which one has typed the beginning.
  const begun = (word) => {
    const code = word.toLowerCase();
    return /^(-|[2-5]|x\.)[\d.]*$/.test(code) ? cards.filter(({ codes }) => codes.some((each) => each.startsWith(code))) : [];
  };

  const has = (card, word) => {
    const found = begun(word);
    return found.length ? found.includes(card) : card.text.includes(folded(word));
  };

  // The codes of a reply name their cards, and its other words do not matter. Other words all have to be there.
  const find = (words) => {
    if (words.some((word) => named(word).length)) {
      const found = words.flatMap((word) => (word.includes(".") && !named(word).length ? begun(word) : named(word)));
      return cards.filter((card) => found.includes(card));
    }
    const known = words.filter((word) => cards.some((card) => has(card, word)));
    return known.length || !words.length ? cards.filter((card) => known.every((word) => has(card, word))) : [];
  };

  const search = () => {
    const words = wordsOf(field.value);
    const found = find(words);
    for (const card of cards) card.element.hidden = !found.includes(card);
    for (const note of notes) note.hidden = words.length > 0;
    for (const section of sections) section.hidden = words.length > 0 && !section.querySelector("article:not([hidden])");
    const absent = words.filter((word) => !named(word).length && !found.some((card) => has(card, word)));
    const none = found.length ? "on none of them" : "on no card (look for the number in the reply, such as 450 or 4.7.1)";
    const [code, detail] = [/^[45]\d\d$/, /^[45](\.\d+){2}$/].map((form) => words.find((word) => form.test(word)));
    message.textContent = [
      words.length ? `${found.length} of ${cards.length} cards` : `${cards.length} cards`,
      ...(code && detail ? [`in one reply, ${detail} mostly decides: smtpstatus show "${code} ${detail}"`] : []),
      ...(absent.length ? [`${none}: ${absent.join(" ")}`] : []),
    ].join("; ");
  };

  const type = () => {
    search();
    history.replaceState(null, "", field.value ? `#q=${encodeURIComponent(field.value)}` : "#");
  };

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a sign % that escapes nothing
    }
  };

  // A link with #q= searches, and one to a card that is hidden shows all cards.
  const follow = () => {
    const name = decoded(location.hash.slice(1));
    const target = document.getElementById(name);
    if (target && !target.closest("[hidden]")) return;
    field.value = name.startsWith("q=") ? name.slice(2) : "";
    search();
    target?.scrollIntoView();
  };

  for (const element of document.querySelectorAll("[hidden]")) element.hidden = false; // they need this script
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", type);
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) {
      field.value = "";
      type();
    } else if (event.key === "/" && document.activeElement !== field && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });
  search();
  follow();
}
