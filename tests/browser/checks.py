"""What the browser is asked about a page. Each function returns what is wrong; nothing is good."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """tags => axe.run(document, {runOnly: {type: "tag", values: tags}}).then(
    result => result.violations.map(v => [v.id, v.nodes.map(n => n.html).slice(0, 3)]))"""

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ps", "prs", "yi", "ckb", "sd", "ug", "dv"}
DIRECTIONS = """() => [...document.querySelectorAll("[lang]")].map(e =>
    [e.lang, getComputedStyle(e).direction, e.outerHTML.slice(0, 120)])"""

# WCAG 1.4.12: a reader's own spacing must not break the page.
TEXT_SPACING = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
TOO_WIDE = """() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide <= 0) return [];
    const outside = [...document.querySelectorAll("body *")].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && (box.right > innerWidth + 1 || box.left < -1) && !e.closest(".vh, .skip");
    });
    return [`${wide} px too wide`, ...outside.slice(0, 5).map(e => e.outerHTML.slice(0, 120))];
}"""

SMALL_TARGETS = """() => {
    const targets = "a[href], button, summary, input, select, textarea";
    const blocks = "p, li, dt, dd, td, th, blockquote, figcaption, label, legend, h1, h2, h3, h4";
    const words = e => (e ? e.textContent : "").trim().length;
    return [...document.querySelectorAll(targets)].filter(e => {
        if (!e.checkVisibility() || e.closest(".skip, .vh") || e.type === "hidden") return false;
        const label = ["radio", "checkbox"].includes(e.type) && e.labels[0];
        const box = (label || e).getBoundingClientRect();
        if (box.width >= 24 && box.height >= 24) return false;
        // WCAG 2.5.8 leaves links within a sentence alone.
        const inline = e.matches("a") && getComputedStyle(e).display === "inline";
        return !(inline && words(e.closest(blocks)) > words(e));
    }).map(e => e.outerHTML.slice(0, 120));
}"""

# Of a group of radio buttons Tab visits one.
FOCUSABLE = """() => {
    const targets = "a[href], button, summary, input, select, textarea, [tabindex='0']";
    const found = new Set();
    for (const e of document.querySelectorAll(targets)) {
        if (e.disabled || e.type === "hidden" || !e.checkVisibility()) continue;
        found.add(e.type === "radio" ? `${e.form && e.form.action}#${e.name}` : e);
    }
    return found.size;
}"""
FOCUSED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    window.visited = window.visited || new Set();
    const again = window.visited.has(e);
    window.visited.add(e);
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {again, fine: ring && inSight, html: e.outerHTML.slice(0, 120)};
}"""

BARE_TABLES = """() => [...document.querySelectorAll("table")].filter(t =>
    !t.caption || !t.querySelector("th") || [...t.querySelectorAll("th")].some(th => !th.scope)
).map(t => t.outerHTML.slice(0, 120))"""


def axe(page, source):
    """Violations by rule. The source goes in as text: a script tag would break the policy."""
    page.evaluate(source)
    return axe_again(page)


def axe_again(page):
    return [f"{rule}: {' '.join(nodes)}" for rule, nodes in page.evaluate(AXE, RULES)]


def wrong_directions(page):
    return [
        f"{tag} runs {direction}: {html}"
        for tag, direction, html in page.evaluate(DIRECTIONS)
        if is_right_to_left(tag) != (direction == "rtl")
    ]


def is_right_to_left(tag):
    parts = tag.lower().split("-")
    return parts[0] in RIGHT_TO_LEFT or bool({"arab", "hebr"} & set(parts[1:]))


def too_wide(page):
    return page.evaluate(TOO_WIDE)


def space_out(page):
    page.evaluate(TEXT_SPACING)


def small_targets(page):
    return page.evaluate(SMALL_TARGETS)


def bare_tables(page):
    return page.evaluate(BARE_TABLES)


def bad_stops(page):
    """Walk with Tab: stops without a visible outline, and stops that were never reached."""
    wanted = page.evaluate(FOCUSABLE)
    bad, stops = [], 0
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["again"]:
            break
        stops += 1
        if not stop["fine"]:
            bad.append(f"no outline, or out of sight: {stop['html']}")
    if stops != wanted:
        bad.append(f"{stops} of {wanted} reached")
    return bad
