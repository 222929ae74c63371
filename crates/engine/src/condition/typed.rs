//! The check that makes a condition typed: paths become steps, operands get the kind of their field.

use super::source::{Apart, Asked, Given, Related as Wanted, Source, Special};
use super::{
    By, Clause, Condition, ConditionError, Distance, Dynamic, Hierarchy, Operand, Operator, Other, Part,
    PartOf, RECORD_FIELD, Related, Relative, Side, Step, TABLE_FIELD, Takes, Unit, words,
};
use crate::dictionary::{Dictionary, TableInfo};
use crate::limits::{
    CONDITION_CLAUSES_MAX, CONDITION_DEPTH_MAX, PATH_STEPS_MAX, RELATED_COUNT_MAX, RELATIVE_AMOUNT_MAX,
    TEXT_QUERY_WORDS_MAX,
};
use crate::time::Timestamp;
use crate::value::{Kind, Value};

impl Source {
    /// Types the condition against `table` of the dictionary.
    pub fn check(&self, dictionary: &Dictionary, table: &str) -> Result<Condition, ConditionError> {
        let info = dictionary.table(table).ok_or_else(|| ConditionError::NoTable(table.to_owned()))?;
        self.check_in(dictionary, info)
    }

    /// Types the condition against a table that need not be in the dictionary (such as the mail's own).
    pub fn check_in(&self, dictionary: &Dictionary, info: &TableInfo) -> Result<Condition, ConditionError> {
        let condition = Typing { dictionary, info, counts: true }.condition(self, 0)?;
        if condition.size() > CONDITION_CLAUSES_MAX {
            return Err(ConditionError::TooLarge { limit: CONDITION_CLAUSES_MAX, what: "clauses" });
        }
        Ok(condition)
    }
}

struct Typing<'a> {
    dictionary: &'a Dictionary,
    info: &'a TableInfo,
    /// Whether related records may be counted: not among those that are counted themselves.
    counts: bool,
}

/// What one operand is typed for.
struct Place<'a> {
    asked: &'a Asked,
    /// The field at the end of the path.
    step: &'a Step,
    /// The kind of what is asked: that of the field, or a whole number for a part.
    kind: Kind,
}

