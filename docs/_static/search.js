// Search in Japanese, from a folder without a server. `SECTIONS` (sections.js) holds each section: [address, page, heading, text].
//
// Japanese has no spaces, so that pages and questions are compared by pairs of characters, as CJK analysers of search engines do
// (https://lucene.apache.org/core/9_9_0/analysis/common/org/apache/lucene/analysis/cjk/CJKBigramFilter.html): a compound is found by any part
// of it. Words of letters and digits stay whole. Sections are ranked by BM25 (Robertson and Zaragoza 2009, 3.2).
"use strict";

const K1 = 1.2, B = 0.75;
const IN_HEADING = 4, IN_TITLE = 3, KANA_ALONE = 0.15, UNKNOWN = 0.2, LEAST = 0.25, MOST = 20;

const folded = (text) => text.normalize("NFKC").toLowerCase();
const isKana = (word) => /^[ぁ-ゖー]+$/.test(word);

// What a text is compared by, each once for each time it is there.
const words = (text) => {
    const found = [];
    for (const [run] of folded(text).matchAll(/[a-z0-9_.-]*[a-z0-9]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]+/gu)) {
        if (/^[a-z0-9_.-]/.test(run)) {
            found.push(run.replace(/^[-.]+/, ""));
        } else if (run.length === 1) {
            found.push(run);
        } else {
            for (let at = 0; at + 1 < run.length; at++) found.push(run.slice(at, at + 2));
        }
    }
    return found;
};

const counted = (text) => {
    const counts = new Map();
    for (const word of words(text)) counts.set(word, (counts.get(word) || 0) + 1);
    return counts;
};

const SECTION_WORDS = SECTIONS.map(([, page, heading, text]) => {
    const counts = counted(text);
    for (const [other, weight] of [[heading, IN_HEADING], [page, IN_TITLE]])
        for (const word of words(other)) counts.set(word, (counts.get(word) || 0) + weight);
    return {counts, length: text.length + heading.length, title: folded(page + " " + heading)};
});
const MEAN = SECTION_WORDS.reduce((sum, {length}) => sum + length, 0) / SECTION_WORDS.length;
const HOLD = new Map();
for (const {counts} of SECTION_WORDS) for (const word of counts.keys()) HOLD.set(word, (HOLD.get(word) || 0) + 1);

const weight = (word) => {
    const holding = HOLD.get(word) || 0;
    return Math.log(1 + (SECTIONS.length - holding + 0.5) / (holding + 0.5)) * (isKana(word) ? KANA_ALONE : 1);
};

// Sections that answer the question, the best first, as [address, page, heading, excerpt].
const search = (question) => {
    const asked = [...counted(question).keys()];
    const known = asked.filter((word) => HOLD.has(word));
    const whole = folded(question).replace(/\s+/g, "");
    // What no page says is perhaps only said otherwise.
    const wanted = asked.reduce((sum, word) => sum + weight(word) * (HOLD.has(word) ? 1 : UNKNOWN), 0);
    const scored = [];
    SECTION_WORDS.forEach(({counts, length, title}, at) => {
        let score = 0, met = 0;
        for (const word of known) {
            const often = counts.get(word);
            if (!often) continue;
            met += weight(word);
            score += weight(word) * often * (K1 + 1) / (often + K1 * (1 - B + B * length / MEAN));
        }
        if (!met || met < wanted * LEAST) return;
        // A sentence copied from a screen, or a heading, is what was meant.
        if (whole.length > 2 && folded(SECTIONS[at][3]).replace(/\s+/g, "").includes(whole)) score *= 2;
        if (whole.length > 1 && title.replace(/\s+/g, "").includes(whole)) score *= 2;
        scored.push([score * met / wanted, at]);
    });
    scored.sort(([one], [other]) => other - one);
    const tellingWords = known.filter((word) => !isKana(word));
    return scored.slice(0, MOST).map(([, at]) => {
        const [address, page, heading, text] = SECTIONS[at];
        return [address, page, heading, excerpt(text, tellingWords)];
    });
};

// The part of a text in which most of the words are.
const excerpt = (text, sought) => {
    const LENGTH = 110;
    if (text.length <= LENGTH) return text;
    const places = sought.flatMap((word) => {
        const at = text.toLowerCase().indexOf(word);
        return at < 0 ? [] : [Math.max(0, at - 20)];
    });
    let best = 0, most = 0;
    for (const begin of places) {
        const part = text.slice(begin, begin + LENGTH).toLowerCase();
        const here = sought.filter((word) => part.includes(word)).length;
        if (here > most) [best, most] = [begin, here];
    }
    return (best ? "…" : "") + text.slice(best, best + LENGTH) + (best + LENGTH < text.length ? "…" : "");
};

const show = (question) => {
    document.getElementById("question").value = question;
    const list = document.getElementById("search-found");
    const found = question.trim() ? search(question) : [];
    document.getElementById("search-count").textContent = found.length === MOST
        ? `近いものから、${MOST}か所を出しています。` : found.length ? `${found.length}か所あります。` : question.trim() ? "見つかりません。言葉を短くするか、別の言い方で探してください。" : "";
    list.replaceChildren(...found.map(([address, page, heading, text]) => {
        const item = document.createElement("li"), link = document.createElement("a"), where = document.createElement("small");
        link.href = address;
        link.textContent = heading;
        where.textContent = page === heading ? "" : page;
        const quoted = document.createElement("p");
        quoted.textContent = text;
        item.append(link, " ", where, quoted);
        return item;
    }));
};

if (document.getElementById("search-found")) show(new URLSearchParams(location.search).get("q") || "");
