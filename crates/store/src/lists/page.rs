//! Records page by page, newest first, for people who look through a whole table.

use rejoinder_engine::condition::Condition;
use rejoinder_engine::record::Record;

use super::{Listed, Page};
use crate::condition::matching;
use crate::db::Store;
use crate::error::StoreError;
use crate::record::read;

impl Store {
    /// The records of `table` and those that extend it that fulfil `condition`, newest first.
    pub fn records(
        &self,
        table: &str,
        condition: &Condition,
        page: &Page,
    ) -> Result<Listed<Record>, StoreError> {
        let schema = self.dictionary();
        let root = schema.root_of(table).ok_or_else(|| StoreError::NoSuchField(table.to_owned()))?;
        self.read(|tx| {
            let mut params = Vec::new();
            let matching = matching(tx.dialect(), &schema, table, condition, &mut params);
            let matching = matching.map_err(StoreError::BadCondition)?.replacen(" WHERE ", " WHERE (", 1) + ")";
            let cursor = page.after.as_deref().and_then(|after| after.split_once('.'));
            let cursor = cursor.and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id)));
            let mut after = String::new();
            if let Some((at, id)) = cursor {
                params.push(at.into());
                let moment = params.len();
                params.push(id.into());
                after = format!(
                    " AND (r.\"created_at\" < ?{moment} OR (r.\"created_at\" = ?{moment} AND r.sys__id < ?{}))",
                    params.len()
                );
            }
            let wanted = page.rows();
            params.push(i64::try_from(wanted + 1).unwrap_or(i64::MAX).into());
            let order = " ORDER BY r.\"created_at\" DESC, r.sys__id DESC";
            let sql = format!("{}{matching}{after}{order} LIMIT ?{}", root.select, params.len());
            let rows = tx.query(&sql, &params)?;
            let mut items = rows.into_iter().map(|row| read(root, row)).collect::<Result<Vec<_>, StoreError>>()?;
            let more = items.len() > wanted;
            items.truncate(wanted);
            let next = items.last().filter(|_| more).map(|last| {
                let at = match last.get("created_at") {
                    rejoinder_engine::value::Value::Time(at) => at.micros(),
                    _ => 0,
                };
                format!("{at}.{}", last.id)
            });
            Ok(Listed { items, next })
        })
    }
}
