//! Rule tests of packs that lie in folders: reads packs and case files, lays the packs over those that the program ships,
//! and plays the cases. Needs no database and writes none; what a case means is `rejoinder-ruletest`'s.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rejoinder_engine::pack::{Pack, PackError};
use rejoinder_ruletest::case::rewritten;
use rejoinder_ruletest::{Base, Case, CaseError, Verdict, World, play, verdict};

use crate::error::AppError;
use crate::install::shipped;
use crate::limits::{PACK_BYTES_MAX, PACK_FILES_MAX, PACK_FOLDERS_MAX};
use crate::workers::{in_parallel, panic_text};

pub use rejoinder_ruletest::junit::{Result as Tested, document as junit};
pub use rejoinder_ruletest::words::reference;

/// The packs that the program ships, in the order in which they build on each other. `demo` brings the people and the
/// accounts that cases speak of.
pub const SHIPPED: [&str; 3] = ["core", "itsm", "demo"];
/// The folder of a pack's cases.
const TESTS: &str = "tests";
/// How the name of a case file ends.
const CASE: &str = "case";

/// A case file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Its pack or folder.
    pub suite: String,
    /// What it is called: its path below the folder, without its ending.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// Packs and cases that were found.
#[derive(Debug, Default)]
pub struct Found {
    /// The packs, each from a folder.
    pub packs: Vec<Pack>,
    /// The cases, in the order of their places.
    pub cases: Vec<CaseFile>,
}

/// Reads what lies at these places: folders of packs, folders with nothing but cases, and single case files. A file or
/// folder below `tests` brings the pack that it belongs to.
pub fn read(paths: &[PathBuf]) -> Result<Found, AppError> {
    let mut found = Found::default();
    for path in paths {
        let root = root(path)?;
        let files = files_below(&root)?;
        let suite = name_of(&root)?;
        for (place, text) in &files {
            let file = root.join(place);
            let name = place.strip_prefix("tests/").unwrap_or(place);
            let Some(name) = name.strip_suffix(".case") else { continue };
            let wanted = path.is_file() && same_file(&file, path) || path.is_dir() && below(&file, path);
            let known = found.cases.iter().any(|case: &CaseFile| case.path == file);
            if wanted && !known {
                let (suite, name, text) = (suite.clone(), name.to_owned(), text.clone());
                found.cases.push(CaseFile { suite, name, path: file, text });
            }
        }
        let is_case = |place: &str| Path::new(place).extension().is_some_and(|ending| ending == CASE);
        let files: BTreeMap<String, String> =
            files.into_iter().filter(|(place, _)| !is_case(place)).collect();
        if !files.is_empty() && !found.packs.iter().any(|pack| pack.name == suite && pack.files == files) {
            found.packs.push(Pack { name: suite, files });
        }
    }
    Ok(found)
}

/// The folder that is read for a place: of something below `tests` the pack, of a lone file its folder.
fn root(path: &Path) -> Result<PathBuf, AppError> {
    let there = path.metadata().map_err(AppError::machine(format!("{} cannot be read", path.display())))?;
    let tests = path.ancestors().find(|above| above.file_name().is_some_and(|name| name == TESTS));
    if let Some(pack) = tests.and_then(Path::parent) {
        let named = if pack.as_os_str().is_empty() { Path::new(".") } else { pack };
        if named.read_dir().is_ok_and(|mut entries| entries.any(is_pack_part)) {
            return Ok(named.to_owned());
        }
    }
    if there.is_dir() {
        return Ok(path.to_owned());
    }
    if path.extension().is_none_or(|ending| ending != CASE) {
        let problem = format!("{} is neither a folder nor a file whose name ends with .case", path.display());
        return Err(AppError::Refused(problem));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(folder.unwrap_or(Path::new(".")).to_owned())
}

/// Whether an entry beside `tests` makes the folder a pack: a file of a record, or a folder with some.
fn is_pack_part(entry: std::io::Result<fs::DirEntry>) -> bool {
    let toml = |path: &Path| path.extension().is_some_and(|ending| ending == "toml");
    entry.is_ok_and(|entry| {
        let path = entry.path();
        let inside = || path.read_dir().into_iter().flatten().flatten().any(|inner| toml(&inner.path()));
        path.file_name().is_none_or(|name| name != "Cargo.toml") && (toml(&path) || inside())
    })
}

fn same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().ok().is_some_and(|one| other.canonicalize().ok() == Some(one))
}

fn below(file: &Path, folder: &Path) -> bool {
    file.canonicalize()
        .ok()
        .zip(folder.canonicalize().ok())
        .is_some_and(|(file, folder)| file.starts_with(folder))
}