impl Typing<'_> {
    fn condition(&self, source: &Source, depth: usize) -> Result<Condition, ConditionError> {
        if depth > CONDITION_DEPTH_MAX {
            return Err(ConditionError::TooLarge { limit: CONDITION_DEPTH_MAX, what: "nested groups" });
        }
        let parts = |parts: &[Source]| {
            parts.iter().map(|part| self.condition(part, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match source {
            Source::All { all } => Condition::All(parts(all)?),
            Source::Any { any } => Condition::Any(parts(any)?),
            Source::Not { not } => Condition::Not(Box::new(self.condition(not, depth + 1)?)),
            Source::Clause(asked) => Condition::Clause(self.clause(asked, depth)?),
        })
    }

    fn clause(&self, asked: &Asked, depth: usize) -> Result<Clause, ConditionError> {
        let mut path = condition_path(self.dictionary, self.info, &asked.field)?;
        let Some(step) = path.last().cloned() else {
            return Err(ConditionError::NoTable(self.info.table.name.clone()));
        };
        let related = match &asked.related {
            Some(wanted) => Some(Box::new(self.related(asked, wanted, &step, depth)?)),
            None => None,
        };
        let kind = match asked.part {
            _ if related.is_some() => Kind::Integer,
            Some(part) => part_kind(asked, part, step.kind)?,
            None if asked.operator.suits(step.kind) => step.kind,
            None => {
                let (path, operator) = (asked.field.clone(), asked.operator);
                return Err(ConditionError::Unsuitable { path, kind: step.kind, operator });
            }
        };
        check_count(asked)?;
        let place = Place { asked, step: &step, kind };
        if asked.operator == Operator::HasWords {
            return self.words(&place, path);
        }
        if asked.operator == Operator::InstanceOf {
            return self.instance_of(&place, path);
        }
        let given = asked.value.iter().chain(&asked.values);
        let operands = given.map(|given| self.operand(&place, given)).collect::<Result<Vec<_>, _>>()?;
        if kind == Kind::Reference && is_about_text(asked.operator) {
            path = self.to_display(&place, path)?;
        }
        let part = asked.part.map(|part| PartOf { part, zone: None });
        let by = place.by()?.map(Box::new);
        let hierarchy = self.hierarchy(&place)?.map(Box::new);
        Ok(Clause { part, by, related, hierarchy, ..Clause::new(path, asked.operator, operands) })
    }

    /// The records that are counted: they refer to the record at the end of the path.
    fn related(
        &self,
        asked: &Asked,
        wanted: &Wanted,
        step: &Step,
        depth: usize,
    ) -> Result<Related, ConditionError> {
        let bad = |what: String| {
            let (table, field) = (wanted.table.clone(), wanted.field.clone());
            ConditionError::Related { table, field, what }
        };
        if !self.counts {
            return Err(bad(
                "records are not counted by how many others refer to them; ask one of the two".to_owned()
            ));
        }
        let (Kind::Reference, Some(table)) = (step.kind, &step.table) else {
            return Err(bad(format!(
                "`{}` is no reference; ask `{RECORD_FIELD}`, the record itself",
                asked.field
            )));
        };
        if asked.part.is_some() || !asked.operator.suits_part() {
            let operator = asked.operator.word();
            return Err(bad(format!(
                "a number of records cannot be asked `{operator}`; ask `is`, `in` or by its order"
            )));
        }
        let info =
            self.dictionary.table(&wanted.table).ok_or_else(|| bad("there is no such table".to_owned()))?;
        let path = resolve_path(self.dictionary, info, &wanted.field)?;
        let refers = |field: &Step| {
            let target = field.table.as_deref().filter(|_| field.kind == Kind::Reference);
            target.is_some_and(|target| {
                self.dictionary.is_a(table, target) || self.dictionary.is_a(target, table)
            })
        };
        let [field] = path.as_slice() else {
            return Err(bad("a field of that table itself is wanted".to_owned()));
        };
        if !refers(field) {
            return Err(bad(format!("it does not refer to records of `{table}`")));
        }
        let inside = Typing { dictionary: self.dictionary, info, counts: false };
        let condition = match &wanted.condition {
            Some(source) => inside.condition(source, depth + 1)?,
            None => Condition::always(),
        };
        if let Some(clause) = condition.clauses().iter().find(|clause| clause.operator.looks_back()) {
            let (path, word) = (clause.path_text(), clause.operator.word());
            return Err(bad(format!("`{path} {word}` looks back, and the others are asked as they are")));
        }
        Ok(Related { table: wanted.table.clone(), field: field.clone(), condition: Box::new(condition) })
    }

    /// The reference of the table to itself that leads upwards.
    fn hierarchy(&self, place: &Place<'_>) -> Result<Option<Hierarchy>, ConditionError> {
        let by = match (&place.asked.by, place.asked.operator) {
            (Some(by), Operator::InHierarchy) => by,
            (None, Operator::InHierarchy) => {
                return Err(place.bad("name the field that leads to the record above: `\"by\": \"parent\"`"));
            }
            (Some(_), _) => return Err(place.bad("`by` is for `in_hierarchy` alone; leave it out")),
            (None, _) => return Ok(None),
        };
        let table = place.step.table.as_deref();
        let info = table.and_then(|table| self.dictionary.table(table));
        let info = info.ok_or_else(|| place.bad("it refers to no table, so that nothing lies above it"))?;
        let table = info.table.name.as_str();
        let path = resolve_path(self.dictionary, info, by)?;
        let leads = |step: &Step| {
            let target = step.table.as_deref().filter(|_| step.kind == Kind::Reference)?;
            let is_own = self.dictionary.is_a(table, target) || self.dictionary.is_a(target, table);
            let has_it = self.dictionary.table(target)?.field(&step.field)?.table.as_deref() == Some(target);
            (is_own && has_it).then(|| target.to_owned())
        };
        match path.as_slice() {
            [step] => match leads(step) {
                Some(table) => Ok(Some(Hierarchy { table, by: step.clone() })),
                None => Err(place.bad(&format!(
                    "`{by}` is no reference of `{table}` to itself, so that it leads to none above"
                ))),
            },
            _ => Err(place.bad(&format!("`{by}` is a path; a field of `{table}` itself is wanted"))),
        }
    }

    /// Of a reference the display value of its target is asked.
    fn to_display(&self, place: &Place<'_>, mut path: Vec<Step>) -> Result<Vec<Step>, ConditionError> {
        let target = place.step.table.as_deref().and_then(|table| self.dictionary.table(table));
        let target =
            target.ok_or_else(|| place.bad("it refers to no table, so that it has no name to ask"))?;
        let display = &target.table.display;
        let field = target.field(display).filter(|field| field.kind.is_text());
        let field = field.ok_or_else(|| {
            place.bad(&format!(
                "records of `{}` are named by `{display}`, which is no text",
                target.table.name
            ))
        })?;
        if field.secret {
            return Err(ConditionError::Secret { path: format!("{}.{display}", place.asked.field) });
        }
        if place.step.field == RECORD_FIELD {
            path.pop();
        }
        path.push(Step { field: display.clone(), kind: field.kind, table: None });
        Ok(path)
    }

    /// The words, and the texts of the record in which they are looked for.
    fn words(&self, place: &Place<'_>, path: Vec<Step>) -> Result<Clause, ConditionError> {
        let Some(Given::Text(text)) = &place.asked.value else {
            return Err(place.bad("words are wanted, with spaces between them"));
        };
        let words = words::split(text);
        if words.is_empty() || words.len() > TEXT_QUERY_WORDS_MAX {
            return Err(place.bad(&format!(
                "from one word to {TEXT_QUERY_WORDS_MAX} are looked for, with spaces between them"
            )));
        }
        place.by()?;
        self.hierarchy(place)?;
        let info = place.step.table.as_deref().and_then(|table| self.dictionary.table(table));
        let texts = info.map(|info| words::fields(info)).filter(|texts| !texts.is_empty());
        let texts = texts.ok_or_else(|| place.bad("it refers to no table that has texts"))?;
        let operands = words.into_iter().map(Operand::Value).collect();
        Ok(Clause { texts: Some(texts), ..Clause::new(path, Operator::HasWords, operands) })
    }

    /// The tables that the record may belong to take the place of the one that was named.
    fn instance_of(&self, place: &Place<'_>, mut path: Vec<Step>) -> Result<Clause, ConditionError> {
        let Some(Given::Text(table)) = &place.asked.value else {
            return Err(place.bad("the name of a table is wanted"));
        };
        if self.dictionary.table(table).is_none() {
            return Err(place.bad(&format!("there is no table `{table}`")));
        }
        if place.step.field == RECORD_FIELD {
            path.pop();
        }
        path.push(Step { field: TABLE_FIELD.to_owned(), kind: Kind::Choice, table: None });
        let tables = self.dictionary.with_extending(table);
        let operands = tables.iter().map(|table| Operand::Value(Value::text(table))).collect();
        let word = Some(table.clone());
        Ok(Clause { word, ..Clause::new(path, Operator::InstanceOf, operands) })
    }

    fn operand(&self, place: &Place<'_>, given: &Given) -> Result<Operand, ConditionError> {
        match given {
            Given::Text(text) => text_operand(place, text),
            Given::Special(Special::Field(path)) => self.other_field(place, path),
            Given::Special(Special::Dynamic(dynamic)) => self.dynamic(place, *dynamic),
            Given::Special(Special::Period(period)) => {
                place.must_be_in_time("a period")?;
                Ok(Operand::Other(Other::Period(*period)))
            }
            Given::Special(Special::Before(apart) | Special::After(apart)) => {
                if place.asked.operator.takes() != Takes::Distance {
                    return Err(place.bad("a distance from another field is asked `farther_than` or `nearer_than`"));
                }
                self.other_field(place, &apart.field)
            }
            Given::Special(Special::Ago(length)) => place.relative(Relative::Ago(*length)),
            Given::Special(Special::Ahead(length)) => place.relative(Relative::Ahead(*length)),
            Given::Special(Special::Script(_)) => Err(place.bad(
                "its value is a script, and none is run here; write the value itself, `dynamic`, `period` or `ago`",
            )),
        }
    }

    fn other_field(&self, place: &Place<'_>, path: &str) -> Result<Operand, ConditionError> {
        let operator = place.asked.operator;
        let compares = matches!(operator.takes(), Takes::Field | Takes::Distance)
            || (operator.is_ordering() && operator != Operator::Between);
        if !compares || place.asked.part.is_some() || place.asked.related.is_some() {
            return Err(place.bad("it is not compared with another field; `same_as` and `less_than` are"));
        }
        let steps = condition_path(self.dictionary, self.info, path)?;
        let other = steps.last().map_or(place.kind, |step| step.kind);
        if !comparable(place.kind, other) {
            return Err(
                place.bad(&format!("`{path}` is of another kind; two fields of one kind are compared"))
            );
        }
        Ok(Operand::Other(Other::Field(steps)))
    }

    fn dynamic(&self, place: &Place<'_>, dynamic: Dynamic) -> Result<Operand, ConditionError> {
        let fits = match place.kind {
            Kind::Reference => matches!(
                place.asked.operator,
                Operator::Is
                    | Operator::IsNot
                    | Operator::InHierarchy
                    | Operator::ChangesTo
                    | Operator::ChangesFrom
            ),
            Kind::ReferenceList => matches!(
                place.asked.operator,
                Operator::Has | Operator::HasNot | Operator::Contains | Operator::NotContains
            ),
            _ => false,
        };
        let table = place.step.table.as_deref();
        if !fits || table.is_some_and(|table| !self.dictionary.is_a(dynamic.table(), table)) {
            let (word, table) = (dynamic.word(), dynamic.table());
            return Err(place.bad(&format!(
                "`{word}` fits a reference to `{table}` asked `is` or `is_not`, and a list of them asked `has` or `has_not`"
            )));
        }
        Ok(Operand::Other(Other::Dynamic(dynamic)))
    }
}

impl Place<'_> {
    fn bad(&self, what: &str) -> ConditionError {
        ConditionError::BadOperand {
            path: self.asked.field.clone(),
            operator: self.asked.operator,
            kind: self.kind,
            what: what.to_owned(),
        }
    }

    /// The unit of the calendar, or the distance, by which it is compared with another field.
    fn by(&self) -> Result<Option<By>, ConditionError> {
        let far = |side, apart: &Apart| {
            if apart.amount > RELATIVE_AMOUNT_MAX {
                return Err(
                    self.bad(&format!("at most {RELATIVE_AMOUNT_MAX} units between two can be asked"))
                );
            }
            Ok(By::new(apart.unit, Some(Distance { amount: apart.amount, side })))
        };
        let by = match (self.asked.unit, &self.asked.value) {
            (None, Some(Given::Special(Special::Before(apart)))) => far(Side::Before, apart)?,
            (None, Some(Given::Special(Special::After(apart)))) => far(Side::After, apart)?,
            (None, _) => return Ok(None),
            (Some(unit), _) if self.asked.operator.takes() == Takes::Field => By::new(unit, None),
            (Some(_), _) => {
                return Err(self.bad("it is not asked by a `unit`: `same_as` and `not_same_as` are"));
            }
        };
        match (self.kind, by.unit) {
            (Kind::Date, Unit::Minute | Unit::Hour) => {
                Err(self.bad("a day has no minutes and hours: ask by `day` or more"))
            }
            (Kind::Datetime | Kind::Date, _) => Ok(Some(by)),
            _ => Err(self.bad("only two moments or two days are compared by a `unit`; leave it out")),
        }
    }

    fn must_be_in_time(&self, what: &str) -> Result<(), ConditionError> {
        let operator = self.asked.operator;
        let fits = matches!(operator, Operator::On | Operator::NotOn) || operator.is_ordering();
        if fits && matches!(self.kind, Kind::Datetime | Kind::Date) {
            return Ok(());
        }
        Err(self.bad(&format!("{what} fits a moment or a day, asked `on`, `not_on` or by its order")))
    }

    fn relative(&self, relative: Relative) -> Result<Operand, ConditionError> {
        self.must_be_in_time("a time from now")?;
        if relative.length().amount > RELATIVE_AMOUNT_MAX {
            return Err(self.bad(&format!("at most {RELATIVE_AMOUNT_MAX} units from now can be asked")));
        }
        Ok(Operand::Other(Other::Moment(relative)))
    }
}

