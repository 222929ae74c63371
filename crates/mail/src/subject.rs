//! Prefixes of subjects (`Re:`, `AW:`, `Fwd:` …) and what is left without them.

/// Prefixes taken off one subject. What stands behind them is part of the core.
const MAX_PREFIXES: usize = 50;

/// The words that make a subject that of a reply or of a forward, without their colons, compared without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixLists {
    /// Prefixes of replies.
    pub reply: Vec<String>,
    /// Prefixes of forwards.
    pub forward: Vec<String>,
    /// Prefixes that mean different things in different languages or are ordinary words: they count only together
    /// with reply headers (as a reply) or a forwarded block (as a forward).
    pub weak: Vec<String>,
}

impl PrefixLists {
    /// Lists from settings such as `re:,aw:`; colons and spaces around the words do not count.
    pub fn new(reply: &str, forward: &str, weak: &str) -> Self {
        let words = |list: &str| list.split(',').map(bare_word).filter(|word| !word.is_empty()).collect();
        Self { reply: words(reply), forward: words(forward), weak: words(weak) }
    }
}

impl Default for PrefixLists {
    fn default() -> Self {
        Self::new(
            "re,aw,antw,antwort,rép,rep,réf,ref,resp,res,ris,rif,sv,svar,odp,odpověď,ответ,отв,ynt,yanıt,cevap,vá,válasz,atb,απ,σχετ,回复,回覆,\
             答复,返信,답장,vast,blz,bls,trả lời,accepted,tentative,declined,zugesagt,abgelehnt,mit vorbehalt,принято,отклонено,под вопросом",
            "fw,fwd,wg,tr,trans,enc,reenv,inoltra,doorst,vb,vidarebefordrat,vl,vidb,pd,przekazano,пер,переслано,пересл,ilet,ilt,\
             továbbítás,προωθ,πρθ,转发,轉寄,轉發,転送,전달,chuyển tiếp,videresendt",
            "rv,vs,i,r,на",
        )
    }
}

fn bare_word(word: &str) -> String {
    word.trim().trim_end_matches([':', '：']).trim().to_lowercase()
}

/// A prefix that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixHit {
    /// The word of the list, in lower case.
    pub word: String,
    /// It is one of the weak ones and counted because of what else the mail has.
    pub weak: bool,
}

/// Which list a prefix is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Reply,
    Forward,
    Weak,
}

/// The outermost prefix and the subject without any.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) first: Option<(Class, String)>,
    pub(crate) core: String,
}

/// Takes the prefixes off a subject: repeated (`Re: Re:`), numbered (`Re[2]:`, `Re^2:`, `RE(3):`), and behind tags in
/// brackets, which stay (`[INC1] Re: x` becomes `[INC1] x`).
pub(crate) fn split(subject: &str, lists: &PrefixLists) -> Split {
    let mut tags = String::new();
    let mut rest = subject.trim();
    let mut first = None;
    for _ in 0..MAX_PREFIXES {
        let (tag, behind) = leading_tags(rest);
        let Some((class, word, after)) = prefix(behind, lists) else { break };
        tags.push_str(tag);
        rest = after;
        first = first.or(Some((class, word)));
    }
    let mut core = rest;
    if let Some(before) = strip_suffix_ignoring_case(core, "(fwd)") {
        core = before.trim_end();
        first = first.or(Some((Class::Forward, "fwd".to_owned())));
    }
    let core = format!("{tags}{core}").split_whitespace().collect::<Vec<_>>().join(" ");
    Split { first, core }
}

fn strip_suffix_ignoring_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (before, end) = text.split_at_checked(at)?;
    end.eq_ignore_ascii_case(suffix).then_some(before)
}

/// The tags in square brackets at the start, with the spaces behind them.
fn leading_tags(text: &str) -> (&str, &str) {
    let mut length = 0;
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('[') {
        let Some(close) = inner.find(']') else { break };
        let behind = inner.get(close + 1..).unwrap_or_default().trim_start();
        length = text.len() - behind.len();
        rest = behind;
    }
    text.split_at_checked(length).unwrap_or(("", text))
}