/// What a folder is called, also where it is `.`.
fn name_of(folder: &Path) -> Result<String, AppError> {
    let whole = folder.canonicalize();
    let whole = whole.map_err(AppError::machine(format!("{} cannot be read", folder.display())))?;
    Ok(whole.file_name().map_or_else(|| "pack".to_owned(), |name| name.to_string_lossy().into_owned()))
}

/// One pack from its folder, without its cases.
pub fn read_pack(folder: &Path) -> Result<Pack, AppError> {
    let mut found = read(&[folder.to_owned()])?;
    let nothing = || AppError::Refused(format!("{} holds no files of a pack", folder.display()));
    found.packs.pop().ok_or_else(nothing)
}

/// All files below a folder: paths with `/`, and texts. Hidden ones are left out.
fn files_below(root: &Path) -> Result<BTreeMap<String, String>, AppError> {
    let unread = |path: &Path| AppError::machine(format!("{} cannot be read", path.display()));
    let mut files = BTreeMap::new();
    let (mut folders, mut seen, mut bytes) = (vec![root.to_owned()], 0, 0);
    while let Some(folder) = folders.pop() {
        seen += 1;
        for entry in folder.read_dir().map_err(unread(&folder))? {
            let path = entry.map_err(unread(&folder))?.path();
            let place = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if place.rsplit('/').next().is_some_and(|name| name.starts_with('.')) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path).map_err(unread(&path))?;
            bytes += content.len();
            if seen > PACK_FOLDERS_MAX || files.len() >= PACK_FILES_MAX || bytes > PACK_BYTES_MAX {
                return Err(AppError::Refused(format!(
                    "{} holds more than a pack does ({PACK_FILES_MAX} files, {PACK_BYTES_MAX} bytes): name the folder of \
                     the pack",
                    root.display()
                )));
            }
            let text = String::from_utf8(content)
                .map_err(|_| AppError::Refused(format!("{} is no UTF-8 text", path.display())))?;
            files.insert(place, text);
        }
    }
    Ok(files)
}

/// The shipped packs with these laid over them: files over those of a pack of the same name, others as packs of their own.
pub fn laid_over(packs: &[Pack]) -> Result<(Vec<Pack>, Vec<String>), AppError> {
    let mut all = SHIPPED.iter().map(|name| shipped(name)).collect::<Result<Vec<_>, _>>()?;
    let mut told = Vec::new();
    for pack in packs {
        if let Some(under) = all.iter_mut().find(|known| known.name == pack.name) {
            let new = pack.files.keys().filter(|path| !under.files.contains_key(*path)).count();
            let differing =
                pack.files.iter().filter(|(path, text)| under.files.get(*path) != Some(text)).count();
            told.push(format!(
                "{}: {} files changed and {new} new over the shipped pack",
                pack.name,
                differing - new
            ));
            under.lay_over(pack.files.clone());
        } else {
            told.push(format!("{}: {} files beside the shipped packs", pack.name, pack.files.len()));
            all.push(pack.clone());
        }
    }
    Ok((all, told))
}

/// The world in which cases begin.
pub fn base(packs: &[Pack]) -> Result<Base, PackError> {
    Base::new(packs, Vec::new())
}

