/* The HTML of a mail without anything that acts, loads or styles: what is left is shown in a frame without rights. The
   frame is the wall; this keeps the picture readable, and the browser from trying what the wall refuses. Pure: the
   browser's own parser is not asked, since it tries handlers and styles already while it reads. */

const ALLOWED = new Set(["a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul"]);
/** What goes with all that stands in it. */
const DROPPED = new Set(["script", "style", "head", "title", "noscript", "template", "iframe", "object", "svg", "math", "select", "textarea", "xmp", "noembed", "noframes", "plaintext"]);
const NUMBERS = new Set(["colspan", "rowspan"]);
const TAG = /<!--[\s\S]*?(?:-->|$)|<[!?][^>]*>|<(\/?)([a-zA-Z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/g;
const ATTRIBUTE = /([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;

const text = (piece: string): string => piece.replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The few attributes that change only how cells and lines lie. */
function kept(attributes: string): string {
    let all = "";
    for (const [, name = "", double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
        const [known, value] = [name.toLowerCase(), double ?? single ?? bare ?? ""];
        if (NUMBERS.has(known) && /^\d{1,3}$/.test(value)) { all += ` ${known}="${value}"`; }
        if (known === "dir" && /^(ltr|rtl|auto)$/i.test(value)) { all += ` dir="${value}"`; }
    }
    return all;
}

/** A document for `srcdoc`. */
export function clean(html: string): string {
    let body = "";
    let from = 0;
    let dropped: string | null = null;
    for (const match of html.matchAll(TAG)) {
        const [whole, slash = "", name = "", attributes = ""] = match;
        if (dropped === null) { body += text(html.slice(from, match.index)); }
        from = match.index + whole.length;
        const tag = name.toLowerCase();
        if (dropped !== null) { if (slash && tag === dropped) { dropped = null; } continue; }
        if (DROPPED.has(tag)) { if (!slash && !attributes.endsWith("/")) { dropped = tag; } continue; }
        if (ALLOWED.has(tag)) { body += slash ? `</${tag}>` : `<${tag}${kept(attributes)}>`; }
    }
    if (dropped === null) { body += text(html.slice(from)); }
    return `<!doctype html><html><body>${body}</body></html>`;
}
