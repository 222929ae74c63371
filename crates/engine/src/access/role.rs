//! Roles: what may stand in the roles of a user or of an access rule.

use super::rule::ACCESS_RULE;
use crate::draft::ChangeError;
use crate::record::Record;

/// The table of the roles.
pub const ROLE: &str = "role";

/// Refuses roles that there are not, where a person can still mend it: a misspelt one would grant nothing, silently.
/// Those that the record had before may stay. Where no roles are `known`, nothing is checked.
pub fn check_roles(known: &[String], before: Option<&Record>, after: &Record) -> Result<(), ChangeError> {
    if known.is_empty() || !matches!(after.table.as_str(), "user" | ACCESS_RULE) {
        return Ok(());
    }
    let had = before.map_or(&[][..], |before| before.get("roles").items());
    let mut added = after.get("roles").items().iter().filter(|role| !had.contains(role));
    let Some(unknown) = added.find(|role| !known.contains(role)) else { return Ok(()) };
    Err(ChangeError::Field {
        table: after.table.clone(),
        field: "roles".to_owned(),
        code: "bad_value",
        rule: format!("there is no role `{unknown}`; there are {}", known.join(", ")),
    })
}
