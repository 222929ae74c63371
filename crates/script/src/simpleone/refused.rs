//! Global names of the platforms that Rejoinder does not have, why, and what to use.

const NETWORK: &str = "scripts do not reach the network; raise an event, and let an integration that listens for it \
                       make the call";
const WAITING: &str = "a script does not wait; raise an event for later with ss.eventQueueScheduled";
const WORKFLOW: &str = "there are no workflows here; raise an event, and let rules and jobs go on with it";
const OTHER: &str = "it is ServiceNow's; choose the vocabulary servicenow for the script";

/// All of them.
pub(crate) static ALL: [(&str, &str); 43] = [
    ("sws", NETWORK),
    ("SimpleRestRequest", NETWORK),
    ("SimpleRestResponse", NETWORK),
    ("SimpleAttachmentService", NETWORK),
    ("SimpleExternalRabbitMQ", NETWORK),
    (
        "SimpleMail",
        "scripts do not reach the network; the connections of mailboxes are checked on their pages",
    ),
    ("fetch", NETWORK),
    ("XMLHttpRequest", NETWORK),
    ("WebSocket", NETWORK),
    ("require", "there are no modules here; include a script with ss.importIncludeScript"),
    ("setTimeout", WAITING),
    ("setInterval", WAITING),
    ("setImmediate", WAITING),
    ("SimpleWorkflow", WORKFLOW),
    ("SimpleEngine", "features are not switched per table here; see the rules of the table"),
    (
        "SimpleSearch",
        "there is no full-text search for scripts; query each table with addQuery(field, 'LIKE', text)",
    ),
    (
        "SimpleRecordDeletionLog",
        "deleted records are not brought back by scripts; see the history of the table",
    ),
    ("SimpleCache", "runs share nothing; keep values in a table or a setting"),
    ("SimpleImage", "pictures are not worked on here"),
    ("SimpleImport", "imports are made through the API"),
    ("SimpleLogArchive", "the log of each run is kept with its trace"),
    ("SimpleVcs", "configuration is kept in packs, under the version control of your choice"),
    ("SimpleWysiwyg", "texts are HTML here and need no conversion"),
    ("gs", OTHER),
    ("GlideRecord", OTHER),
    ("GlideRecordSecure", OTHER),
    ("GlideAggregate", OTHER),
    ("GlideElement", OTHER),
    ("GlideDateTime", OTHER),
    ("GlideDate", OTHER),
    ("GlideTime", OTHER),
    ("GlideDuration", OTHER),
    ("GlideSchedule", OTHER),
    ("GlideSysAttachment", OTHER),
    ("GlideStringUtil", OTHER),
    ("GlideFilter", OTHER),
    ("GlideUser", OTHER),
    ("GlideQuery", OTHER),
    ("GlideEmailOutbound", OTHER),
    ("sn_ws", OTHER),
    ("ArrayUtil", OTHER),
    ("JSUtil", OTHER),
    ("Class", OTHER),
];
