//! The files of the workspace: their paths, and the text of the Rust sources. Reads the file system once; the checks
//! work on what was read.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use crate::scan::Scan;

/// Folders at the top that hold what tools made, not what people wrote.
const MADE_FOLDERS: [&str; 5] = ["target", ".git", "node_modules", "rejoinder-data", "rejoinder-demo"];

/// The workspace as the checks see it.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Paths of all files, from the root, with `/` between folders.
    pub paths: BTreeSet<String>,
    /// The Rust sources below `crates/`.
    pub sources: Vec<Source>,
}

/// One Rust source file.
#[derive(Debug)]
pub struct Source {
    /// Path from the root, with `/` between folders.
    pub path: String,
    /// The folder below `crates/`.
    pub krate: String,
    /// Whether the file is below the crate's `src` folder.
    pub in_src: bool,
    /// Whether all of it is compiled for tests only.
    pub is_test: bool,
    /// Its text.
    pub text: String,
    /// Its text taken apart.
    pub scan: Scan,
}

impl Source {
    /// Whether what stands at the line (counted from 1) is compiled for tests only.
    pub fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.scan.is_test_line(line)
    }
}

impl Workspace {
    /// Reads the workspace at a folder.
    pub fn load(root: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        collect(root, "", &mut files)?;
        let mut read = Vec::new();
        for path in files {
            let is_source = path.starts_with("crates/") && is_rust(&path);
            let text = if is_source { fs::read_to_string(root.join(&path))? } else { String::new() };
            read.push((path, text));
        }
        Ok(Self::of(read))
    }

    /// A workspace of these files (path, text); the text of what is no Rust source is not looked at.
    pub fn of(files: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let mut workspace = Self::default();
        for (path, text) in files {
            let path = path.into();
            workspace.sources.extend(source(&path, text.into()));
            workspace.paths.insert(path);
        }
        workspace.mark_test_modules();
        workspace
    }

    /// Sources below the `src` folder of one crate.
    pub fn src_of<'a>(&'a self, krate: &'a str) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(move |source| source.in_src && source.krate == krate)
    }

    /// Whether a file or folder of this path is there.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.paths.contains(path)
            || self.paths.range(folder.clone()..).next().is_some_and(|found| found.starts_with(&folder))
    }

    /// A file declared as `#[cfg(test)] mod name;` is a test, and so is what lies in its folder.
    fn mark_test_modules(&mut self) {
        let mut stems = Vec::new();
        for source in &self.sources {
            let folder = module_folder(&source.path);
            stems.extend(source.scan.test_modules.iter().map(|name| format!("{folder}{name}")));
        }
        for source in &mut self.sources {
            let beside = |stem: &String| source.path == format!("{stem}.rs");
            let below = |stem: &String| source.path.starts_with(&format!("{stem}/"));
            source.is_test |= stems.iter().any(|stem| beside(stem) || below(stem));
        }
    }
}

/// The folder, with its last `/`, in which the modules declared in a file have their own files.
fn module_folder(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    match file {
        "lib.rs" | "main.rs" | "mod.rs" => format!("{folder}/"),
        _ => format!("{}/", path.trim_end_matches(".rs")),
    }
}

/// Whether a path is that of a Rust source file.
pub(crate) fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "rs")
}

fn source(path: &str, text: String) -> Option<Source> {
    let (krate, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    if !is_rust(rest) {
        return None;
    }
    Some(Source {
        path: path.to_owned(),
        krate: krate.to_owned(),
        in_src: rest.starts_with("src/"),
        is_test: rest.starts_with("tests/"),
        scan: Scan::of(&text),
        text,
    })
}

fn collect(root: &Path, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if entry.file_type()?.is_dir() {
            let made = MADE_FOLDERS.contains(&name.as_str()) || name.starts_with("target-");
            if !made {
                collect(root, &path, files)?;
            }
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test_files(workspace: &Workspace) -> Vec<&str> {
        workspace.sources.iter().filter(|source| source.is_test).map(|source| source.path.as_str()).collect()
    }

    #[test]
    fn files_of_test_modules_are_tests() {
        let workspace = Workspace::of([
            ("crates/mail/src/lib.rs", "#[cfg(test)]\nmod samples;\nmod parse;"),
            ("crates/mail/src/samples.rs", ""),
            ("crates/mail/src/samples/deep.rs", ""),
            ("crates/mail/src/parse.rs", "#[cfg(test)]\nmod tests;"),
            ("crates/mail/src/parse/tests.rs", ""),
            ("crates/mail/src/parse/table.rs", ""),
            ("crates/mail/tests/corpus.rs", ""),
        ]);
        assert_eq!(
            test_files(&workspace),
            [
                "crates/mail/src/samples.rs",
                "crates/mail/src/samples/deep.rs",
                "crates/mail/src/parse/tests.rs",
                "crates/mail/tests/corpus.rs"
            ]
        );
    }

    #[test]
    fn folders_are_there_when_a_file_is_in_them() {
        let workspace = Workspace::of([("docs/guide.md", ""), ("docs-old/a.md", "")]);
        assert!(workspace.has("docs") && workspace.has("docs/") && workspace.has("docs/guide.md"));
        assert!(!workspace.has("doc") && !workspace.has("docs/guide") && !workspace.has("web"));
    }
}
