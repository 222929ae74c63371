/* The HTML of a mail without anything that acts, loads or styles: what is left is shown in a frame without rights. The
   frame is the wall; this keeps the picture readable and the console quiet. */

const ALLOWED = new Set(["a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "center", "font"]);
const DROPPED = new Set(["script", "style", "head", "title", "noscript", "template", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "select", "textarea", "link", "meta", "base"]);
const ATTRIBUTES = new Set(["colspan", "rowspan", "dir", "lang"]);

/** A document for `srcdoc`. */
export function clean(html: string): string {
    const source = new DOMParser().parseFromString(html, "text/html");
    const target = document.implementation.createHTMLDocument("");
    copy(source.body, target.body, target);
    return `<!doctype html><html><body>${target.body.innerHTML}</body></html>`;
}

function copy(from: Node, to: Node, target: Document): void {
    for (const node of from.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) { to.appendChild(target.createTextNode(node.textContent ?? "")); continue; }
        if (!(node instanceof Element)) { continue; }
        const name = node.localName;
        if (DROPPED.has(name)) { continue; }
        if (!ALLOWED.has(name)) { copy(node, to, target); continue; }
        const made = target.createElement(name);
        for (const { name: attribute, value } of node.attributes) { if (ATTRIBUTES.has(attribute)) { made.setAttribute(attribute, value); } }
        copy(node, made, target);
        to.appendChild(made);
    }
}
