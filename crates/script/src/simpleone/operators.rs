//! The operators of SimpleOne's conditions, by their system names.

/// An operator.
pub(super) struct Operator {
    /// Its system name.
    pub(super) name: &'static str,
    /// Whether it takes no value.
    pub(super) unary: bool,
}

const fn with_value(name: &'static str) -> Operator {
    Operator { name, unary: false }
}

const fn alone(name: &'static str) -> Operator {
    Operator { name, unary: true }
}

/// All of them.
pub(super) static ALL: [Operator; 42] = [
    with_value("="),
    with_value("!="),
    with_value(">"),
    with_value("<"),
    with_value(">="),
    with_value("<="),
    with_value("IN"),
    with_value("NOT IN"),
    with_value("LIKE"),
    with_value("NOTLIKE"),
    with_value("STARTSWITH"),
    with_value("ENDSWITH"),
    alone("ISEMPTY"),
    alone("ISNOTEMPTY"),
    alone("ANYTHING"),
    alone("NOTHING"),
    with_value("SAMEAS"),
    with_value("NSAMEAS"),
    with_value("GT_FIELD"),
    with_value("LT_FIELD"),
    with_value("GT_OR_EQUALS_FIELD"),
    with_value("LT_OR_EQUALS_FIELD"),
    with_value("ON"),
    with_value("NOTON"),
    with_value("BETWEEN"),
    with_value("YEAR_IS"),
    with_value("MONTH_IS"),
    with_value("QUATER_IS"),
    with_value("WEEK_IS"),
    with_value("DAY_IS"),
    with_value("DAY_OF_WEEK_IS"),
    with_value("HOUR_IS"),
    with_value("HAS"),
    with_value("HASNOT"),
    with_value("CONTAINS_DYNAMIC"),
    with_value("DOESNOTCONTAIN_DYNAMIC"),
    with_value("ARE"),
    with_value("DYNAMIC"),
    with_value("ISNOT_DYNAMIC"),
    alone("VALCHANGES"),
    with_value("CHANGESFROM"),
    with_value("CHANGESTO"),
];

/// The operator that a script means, in whatever case it writes it; `contains` is `LIKE`.
pub(super) fn find(name: &str) -> Option<&'static Operator> {
    let name = name.trim();
    let name = if name.eq_ignore_ascii_case("contains") { "LIKE" } else { name };
    ALL.iter().find(|operator| operator.name.eq_ignore_ascii_case(name))
}