fn is_about_text(operator: Operator) -> bool {
    matches!(operator, Operator::Contains | Operator::NotContains | Operator::StartsWith | Operator::EndsWith)
}

/// Whether values of two kinds can be equal.
fn comparable(one: Kind, other: Kind) -> bool {
    one == other || (one.is_text() && other.is_text())
}

fn part_kind(asked: &Asked, part: Part, kind: Kind) -> Result<Kind, ConditionError> {
    let bad = |what: String| Err(ConditionError::Part { path: asked.field.clone(), what });
    let word = part.word();
    if !part.suits(kind) {
        return bad(format!(
            "it has no part `{word}`: only moments have hours, only moments and days other parts"
        ));
    }
    if !asked.operator.suits_part() {
        let operator = asked.operator.word();
        return bad(format!(
            "the part `{word}` is a number and cannot be asked `{operator}`; ask `is`, `in` or by its order"
        ));
    }
    Ok(Kind::Integer)
}

fn check_count(asked: &Asked) -> Result<(), ConditionError> {
    let (one, several) = (asked.value.is_some(), asked.values.len());
    let fits = match asked.operator.takes() {
        Takes::Nothing => !one && several == 0,
        Takes::One => one && several == 0,
        Takes::Two => !one && several == 2,
        Takes::Several => !one && several > 0,
        Takes::Field => several == 0 && matches!(asked.value, Some(Given::Special(Special::Field(_)))),
        Takes::Distance => {
            let distance =
                matches!(asked.value, Some(Given::Special(Special::Before(_) | Special::After(_))));
            several == 0 && distance
        }
    };
    if fits {
        return Ok(());
    }
    Err(ConditionError::Operands { path: asked.field.clone(), operator: asked.operator })
}

