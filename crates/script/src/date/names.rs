//! Names of months, days and units in the languages of the product; English where a language is none of
//! them.

use super::length::Unit;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_RU: [&str; 12] = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_RU: [&str; 7] =
    ["Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота", "Воскресенье"];
const SHORT_DAYS_RU: [&str; 7] = ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"];

fn is_russian(language: &str) -> bool {
    language.starts_with("ru")
}

fn at(names: &[&'static str], number: i8) -> &'static str {
    let place = usize::try_from(number).unwrap_or_default().saturating_sub(1);
    names.get(place).copied().unwrap_or_default()
}

/// The name of a month, 1 to 12.
pub(crate) fn month(number: i8, language: &str) -> &'static str {
    at(if is_russian(language) { &MONTHS_RU } else { &MONTHS_EN }, number)
}

/// The first three letters of it.
pub(crate) fn short_month(number: i8, language: &str) -> &'static str {
    let name = month(number, language);
    name.char_indices().nth(3).map_or(name, |(end, _)| name.get(..end).unwrap_or(name))
}

/// The name of a day of the week, Monday 1 to Sunday 7.
pub(crate) fn weekday(number: i8, language: &str) -> &'static str {
    at(if is_russian(language) { &DAYS_RU } else { &DAYS_EN }, number)
}

/// Its short name: `Mon`, `Пн`.
pub(crate) fn short_weekday(number: i8, language: &str) -> &'static str {
    if is_russian(language) {
        return at(&SHORT_DAYS_RU, number);
    }
    let name = at(&DAYS_EN, number);
    name.get(..3).unwrap_or(name)
}

/// The number of the month of an English name, also one of three letters.
pub(crate) fn month_called(name: &str) -> Option<i8> {
    called(&MONTHS_EN, name)
}

/// The number of the day of an English name, also one of three letters.
pub(crate) fn weekday_called(name: &str) -> Option<i8> {
    called(&DAYS_EN, name)
}

fn called(names: &[&str], name: &str) -> Option<i8> {
    let is = |known: &&str| {
        known.eq_ignore_ascii_case(name)
            || known.get(..3).is_some_and(|short| short.eq_ignore_ascii_case(name))
    };
    names.iter().position(is).and_then(|place| i8::try_from(place + 1).ok())
}

/// A unit of so many: `day`, `days`, `день`, `дня`, `дней`.
pub(crate) fn unit(unit: Unit, count: u64, language: &str) -> &'static str {
    if !is_russian(language) {
        return match (unit, count) {
            (Unit::Day, 1) => "day",
            (Unit::Day, _) => "days",
            (Unit::Hour, 1) => "hour",
            (Unit::Hour, _) => "hours",
            (Unit::Minute, 1) => "minute",
            (Unit::Minute, _) => "minutes",
            (Unit::Second, 1) => "second",
            (Unit::Second, _) => "seconds",
        };
    }
    let forms = match unit {
        Unit::Day => ["день", "дня", "дней"],
        Unit::Hour => ["час", "часа", "часов"],
        Unit::Minute => ["минута", "минуты", "минут"],
        Unit::Second => ["секунда", "секунды", "секунд"],
    };
    let [one, few, many] = forms;
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_language() {
        assert_eq!((month(11, "en"), month(11, "ru"), month(11, "de")), ("November", "Ноябрь", "November"));
        assert_eq!((short_month(5, "en"), short_month(11, "ru")), ("May", "Ноя"));
        assert_eq!((short_weekday(1, "en"), short_weekday(7, "ru-RU")), ("Mon", "Вс"));
        assert_eq!((weekday(2, "en"), weekday(3, "ru")), ("Tuesday", "Среда"));
        assert_eq!(month(13, "en"), "");
    }

    #[test]
    fn russian_units_have_three_forms() {
        let days: Vec<&str> = [1, 2, 5, 11, 21, 112].map(|count| unit(Unit::Day, count, "ru")).to_vec();
        assert_eq!(days, ["день", "дня", "дней", "дней", "день", "дней"]);
    }

    #[test]
    fn english_names_are_read_long_and_short() {
        assert_eq!(
            (month_called("SEPTEMBER"), month_called("sep"), month_called("se")),
            (Some(9), Some(9), None)
        );
        assert_eq!((weekday_called("sunday"), weekday_called("Mon")), (Some(7), Some(1)));
    }
}
