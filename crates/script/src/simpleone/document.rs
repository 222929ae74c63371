//! Document IDs: one text for a record of any table. Here it is the table's name, a colon and the
//! record's id, so that both can be read from it without asking anybody.

/// The Document ID of a record; empty where one of the two is.
pub(super) fn id(table: &str, record: &str) -> String {
    if table.is_empty() || record.is_empty() { String::new() } else { format!("{table}:{record}") }
}

/// Table and id of a Document ID.
pub(super) fn parts(document: &str) -> Option<(&str, &str)> {
    document.trim().split_once(':').filter(|(table, id)| !table.is_empty() && !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_id_leads_back() {
        assert_eq!(parts(&id("incident", "i1")), Some(("incident", "i1")));
        assert_eq!(id("incident", ""), "");
        assert_eq!(parts("i1"), None);
    }
}
