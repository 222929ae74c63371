//! Global names of ServiceNow that Rejoinder does not have, and why. Using one, or a member of one, fails
//! with the reason.

const JAVA: &str = "there is no Java behind scripts";
const NETWORK: &str = "scripts reach no network: raise an event and let an integration act on it";
const CATALOGUE: &str = "Rejoinder has no service catalogue";
const WORKFLOW: &str = "Rejoinder has no workflow engine: use rules and events";
const UPDATES: &str = "Rejoinder has no update sets";
const QUERIES: &str = "use GlideRecord";

/// Names and reasons.
pub(super) static NAMES: [(&str, &str); 26] = [
    ("Packages", JAVA),
    ("java", JAVA),
    ("importPackage", JAVA),
    ("importClass", JAVA),
    ("JavaImporter", JAVA),
    ("sn_ws", NETWORK),
    ("RESTMessage", NETWORK),
    ("SOAPMessage", NETWORK),
    ("GlideHTTPRequest", NETWORK),
    ("GlideHTTPClient", NETWORK),
    ("sn_sc", CATALOGUE),
    ("Cart", CATALOGUE),
    ("GlideappVariablePoolQuestionSet", CATALOGUE),
    ("Workflow", WORKFLOW),
    ("sn_fd", WORKFLOW),
    ("GlideUpdateManager2", UPDATES),
    ("GlideUpdateSet", UPDATES),
    ("GlideQuery", QUERIES),
    ("GlideDBQuery", QUERIES),
    ("sn_impex", "Rejoinder does not read spreadsheets in scripts"),
    ("GlideExcelParser", "Rejoinder does not read spreadsheets in scripts"),
    ("GlidePluginManager", "Rejoinder has no plugins"),
    ("GlideTableDescriptor", "use getED() of a record or element"),
    ("GlideScriptedExtensionPoint", "use script includes"),
    ("g_form", "it belongs to the browser: use current"),
    ("GlideAjax", "it belongs to the browser: call the script include itself"),
];
