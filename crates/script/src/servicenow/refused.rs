//! Global names of the platform that there are no equivalents of here, and why.

const NETWORK: &str = "scripts do not reach the network: raise an event and let a webhook act on it";
const CATALOG: &str = "there is no service catalog";
const FLOWS: &str = "there are no workflows: use business rules and event actions";
const FILES: &str = "spreadsheets are not read";
const UPDATES: &str = "there are no update sets: packs carry the configuration";
const XML: &str = "XML is not read or written: use JSON";
const JAVA: &str = "there is no Java beneath: use the classes of this API";

/// The names.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("RESTMessageV2", NETWORK),
    ("RESTMessage", NETWORK),
    ("SOAPMessageV2", NETWORK),
    ("SOAPMessage", NETWORK),
    ("GlideHTTPRequest", NETWORK),
    ("GlideHTTPClient", NETWORK),
    ("RESTAPIRequest", NETWORK),
    ("sn_ws", NETWORK),
    ("sn_auth", NETWORK),
    ("Cart", CATALOG),
    ("CartJS", CATALOG),
    ("CatItem", CATALOG),
    ("sn_sc", CATALOG),
    ("GlideappCatalogItem", CATALOG),
    ("GlideappVariablePoolQuestionSet", CATALOG),
    ("Workflow", FLOWS),
    ("WorkflowScriptAPI", FLOWS),
    ("sn_fd", FLOWS),
    ("GlideExcelParser", FILES),
    ("sn_impex", FILES),
    ("GlideUpdateManager2", UPDATES),
    ("GlideUpdateSet", UPDATES),
    ("XMLDocument", XML),
    ("XMLDocument2", XML),
    ("XMLHelper", XML),
    ("GlideXMLUtil", XML),
    ("GlideXMLDocument", XML),
    ("Packages", JAVA),
    ("java", JAVA),
    ("GlideQuery", "use GlideRecord"),
    ("GlideMultipleUpdate", "use updateMultiple() of GlideRecord"),
    ("GlideMultipleDelete", "use deleteMultiple() of GlideRecord"),
    ("GlideDBFunctionBuilder", "use GlideAggregate"),
    ("GlidePluginManager", "there are no plugins"),
    ("GlideCalendarDateTime", "use GlideDateTime"),
    ("GlideScheduleDateTime", "use GlideDateTime"),
    ("GlideImpersonate", "a script runs as one user"),
    ("GlideEncrypter", "secrets are not open to scripts"),
    ("GlideDigest", "digests are not made by scripts"),
    ("ProgressWorker", "a run ends within its time limit: use scheduled jobs"),
    ("importPackage", JAVA),
    ("importClass", JAVA),
    ("JavaImporter", JAVA),
    ("GlideDBQuery", "use GlideRecord"),
    ("GlideTableDescriptor", "use getED() of a record or element"),
    ("GlideScriptedExtensionPoint", "use script includes"),
    ("g_form", "it belongs to the browser: use current"),
    ("GlideAjax", "it belongs to the browser: call the script include itself"),
];
