//! The words of encoded queries: operators, periods, people and units.

use super::Dialect;
use crate::condition::{Dynamic, Operator, Part, Period, Unit};

/// What stands between a path and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// An operator with a value, or without one where it takes none.
    Plain(Operator),
    /// An operator that names another field, or a unit of it.
    Field(Operator),
    /// A distance from another field: `other@unit@before@3`.
    Distance(Operator),
    /// Several values.
    List(Operator),
    /// Two values.
    Between,
    /// A day or period: label, start, end.
    On(Operator),
    /// So long from now: `@unit@ago@3`.
    Relative(Operator),
    /// A part of a moment: a label and a script.
    DatePart,
    /// A part of a moment that is this.
    PartIs(Part),
    /// Whoever asks.
    Dynamic(Operator),
    /// The name of a table.
    InstanceOf,
    /// The field that leads upwards and a record: `parent@id`.
    Hierarchy,
    /// The same with whoever asks.
    HierarchyDynamic,
    /// Words in the texts of the record, behind the pseudo field `123`.
    Words,
    /// Understood, but nothing that we can ask; the text says what to do.
    Refused(&'static str),
}

/// All words. Where one begins with another, the longer one is meant.
pub(super) const WORDS: [(&str, Word); 69] = [
    ("=", Word::Plain(Operator::Is)),
    ("!=", Word::Plain(Operator::IsNot)),
    ("<", Word::Plain(Operator::LessThan)),
    ("<=", Word::Plain(Operator::LessOrEqual)),
    (">", Word::Plain(Operator::GreaterThan)),
    (">=", Word::Plain(Operator::GreaterOrEqual)),
    ("IN", Word::List(Operator::In)),
    ("NOT IN", Word::List(Operator::NotIn)),
    ("NOTIN", Word::List(Operator::NotIn)),
    ("LIKE", Word::Plain(Operator::Contains)),
    ("*", Word::Plain(Operator::Contains)),
    ("CONTAINS", Word::Plain(Operator::Contains)),
    ("NOT LIKE", Word::Plain(Operator::NotContains)),
    ("NOTLIKE", Word::Plain(Operator::NotContains)),
    ("!*", Word::Plain(Operator::NotContains)),
    ("DOES NOT CONTAIN", Word::Plain(Operator::NotContains)),
    ("DOESNOTCONTAIN", Word::Plain(Operator::NotContains)),
    ("STARTSWITH", Word::Plain(Operator::StartsWith)),
    ("ENDSWITH", Word::Plain(Operator::EndsWith)),
    ("%", Word::Plain(Operator::EndsWith)),
    ("HAS", Word::Plain(Operator::Has)),
    ("HASNOT", Word::Plain(Operator::HasNot)),
    ("ISEMPTY", Word::Plain(Operator::IsEmpty)),
    ("EMPTYSTRING", Word::Plain(Operator::IsEmpty)),
    ("NOTHING", Word::Plain(Operator::IsEmpty)),
    ("ISNOTEMPTY", Word::Plain(Operator::IsNotEmpty)),
    ("ANYTHING", Word::Plain(Operator::Anything)),
    ("BETWEEN", Word::Between),
    ("SAMEAS", Word::Field(Operator::SameAs)),
    ("NSAMEAS", Word::Field(Operator::NotSameAs)),
    ("GT_FIELD", Word::Field(Operator::GreaterThan)),
    ("LT_FIELD", Word::Field(Operator::LessThan)),
    ("GT_OR_EQUALS_FIELD", Word::Field(Operator::GreaterOrEqual)),
    ("LT_OR_EQUALS_FIELD", Word::Field(Operator::LessOrEqual)),
    ("ON", Word::On(Operator::On)),
    ("NOTON", Word::On(Operator::NotOn)),
    ("RELATIVEGT", Word::Relative(Operator::GreaterThan)),
    ("RELATIVELT", Word::Relative(Operator::LessThan)),
    ("RELATIVEGE", Word::Relative(Operator::GreaterOrEqual)),
    ("RELATIVELE", Word::Relative(Operator::LessOrEqual)),
    ("RELATIVEEE", Word::Relative(Operator::On)),
    ("DATEPART", Word::DatePart),
    ("YEAR_IS", Word::PartIs(Part::Year)),
    ("QUATER_IS", Word::PartIs(Part::Quarter)),
    ("QUARTER_IS", Word::PartIs(Part::Quarter)),
    ("MONTH_IS", Word::PartIs(Part::Month)),
    ("WEEK_IS", Word::PartIs(Part::Week)),
    ("DAY_IS", Word::PartIs(Part::Day)),
    ("DAY_OF_WEEK_IS", Word::PartIs(Part::DayOfWeek)),
    ("HOUR_IS", Word::PartIs(Part::Hour)),
    ("DYNAMIC", Word::Dynamic(Operator::Is)),
    ("ISNOT_DYNAMIC", Word::Dynamic(Operator::IsNot)),
    ("CONTAINS_DYNAMIC", Word::Dynamic(Operator::Has)),
    ("DOESNOTCONTAIN_DYNAMIC", Word::Dynamic(Operator::HasNot)),
    ("INSTANCEOF", Word::InstanceOf),
    ("VALCHANGES", Word::Plain(Operator::Changes)),
    ("CHANGESFROM", Word::Plain(Operator::ChangesFrom)),
    ("CHANGESTO", Word::Plain(Operator::ChangesTo)),
    ("MORETHAN", Word::Distance(Operator::FartherThan)),
    ("LESSTHAN", Word::Distance(Operator::NearerThan)),
    ("IN_HIERARCHY", Word::Hierarchy),
    ("IN_HIERARCHY_DYNAMIC", Word::HierarchyDynamic),
    ("IS_CALCULATED", Word::Refused("its value is a script, and none is run here; write the value itself")),
    ("ARE", Word::Refused("keywords are no fields; ask a list with HAS")),
    ("TEXTQUERY321=", Word::Words),
    ("MATCH_PAT", Word::Refused(PATTERN)),
    ("MATCH_RGX", Word::Refused(PATTERN)),
    ("SOUNDSLIKE", Word::Refused(PATTERN)),
    ("RLQUERY", Word::Refused("`RLQUERYtable.field,>=1^ENDRLQUERY` stands alone, without a field before it")),
];

