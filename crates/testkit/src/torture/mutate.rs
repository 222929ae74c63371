//! Which mail is played at a place: a base and what is done to it, drawn from the seed and the place.

use std::path::Path;

use super::MAIL_BYTES;
use super::bases::{Base, corpora, fixtures};
use super::graft::Lead;
use super::{damage, graft, grow};
use crate::random::Random;

/// Changes made to one mail at most.
const CHANGES_MAX: u64 = 6;

/// Makes mails.
pub struct Mutator {
    seed: u64,
    bases: Vec<Base>,
    leads: Vec<Lead>,
    fixtures: usize,
}

impl Mutator {
    /// The mails of `seed` over the fixtures, and over the corpora in a folder where they are wanted.
    pub fn new(seed: u64, leads: Vec<Lead>, with: Option<&Path>) -> Self {
        let mut bases = fixtures();
        let fixtures = bases.len();
        bases.extend(with.map(corpora).unwrap_or_default());
        Self { seed, bases, leads, fixtures }
    }

    /// How many fixtures there are, and how many mails of corpora.
    pub fn bases(&self) -> (usize, usize) {
        (self.fixtures, self.bases.len() - self.fixtures)
    }

    /// The mail at a place, and the name of what it was made of.
    pub fn mail(&self, place: u64) -> (Vec<u8>, &str) {
        let random = &mut Random::new(self.seed ^ place.wrapping_mul(0xD134_2543_DE82_EF95));
        // The first numbers of near seeds are near each other.
        (0..4).for_each(|_| {
            random.below(2);
        });
        let base = self.base(random);
        let mut mail = base.bytes.clone();
        for _ in 0..=random.below(CHANGES_MAX) {
            self.change(&mut mail, random);
            mail.truncate(MAIL_BYTES);
        }
        (mail, &base.name)
    }

    fn base(&self, random: &mut Random) -> &Base {
        // Fixtures are fewer and stranger: every second mail is made of one.
        let among = if random.below(2) == 0 { self.fixtures } else { self.bases.len() };
        self.bases.get(place(among, random)).expect("there is a fixture")
    }

    fn change(&self, mail: &mut Vec<u8>, random: &mut Random) {
        match random.below(20) {
            0 | 1 => damage::flip(mail, random),
            2 => damage::strew(mail, random),
            3 => damage::truncate(mail, random),
            4 => damage::cut(mail, random),
            5 => damage::copy(mail, random),
            6 => damage::lines(mail, random),
            7 => damage::header(mail, random),
            8 => damage::boundary(mail, random),
            9 | 10 => damage::label(mail, random),
            11 => damage::line_ends(mail, random),
            12 => self.splice(mail, random),
            13 => grow::nest(mail, random),
            14 => grow::long_line(mail, random),
            15 => grow::repeat(mail, random),
            16 => grow::alternate(mail, random),
            17 => grow::quote(mail, random),
            _ => graft::lead(mail, &self.leads, random),
        }
    }

    /// The beginning of one and the end of another.
    fn splice(&self, mail: &mut Vec<u8>, random: &mut Random) {
        let other = &self.base(random).bytes;
        mail.truncate(place(mail.len(), random));
        mail.extend_from_slice(other.get(place(other.len(), random)..).unwrap_or_default());
    }
}

/// A place below `limit`; 0 where there is none.
pub(super) fn place(limit: usize, random: &mut Random) -> usize {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    usize::try_from(random.below(limit)).unwrap_or_default()
}

/// The lines with their ends.
pub(super) fn lines_of(mail: &[u8]) -> Vec<Vec<u8>> {
    mail.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Where the body begins.
pub(super) fn end_of_head(mail: &[u8]) -> usize {
    let bare = mail.windows(2).position(|two| two == b"\n\n").map(|at| at + 2);
    let usual = mail.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    bare.into_iter().chain(usual).min().unwrap_or(mail.len())
}

/// Puts another word behind one of the places where `name` stands, in capitals or not.
pub(super) fn replace_after(mail: &mut Vec<u8>, name: &[u8], word: &str, random: &mut Random) {
    let found: Vec<usize> = mail
        .windows(name.len())
        .enumerate()
        .filter(|(_, window)| window.eq_ignore_ascii_case(name))
        .map(|(at, _)| at + name.len())
        .collect();
    let Some(&from) = found.get(place(found.len(), random)) else { return };
    let rest = mail.get(from..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| **byte == b' ').count();
    let length = rest.iter().skip(blank).take_while(|byte| !b"\r\n;".contains(byte)).count();
    mail.splice(from + blank..from + blank + length, word.bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_place_give_the_same_mail_again_and_others_give_others() {
        let (one, again) = (Mutator::new(1, Vec::new(), None), Mutator::new(1, Vec::new(), None));
        let other = Mutator::new(2, Vec::new(), None);
        let same = (0..200).filter(|place| one.mail(*place) == again.mail(*place)).count();
        let differ = (0..200).filter(|place| one.mail(*place) != other.mail(*place)).count();
        assert_eq!(same, 200);
        assert!(differ > 190, "{differ}");
    }

    #[test]
    fn a_label_is_replaced_up_to_its_end() {
        let mut mail = b"Content-Type: text/plain; Charset=utf-8; x=y\r\n\r\n".to_vec();
        replace_after(&mut mail, b"charset=", "big5", &mut Random::new(1));
        assert_eq!(mail, b"Content-Type: text/plain; Charset=big5; x=y\r\n\r\n");
    }
}