/// The prefix at the start and what follows it.
fn prefix<'a>(text: &'a str, lists: &PrefixLists) -> Option<(Class, String, &'a str)> {
    let colon = text.char_indices().take(40).find(|(_, character)| matches!(character, ':' | '：'))?.0;
    let (before, after) = text.split_at_checked(colon)?;
    let after = after.trim_start_matches([':', '：']);
    let word = without_number(before).to_lowercase();
    let listed = |list: &[String]| list.contains(&word);
    let class = if listed(&lists.weak) {
        Class::Weak
    } else if listed(&lists.reply) {
        Class::Reply
    } else if listed(&lists.forward) {
        Class::Forward
    } else {
        return None;
    };
    Some((class, word, after.trim_start()))
}

/// The word before a number such as `[2]`, `(2)`, `^2` or `*2`.
fn without_number(text: &str) -> &str {
    let text = text.trim();
    let bare = text.trim_end_matches([']', ')']).trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.len() == text.len() {
        return text;
    }
    match bare.strip_suffix(['[', '(', '^', '*']) {
        Some(word) => word.trim_end(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class_and_core(subject: &str) -> (Option<Class>, String) {
        let split = split(subject, &PrefixLists::default());
        (split.first.map(|(class, _)| class), split.core)
    }

    #[test]
    fn prefixes_count_in_any_case_repeated_and_numbered() {
        for subject in [
            "Re: x",
            "RE:x",
            "re : x",
            "AW: x",
            "Re: AW: RE: x",
            "Re[2]: x",
            "Re^3: x",
            "RE(2): x",
            "Re：x",
            "Ответ: x",
            "Sv: x",
            "Odp: x",
        ] {
            assert_eq!(class_and_core(subject), (Some(Class::Reply), "x".into()), "{subject}");
        }
        for subject in ["Fwd: x", "FW: x", "WG: x", "Fw[2]: Re: x", "TR: x", "x (fwd)", "Переслано: x"]
        {
            assert_eq!(class_and_core(subject), (Some(Class::Forward), "x".into()), "{subject}");
        }
        for subject in ["RV: x", "VS: x", "i: x", "R: x", "На: x"] {
            assert_eq!(class_and_core(subject), (Some(Class::Weak), "x".into()), "{subject}");
        }
    }

    #[test]
    fn the_outermost_prefix_decides() {
        assert_eq!(class_and_core("Re: Fwd: x").0, Some(Class::Reply));
        assert_eq!(class_and_core("Fwd: Re: x").0, Some(Class::Forward));
    }

    #[test]
    fn tags_stay_and_words_inside_are_no_prefixes() {
        assert_eq!(
            class_and_core("[EXT] Re: [INC0000042] Printer"),
            (Some(Class::Reply), "[EXT] [INC0000042] Printer".into())
        );
        assert_eq!(class_and_core("[INC0000042] Printer"), (None, "[INC0000042] Printer".into()));
        assert_eq!(class_and_core("Reset: x"), (None, "Reset: x".into()));
        assert_eq!(class_and_core("Question re: x"), (None, "Question re: x".into()));
        assert_eq!(class_and_core("[Re: x"), (None, "[Re: x".into()));
    }

    #[test]
    fn the_defaults_hold_those_of_the_settings() {
        let lists = PrefixLists::default();
        let all: Vec<&String> = lists.reply.iter().chain(&lists.forward).chain(&lists.weak).collect();
        for word in ["re", "aw", "r", "accepted", "tentative", "declined", "fw", "fwd"] {
            assert!(all.iter().any(|entry| *entry == word), "{word}");
        }
        assert_eq!(PrefixLists::new("Re:, aw: ,,", "", "").reply, ["re", "aw"]);
    }

    #[test]
    fn at_the_limit_of_prefixes() {
        assert_eq!(class_and_core(&("re:".repeat(MAX_PREFIXES) + "x")).1, "x");
        assert_eq!(class_and_core(&("re:".repeat(MAX_PREFIXES + 1) + "x")).1, "re:x");
    }
}