fn text_operand(place: &Place<'_>, text: &str) -> Result<Operand, ConditionError> {
    let operator = place.asked.operator;
    if place.asked.related.is_some() {
        let number =
            text.trim().parse().ok().filter(|number| (0..=i64::from(RELATED_COUNT_MAX)).contains(number));
        let what = format!(
            "`{text}` is no number from 0 to {RELATED_COUNT_MAX}, to which related records are counted"
        );
        return number.map(|number| Operand::Value(Value::Int(number))).ok_or_else(|| place.bad(&what));
    }
    if let Some(part) = place.asked.part {
        let number = part.number(text);
        let what = format!("`{text}` is no {}: a number or a name is wanted", part.word());
        return number.map(|number| Operand::Value(Value::Int(number))).ok_or_else(|| place.bad(&what));
    }
    if matches!(operator, Operator::On | Operator::NotOn) {
        let day = text.trim().parse().map_err(|_| {
            place.bad(&format!("`{text}` is no day such as 2026-11-23, and no `period`, `ago` or `ahead`"))
        })?;
        return Ok(Operand::Other(Other::Day(day)));
    }
    if place.kind == Kind::Datetime {
        if let Some(at) = utc(text) {
            return Ok(Operand::Value(Value::Time(at)));
        }
        if let Ok(day) = text.trim().parse() {
            if operator.is_ordering() {
                return Ok(Operand::Other(Other::Day(day)));
            }
            return Err(place.bad(&format!("`{text}` is a day and no moment: ask `on` or `not_on`")));
        }
    }
    let exact = matches!(
        operator,
        Operator::Is
            | Operator::IsNot
            | Operator::In
            | Operator::NotIn
            | Operator::ChangesTo
            | Operator::ChangesFrom
    );
    // A part of a text, a text in an order, and an item of a list are texts, whatever the whole must look like.
    let kind = match place.kind {
        Kind::ReferenceList | Kind::TextList | Kind::Url if !exact => Kind::String,
        Kind::Reference if is_about_text(operator) => Kind::String,
        kind => kind,
    };
    Value::parse(kind, text).map(Operand::Value).map_err(|cause| place.bad(&cause.to_string()))
}