/// Plays the cases, several at once, and says of each how it ended; in the order in which they were given.
pub fn run(base: &Base, cases: &[CaseFile]) -> Vec<Tested> {
    let done: Mutex<BTreeMap<usize, Tested>> = Mutex::default();
    let places: Vec<usize> = (0..cases.len()).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    in_parallel(&places, threads, |place| {
        if let Some(case) = cases.get(*place) {
            let tested = one(base, case);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(*place, tested);
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

#[expect(clippy::disallowed_methods, reason = "a report says how long a case took")]
fn one(base: &Base, file: &CaseFile) -> Tested {
    let began = Instant::now();
    let path = file.path.display().to_string();
    let verdict = match Case::read(&path, &file.name, &file.text) {
        Ok(case) => played(base, &case).map_or_else(Verdict::Broken, |played| verdict(&case, &Ok(played))),
        Err(error) => Verdict::Broken(error),
    };
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    Tested { suite: file.suite.clone(), name: file.name.clone(), path, micros, verdict }
}

/// Plays one case; a fault of the program in it is a fault of this case alone.
fn played(base: &Base, case: &Case) -> Result<rejoinder_ruletest::Played, CaseError> {
    catch_unwind(AssertUnwindSafe(|| play(case, &mut World::new(base)))).unwrap_or_else(|panic| {
        let problem = format!("the program failed: {}", panic_text(panic.as_ref()));
        let hint = "this is a fault of the program: please report it with the case".to_owned();
        Err(CaseError { path: case.path.clone(), line: 1, problem, hint })
    })
}

/// What the case files would be with the outcomes that came in the places of their expectations: those that change.
pub fn updated(base: &Base, files: &[CaseFile]) -> Vec<Result<(PathBuf, String), CaseError>> {
    let of = |file: &CaseFile| {
        let case = Case::read(&file.path.display().to_string(), &file.name, &file.text)?;
        let outcomes = played(base, &case)?.outcomes;
        let outcomes: Vec<String> = outcomes.into_iter().map(|outcome| outcome + "\n").collect();
        let mut text = rewritten(&file.text, &outcomes);
        text.truncate(text.trim_end().len());
        text.push('\n');
        Ok((text != file.text).then(|| (file.path.clone(), text)))
    };
    files.iter().filter_map(|file| of(file).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("rejoinder-{name}-{}", std::process::id()));
            drop(fs::remove_dir_all(&path));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn file(&self, place: &str, text: &[u8]) -> PathBuf {
            let path = self.0.join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    fn found(paths: &[&Path]) -> (Vec<String>, Vec<String>) {
        let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
        let found = read(&paths).unwrap();
        let cases = found.cases.iter().map(|case| format!("{} {}", case.suite, case.name)).collect();
        (found.packs.iter().map(|pack| format!("{} {}", pack.name, pack.files.len())).collect(), cases)
    }

    #[test]
    fn a_file_or_folder_below_tests_brings_its_pack_and_a_case_comes_once() {
        let scratch = Scratch::new("rule-tests-found");
        scratch.file("acme/rules/a.toml", b"");
        let one = scratch.file("acme/tests/one.case", b"");
        scratch.file("acme/tests/deep/two.case", b"");
        scratch.file("acme/.git/three.case", b"");
        let lone = scratch.file("lone/four.case", b"");
        let root = scratch.0.join("acme");
        let pack = vec!["acme 1".to_owned()];
        let both = vec!["acme deep/two".to_owned(), "acme one".to_owned()];
        assert_eq!(found(&[&root]), (pack.clone(), both.clone()));
        assert_eq!(found(&[&root, &one, &root.join("tests")]), (pack.clone(), both));
        assert_eq!(found(&[&one]), (pack.clone(), vec!["acme one".to_owned()]));
        assert_eq!(found(&[&root.join("tests/deep")]), (pack, vec!["acme deep/two".to_owned()]));
        assert_eq!(found(&[&lone]), (Vec::new(), vec!["lone four".to_owned()]));
        let error = read(&[root.join("rules/a.toml")]).unwrap_err().to_string();
        assert!(error.contains("neither a folder nor a file whose name ends with .case"), "{error}");
    }

    #[test]
    fn a_folder_that_is_no_pack_is_not_read_whole() {
        let scratch = Scratch::new("rule-tests-bounds");
        scratch.file("large/a.txt", &vec![b'a'; PACK_BYTES_MAX + 1]);
        (0..=PACK_FILES_MAX).for_each(|name| drop(scratch.file(&format!("files/{name}"), b"")));
        (0..PACK_FOLDERS_MAX).for_each(|name| drop(scratch.file(&format!("folders/{name}/a"), b"")));
        for name in ["large", "files", "folders"] {
            let error = read(&[scratch.0.join(name)]).unwrap_err().to_string();
            assert!(error.contains("holds more than a pack does"), "{name}: {error}");
        }
        scratch.file("bytes/a.toml", &[0xff]);
        let error = read(&[scratch.0.join("bytes")]).unwrap_err().to_string();
        assert!(error.ends_with("a.toml is no UTF-8 text"), "{error}");
    }

    #[test]
    fn files_are_laid_over_those_of_the_same_pack() {
        let files = |path: &str| [(path.to_owned(), "x".to_owned())].into();
        let packs = [
            Pack { name: "itsm".to_owned(), files: files("actions/comment.toml") },
            Pack { name: "itsm".to_owned(), files: files("actions/mine.toml") },
            Pack { name: "acme".to_owned(), files: files("a.toml") },
        ];
        let (all, told) = laid_over(&packs).unwrap();
        let names: Vec<&str> = all.iter().map(|pack| pack.name.as_str()).collect();
        assert_eq!(names, ["core", "itsm", "demo", "acme"]);
        assert_eq!(all[1].files["actions/comment.toml"], "x");
        assert!(
            all[1].files.contains_key("actions/mine.toml") && all[1].files.contains_key("actions/alert.toml")
        );
        assert_eq!(told[0], "itsm: 1 files changed and 0 new over the shipped pack");
        assert_eq!(told[1], "itsm: 0 files changed and 1 new over the shipped pack");
    }
}
