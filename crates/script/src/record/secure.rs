//! Record objects that ask for the rights of whoever the script runs as (`SimpleRecordSecure`,
//! `GlideRecordSecure`): rows and fields that they may not read are not there, writes that they may not
//! make are refused.

use super::Record;
use crate::interp::convert::Halt;
use crate::interp::kit::Call;
use crate::{HostError, Right, Row, Value};

impl Record {
    /// Asks for rights from now on.
    pub(crate) fn secure(&self) {
        self.inner.borrow_mut().secure = true;
    }

    fn is_secure(&self) -> bool {
        self.inner.borrow().secure
    }

    /// The rows of these that may be read.
    pub(super) fn visible(&self, call: &Call<'_, '_>, rows: Vec<Row>) -> Result<Vec<Row>, Halt> {
        if !self.is_secure() {
            return Ok(rows);
        }
        let mut visible = Vec::with_capacity(rows.len());
        for row in rows {
            if call.host(|host| host.may(Right::Read, self.table(), Some(&row.id), None))? {
                visible.push(row);
            }
        }
        Ok(visible)
    }

    /// Whether a field of the current row may be read.
    pub(super) fn is_readable(&self, call: &Call<'_, '_>, field: &str) -> Result<bool, Halt> {
        if !self.is_secure() || !self.is_saved() {
            return Ok(true);
        }
        let id = self.id();
        call.host(|host| host.may(Right::Read, self.table(), Some(&id), Some(field)))
    }

    /// A row without the fields that may not be read.
    pub(super) fn readable(&self, call: &Call<'_, '_>, row: Row) -> Result<Row, Halt> {
        if !self.is_secure() {
            return Ok(row);
        }
        let mut fields = Vec::with_capacity(row.fields.len());
        for (name, value) in row.fields {
            if self.is_readable(call, &name)? {
                fields.push((name, value));
            }
        }
        Ok(Row { fields, ..row })
    }

    /// Refuses a write that may not be made.
    pub(super) fn must<'f>(
        &self,
        call: &Call<'_, '_>,
        right: Right,
        fields: impl Iterator<Item = &'f (String, Value)>,
    ) -> Result<(), Halt> {
        if !self.is_secure() {
            return Ok(());
        }
        let id = Some(self.id()).filter(|id| !id.is_empty() && right != Right::Create);
        let what = match right {
            Right::Create => "make records of",
            Right::Delete => "delete this record of",
            Right::Read | Right::Update => "change this record of",
        };
        if !call.host(|host| host.may(right, self.table(), id.as_deref(), None))? {
            let message = format!("whoever the script runs as may not {what} {}", self.table());
            return Err(HostError::refused("no_right", message).into());
        }
        for (field, _) in fields {
            if !call.host(|host| host.may(right, self.table(), id.as_deref(), Some(field)))? {
                let message = format!("whoever the script runs as may not write {}.{field}", self.table());
                return Err(HostError::refused("no_right", message).into());
            }
        }
        Ok(())
    }
}
