// Rejoinder: what scripts of the vocabulary `servicenow` find. Made from the program's own description by
// `rejoinder script typings --vocabulary servicenow`. Use it with `"lib": ["ES2023"]` and without the DOM.