/// `2026-11-23 14:05:00`, as scripts and encoded queries write moments in UTC.
fn utc(text: &str) -> Option<Timestamp> {
    let (day, time) = text.trim().split_once(' ').filter(|(day, time)| day.len() == 10 && time.len() == 8)?;
    Timestamp::parse(&format!("{day}T{time}Z"))
}

/// The steps of a dotted path from `info`.
pub fn resolve_path(
    dictionary: &Dictionary,
    info: &TableInfo,
    path: &str,
) -> Result<Vec<Step>, ConditionError> {
    steps(dictionary, info, path, false)
}

/// The same for conditions, which may ask for the record itself (`sys_id`) and its table (`sys_table`) too.
pub fn condition_path(
    dictionary: &Dictionary,
    info: &TableInfo,
    path: &str,
) -> Result<Vec<Step>, ConditionError> {
    steps(dictionary, info, path, true)
}

fn steps(
    dictionary: &Dictionary,
    info: &TableInfo,
    path: &str,
    with_own: bool,
) -> Result<Vec<Step>, ConditionError> {
    let names: Vec<&str> = path.split('.').collect();
    if names.len() > PATH_STEPS_MAX {
        return Err(ConditionError::TooLarge { limit: PATH_STEPS_MAX, what: "steps in a path" });
    }
    let mut steps: Vec<Step> = Vec::with_capacity(names.len());
    let mut current = info;
    for (place, name) in names.iter().enumerate() {
        if let Some(last) = steps.last() {
            let target = last.table.as_deref().filter(|_| last.kind == Kind::Reference);
            current = target.and_then(|target| dictionary.table(target)).ok_or_else(|| {
                ConditionError::NoReference { path: path.to_owned(), field: last.field.clone() }
            })?;
        }
        let is_last = place + 1 == names.len();
        if let Some(own) = own_step(dictionary, current, name).filter(|_| with_own && is_last) {
            steps.push(own);
            break;
        }
        let field = current.field(name).ok_or_else(|| ConditionError::NoField {
            path: path.to_owned(),
            table: current.table.name.clone(),
            field: (*name).to_owned(),
        })?;
        if field.secret {
            return Err(ConditionError::Secret { path: path.to_owned() });
        }
        steps.push(Step { field: (*name).to_owned(), kind: field.kind, table: field.table.clone() });
    }
    Ok(steps)
}

/// The step to the record itself or its table, where the table does not have a field of that name.
fn own_step(dictionary: &Dictionary, info: &TableInfo, name: &str) -> Option<Step> {
    let table = dictionary.table(&info.table.name).filter(|_| info.field(name).is_none())?;
    let (kind, table) = match name {
        RECORD_FIELD => (Kind::Reference, Some(table.table.name.clone())),
        TABLE_FIELD => (Kind::Choice, None),
        _ => return None,
    };
    Some(Step { field: name.to_owned(), kind, table })
}
