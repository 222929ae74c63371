//! What people write to a service desk, in several languages. Each sentence is looked for afterwards, so that none begins
//! like a quote, a signature or a header field.

use rejoinder_testkit::random::Random;

/// Sentences that latin1 can write.
const WESTERN: &[&str] = &[
    "Der Drucker im Büro für Rückfragen druckt nur größere Blätter, kleinere läßt er übrig.",
    "L'écran de la réception s'éteint à chaque fois que l'on ouvre la fenêtre d'à côté.",
    "Können Sie bitte prüfen, warum der Schlüssel für Müllers Zimmer nicht mehr öffnet?",
    "Le garçon de l'étage où j'habite a déjà redémarré le modem, ça n'a rien changé.",
    "¿Puede alguien mirar el teléfono de la señora Muñoz? Mañana vuelve de viaje.",
    "Die Heizung läuft seit gestern, obwohl überall 25° eingestellt sind; übrigens tropft sie.",
];
/// Sentences that windows-1251 can write.
const RUSSIAN: &[&str] = &[
    "Не работает принтер на третьем этаже, бумага есть, лампочка мигает красным.",
    "Прошу восстановить доступ к общей папке отдела: вчера все открывалось.",
    "После обновления программа учета не запускается, окно сразу закрывается.",
    "Замените, пожалуйста, клавиатуру: кнопка пробела западает и печатает дважды.",
    "Телефон в приемной молчит, хотя провод целый и соседний аппарат звонит.",
];
/// Sentences for which only UTF-8 will do.
const WIDE: &[&str] = &[
    "Η οθόνη της αίθουσας συσκέψεων δεν ανάβει από χθες το απόγευμα.",
    "Proszę o nową kartę dostępu, stara złamała się na pół w bramce wejściowej.",
    "会议室的投影仪打不开，今天下午三点有客户来访。",
    "Příliš žluťoučký kůň úpěl ďábelské ódy — и это видно на всех экранах 🖥️.",
    "Kullanıcı şifremi değiştirdim ama ığdır şubesindeki bilgisayar kabul etmiyor.",
    "プリンターの紙詰まりが直りません。お手数ですが確認をお願いします。",
];
/// Sentences of ASCII.
const PLAIN: &[&str] = &[
    "The coffee machine on the second floor shows error 42 and does not stop beeping.",
    "My laptop forgets the time whenever the lid stays closed for more than a day.",
    "Please add the new colleague in room 214 to the list for the morning report.",
    "Could somebody look at the projector before the meeting at three o'clock?",
];
/// What comes out of windows' paths where an escape is seen in them.
const BACKSLASHES: &[&str] = &[
    r"The program lies in C:\new\x41\table and writes to \\server\users\0041.",
    r"After the update the path D:\temp\n\r\t is no longer found by the export.",
    r"The pattern \d+\.\d+ does not match, and \u0041 is shown as it is in the log.",
];
/// What things are called in subjects.
const SUBJECTS: &[&str] =
    &["Drucker für Büro", "Écran éteint", "Принтер", "打印机", "Laptop", "Zimmerschlüssel"];

/// Which sentences a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    Plain,
    Western,
    Russian,
    Wide,
    Backslashes,
}

impl Tongue {
    const fn sentences(self) -> &'static [&'static str] {
        match self {
            Self::Plain => PLAIN,
            Self::Western => WESTERN,
            Self::Russian => RUSSIAN,
            Self::Wide => WIDE,
            Self::Backslashes => BACKSLASHES,
        }
    }
}

/// Three sentences, no two the same.
pub(crate) fn sentences(random: &mut Random, tongue: Tongue) -> Vec<&'static str> {
    let all = tongue.sentences();
    let first = index(random, all.len());
    (0..3).map(|step| all[(first + step) % all.len()]).collect()
}

/// A subject with its number, which nothing else carries.
pub(crate) fn subject(random: &mut Random, n: usize) -> String {
    format!("{} case{n:04}", SUBJECTS[index(random, SUBJECTS.len())])
}

pub(crate) fn index(random: &mut Random, length: usize) -> usize {
    usize::try_from(random.below(length as u64)).unwrap_or(0)
}

/// Bytes that no text is, for files.
pub(crate) fn noise(random: &mut Random, length: usize) -> Vec<u8> {
    (0..length).map(|_| u8::try_from(random.below(256)).unwrap_or(0)).collect()
}
