//! An inbound action as a file of a pack, for the command line: its values as the API takes them.
//!
//! Reads the file and the scripts that it names beside it; which kinds its fields have the program knows that tries it.

use std::path::Path;

use rejoinder_engine::inbound::INBOUND_ACTION;
use serde_json::{Map, Value as Json};
use toml::Value as Toml;

use crate::error::AppError;
use crate::limits::SCRIPT_BYTES_MAX;

/// The values of the action in a file: `table = "inbound_action"`, then `[fields]`.
pub fn read(path: &Path) -> Result<Map<String, Json>, AppError> {
    let wrong = |text: String| AppError::Refused(format!("{}: {text}", path.display()));
    let file: toml::Table = toml::from_str(&text_of(path)?).map_err(|error| wrong(error.to_string()))?;
    if file.get("table").and_then(Toml::as_str) != Some(INBOUND_ACTION) {
        return Err(wrong(format!("it is no action of a pack: `table = \"{INBOUND_ACTION}\"` is missing")));
    }
    let fields = file.get("fields").and_then(Toml::as_table);
    let fields = fields.ok_or_else(|| wrong("`[fields]` is missing".to_owned()))?;
    fields.iter().map(|(name, value)| Ok((name.clone(), json(path, value)?))).collect()
}

fn text_of(path: &Path) -> Result<String, AppError> {
    let what = || format!("reading {}", path.display());
    let size = std::fs::metadata(path).map_err(AppError::machine(what()))?.len();
    if size > u64::try_from(SCRIPT_BYTES_MAX).unwrap_or(u64::MAX) {
        return Err(AppError::Refused(format!("{} is larger than {SCRIPT_BYTES_MAX} bytes", path.display())));
    }
    std::fs::read_to_string(path).map_err(AppError::machine(what()))
}

/// A value as the API takes it. What is no text, number, yes or no, or list of texts is written as JSON into its field;
/// `{ file = "x.js" }` is the text of a file beside it.
fn json(path: &Path, value: &Toml) -> Result<Json, AppError> {
    if let Some(file) = value.get("file").and_then(Toml::as_str) {
        return Ok(Json::String(text_of(&path.with_file_name(file))?));
    }
    Ok(match value {
        Toml::String(text) => Json::String(text.clone()),
        Toml::Integer(number) => Json::from(*number),
        Toml::Boolean(flag) => Json::Bool(*flag),
        Toml::Array(items) if items.iter().all(Toml::is_str) => {
            Json::Array(items.iter().filter_map(Toml::as_str).map(Json::from).collect())
        }
        other => {
            let text = serde_json::to_string(other);
            Json::String(text.map_err(|error| AppError::Refused(format!("{}: {error}", path.display())))?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Map<String, Json>, AppError> {
        let folder =
            std::env::temp_dir().join(format!("rejoinder-action-{}-{}", std::process::id(), text.len()));
        std::fs::create_dir_all(&folder).map_err(AppError::machine("a folder"))?;
        let path = folder.join("action.toml");
        std::fs::write(folder.join("one.js"), "current.insert();").map_err(AppError::machine("a file"))?;
        std::fs::write(&path, text).map_err(AppError::machine("a file"))?;
        let read = read(&path);
        std::fs::remove_dir_all(&folder).map_err(AppError::machine("a folder"))?;
        read
    }

    #[test]
    fn a_file_of_a_pack_gives_the_values_that_the_api_takes() -> Result<(), AppError> {
        let text = "table='inbound_action'\n[fields]\nname='X'\norder=5\nactive=true\naccounts=['Help']\n\
                    script={file='one.js'}\ncondition={field='subject',operator='is',value='x'}\n\
                    mapping=[{field='subject',from='subject'}]";
        let fields = Json::Object(read_text(text)?);
        let wanted = serde_json::json!({ "name": "X", "order": 5, "active": true, "accounts": ["Help"],
            "script": "current.insert();",
            "condition": "{\"field\":\"subject\",\"operator\":\"is\",\"value\":\"x\"}",
            "mapping": "[{\"field\":\"subject\",\"from\":\"subject\"}]" });
        assert_eq!(fields, wanted);
        Ok(())
    }

    #[test]
    fn what_is_no_action_is_refused_with_its_name() {
        for text in ["table='user'\n[fields]\nname='X'", "table='inbound_action'", "= ="] {
            let said = read_text(text).map_err(|error| error.to_string());
            assert!(said.as_ref().is_err_and(|said| said.contains("action.toml: ")), "{said:?}");
        }
    }
}
