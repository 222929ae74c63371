//! Today's configuration with packs laid over it that are not installed. What the pack would be refused for is found as it
//! would be: by deciding on its records, without applying the plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::access::Rights;
use rejoinder_engine::config::Config;
use rejoinder_engine::context::NextNumber;
use rejoinder_engine::dictionary::{Dictionary, Table};
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::{Pack, in_order};
use rejoinder_engine::plan::{Actor, RecordOp};
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::{Change, Request, decide};
use rejoinder_engine::view::View;

use crate::app::{App, context, request_id};
use crate::error::AppError;

/// The configuration with the packs over it.
pub(super) fn laid_over(app: &App, packs: &[Pack]) -> Result<Arc<Config>, AppError> {
    let (config, view) = app.moment()?;
    if packs.is_empty() {
        return Ok(config);
    }
    let dictionary = Arc::new(dictionary(&config.dictionary, packs)?);
    let mut records = BTreeMap::new();
    for table in config.dictionary.configuration() {
        let of_table = app.store.records_of(&table.table.name)?;
        records.extend(of_table.into_iter().map(|record| (record.id, record)));
    }
    let compiled = |records: &BTreeMap<Id, Record>| {
        let list: Vec<Record> = records.values().cloned().collect();
        Config::new(config.generation, dictionary.clone(), &list, config.keys.clone())
    };
    let mut changes = Vec::new();
    for pack in packs {
        for record in pack.records()? {
            let change = pack.change(&record, &dictionary)?;
            changes.push(match (change, view.get(&record.table, record.id)?) {
                (Change::Insert { table, fields, .. }, Some(known)) => {
                    Change::Update { key: RecordKey { table, id: known.id }, fields }
                }
                (change, _) => change,
            });
        }
    }
    in_order(&mut changes);
    let request =
        Request { id: request_id(&app.env)?, actor: Actor::system(), rights: Rights::Program, changes };
    let (today, seed, now) = (compiled(&records), app.env.seed()?, app.env.now());
    let (plan, _) = decide(context(&today, &view, now, seed, &NextNumber), &request)?;
    for operation in plan.records {
        match operation {
            RecordOp::Insert { key, fields } => {
                let record = Record { table: key.table, id: key.id, version: 1, fields };
                records.insert(key.id, record);
            }
            RecordOp::Update { key, new, .. } => {
                if let Some(record) = records.get_mut(&key.id) {
                    record.version += 1;
                    new.into_iter().for_each(|(field, value)| record.set(&field, value));
                }
            }
            RecordOp::Delete { key, .. } => drop(records.remove(&key.id)),
        }
    }
    Ok(Arc::new(compiled(&records)))
}

/// Today's tables with the fields that packs bring to them. A table that is not here has no past to be decided on.
fn dictionary(today: &Dictionary, packs: &[Pack]) -> Result<Dictionary, AppError> {
    let mut tables: BTreeMap<String, Table> =
        today.tables().map(|info| (info.table.name.clone(), info.table.clone())).collect();
    for pack in packs {
        for theirs in pack.tables()? {
            let Some(mine) = tables.get_mut(&theirs.name) else {
                return Err(AppError::Refused(format!(
                    "the pack {} defines the table `{}`, which is not here: install it before you replay with it",
                    pack.name, theirs.name
                )));
            };
            for field in theirs.fields {
                if !mine.fields.iter().any(|known| known.name == field.name) {
                    mine.fields.push(field);
                }
            }
        }
    }
    Ok(Dictionary::new(tables.into_values().collect())?)
}