const PATTERN: &str = "patterns are not asked; use LIKE, STARTSWITH or ENDSWITH";

/// The longest word that `text` begins with, and what follows it.
pub(super) fn longest(text: &str) -> Option<(Word, &str)> {
    let fitting = WORDS.iter().filter(|(word, _)| text.starts_with(word));
    let (word, meaning) = fitting.max_by_key(|(word, _)| word.len())?;
    Some((*meaning, text.get(word.len()..)?))
}

/// The word of an operator that stands alone, in any case.
pub(super) fn called(operator: &str) -> Option<Word> {
    let operator = match operator.trim() {
        "==" => "=",
        "<>" => "!=",
        other => other,
    };
    WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(operator)).map(|(_, meaning)| *meaning)
}

/// How a dialect writes an operator: the first of the table, but for those that it calls otherwise.
pub(super) fn written(meaning: Word, dialect: Dialect) -> Option<&'static str> {
    if dialect == Dialect::SimpleOne && meaning == Word::Plain(Operator::NotContains) {
        return Some("NOTLIKE");
    }
    WORDS.iter().find(|(_, known)| *known == meaning).map(|(word, _)| *word)
}

/// A period as functions of scripts name it: `beginningOfToday`.
pub(super) const PERIODS: [(&str, Period); 21] = [
    ("Today", Period::Today),
    ("Yesterday", Period::Yesterday),
    ("Tomorrow", Period::Tomorrow),
    ("ThisWeek", Period::ThisWeek),
    ("LastWeek", Period::LastWeek),
    ("NextWeek", Period::NextWeek),
    ("ThisMonth", Period::ThisMonth),
    ("LastMonth", Period::LastMonth),
    ("NextMonth", Period::NextMonth),
    ("ThisQuarter", Period::ThisQuarter),
    ("LastQuarter", Period::LastQuarter),
    ("NextQuarter", Period::NextQuarter),
    ("ThisYear", Period::ThisYear),
    ("LastYear", Period::LastYear),
    ("NextYear", Period::NextYear),
    ("Last7Days", Period::Last7Days),
    ("Last30Days", Period::Last30Days),
    ("Last60Days", Period::Last60Days),
    ("Last90Days", Period::Last90Days),
    ("Next7Days", Period::Next7Days),
    ("Next30Days", Period::Next30Days),
];

/// `gs.beginningOfToday()`: the period, and whether its end is meant.
pub(super) fn edge_of_period(script: &str) -> Option<(Period, bool)> {
    let call = script.trim().strip_prefix("gs.")?.strip_suffix("()")?;
    let (name, end) = match call.strip_prefix("beginningOf") {
        Some(name) => (name, false),
        None => (call.strip_prefix("endOf")?, true),
    };
    PERIODS.iter().find(|(known, _)| *known == name).map(|(_, period)| (*period, end))
}

/// The name of a period in functions of scripts.
pub(super) fn period_name(period: Period) -> &'static str {
    PERIODS.iter().find(|(_, known)| *known == period).map_or("Today", |(name, _)| *name)
}

/// The ids of the filters for the session's user and their groups, and their plain words.
pub(super) const PEOPLE: [(&str, Dynamic); 4] = [
    ("90d1921e5f510100a9ad2572f2b477fe", Dynamic::Me),
    ("d6435e965f510100a9ad2572f2b47744", Dynamic::MyGroups),
    ("me", Dynamic::Me),
    ("my_groups", Dynamic::MyGroups),
];

/// The unit of that word.
pub(super) fn unit(word: &str) -> Option<Unit> {
    UNITS.iter().find(|(known, _)| *known == word).map(|(_, unit)| *unit)
}

/// The units of relative times.
pub(super) const UNITS: [(&str, Unit); 8] = [
    ("minute", Unit::Minute),
    ("hour", Unit::Hour),
    ("dayofweek", Unit::Day),
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("quarter", Unit::Quarter),
    ("year", Unit::Year),
];

/// The parts of moments as `gs.datePart` names them.
pub(super) const PARTS: [(&str, Part); 8] = [
    ("year", Part::Year),
    ("quarter", Part::Quarter),
    ("month", Part::Month),
    ("week", Part::Week),
    ("day", Part::Day),
    ("dayofmonth", Part::Day),
    ("dayofweek", Part::DayOfWeek),
    ("hour", Part::Hour),
];

/// The comparisons of `gs.datePart`.
pub(super) const COMPARISONS: [(&str, Operator); 5] = [
    ("EE", Operator::Is),
    ("LT", Operator::LessThan),
    ("LE", Operator::LessOrEqual),
    ("GT", Operator::GreaterThan),
    ("GE", Operator::GreaterOrEqual),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_meant_however_the_table_is_ordered() {
        for (word, meaning) in WORDS {
            assert_eq!(longest(&format!("{word}@x")), Some((meaning, "@x")), "{word}");
        }
        assert_eq!(longest("HASNOTx"), Some((Word::Plain(Operator::HasNot), "x")));
        assert_eq!(longest("<=5"), Some((Word::Plain(Operator::LessOrEqual), "5")));
    }
}
