//! The graph of packages as `cargo metadata` gives it: who needs whom, under which licence. Features are those of the
//! whole workspace together, which is how the product is built.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

/// The packages of the lock file that this platform needs, and their edges.
#[derive(Debug, Default)]
pub struct Packages {
    packages: BTreeMap<String, Package>,
    members: BTreeSet<String>,
}

/// One package.
#[derive(Debug, Default, Clone)]
pub struct Package {
    /// Its name in the registry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression, if it states one.
    pub licence: Option<String>,
    normal: BTreeSet<String>,
    dev: BTreeSet<String>,
}

impl Packages {
    /// Reads the answer of `cargo metadata --format-version 1`. An answer of another shape gives an error that names
    /// the missing part.
    pub fn parse(metadata: &str) -> Result<Self, String> {
        let root: Value = serde_json::from_str(metadata).map_err(|error| format!("no JSON: {error}"))?;
        let mut graph = Self::default();
        for package in array(&root, "packages")? {
            let read = Package {
                name: text(package, "name")?,
                version: text(package, "version")?,
                licence: package.get("license").and_then(Value::as_str).map(str::to_owned),
                ..Package::default()
            };
            graph.packages.insert(text(package, "id")?, read);
        }
        graph.members =
            array(&root, "workspace_members")?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let resolve = root.get("resolve").ok_or("no `resolve`")?;
        for node in array(resolve, "nodes")? {
            let Some(package) = graph.packages.get_mut(&text(node, "id")?) else { continue };
            for edge in array(node, "deps")? {
                let target = text(edge, "pkg")?;
                for kind in array(edge, "dep_kinds")? {
                    match kind.get("kind").and_then(Value::as_str) {
                        None => _ = package.normal.insert(target.clone()),
                        Some("dev") => _ = package.dev.insert(target.clone()),
                        Some(_) => {}
                    }
                }
            }
        }
        Ok(graph)
    }

    /// The packages of this workspace.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.members.iter().filter_map(|id| self.packages.get(id))
    }

    /// Names of the packages that a member needs directly, in the product.
    pub fn normal_needs(&self, package: &Package) -> BTreeSet<&str> {
        self.names(&package.normal)
    }

    /// Names of the packages that a member needs directly, for its tests.
    pub fn dev_needs(&self, package: &Package) -> BTreeSet<&str> {
        self.names(&package.dev)
    }

    fn names(&self, ids: &BTreeSet<String>) -> BTreeSet<&str> {
        ids.iter().filter_map(|id| self.packages.get(id)).map(|package| package.name.as_str()).collect()
    }

    /// All packages that a member needs in the product, directly or not, each with the shortest way to it
    /// (`rejoinder-mail > a > b`). The member itself comes first.
    pub fn tree(&self, member: &str) -> Vec<(&Package, String)> {
        let Some(root) =
            self.members.iter().find(|id| self.packages.get(*id).is_some_and(|found| found.name == member))
        else {
            return Vec::new();
        };
        let mut seen = BTreeSet::from([root]);
        let mut waiting = VecDeque::from([(root, String::new())]);
        let mut tree = Vec::new();
        while let Some((id, way)) = waiting.pop_front() {
            let Some(package) = self.packages.get(id) else { continue };
            let way = if way.is_empty() { package.name.clone() } else { format!("{way} > {}", package.name) };
            for next in &package.normal {
                if seen.insert(next) {
                    waiting.push_back((next, way.clone()));
                }
            }
            tree.push((package, way));
        }
        tree
    }
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, String> {
    value.get(key).and_then(Value::as_array).ok_or_else(|| format!("no list `{key}`"))
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no text `{key}`"))
}

/// A graph for tests: each entry is a member or a package, its licence, what it needs, and what its tests need.
#[cfg(test)]
pub(crate) fn sample(entries: &[(&str, &str, &[&str], &[&str])]) -> Packages {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let mut graph = Packages::default();
    for (name, licence, normal, dev) in entries {
        let package = Package {
            name: (*name).to_owned(),
            version: "1.0.0".to_owned(),
            licence: (!licence.is_empty()).then(|| (*licence).to_owned()),
            normal: set(normal),
            dev: set(dev),
        };
        graph.packages.insert((*name).to_owned(), package);
        if name.starts_with("rejoinder") || *name == "xtask" {
            graph.members.insert((*name).to_owned());
        }
    }
    graph
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
      "packages": [
        {"id": "a#1", "name": "rejoinder-a", "version": "0.1.0", "license": null},
        {"id": "b#1", "name": "b", "version": "1.2.3", "license": "MIT"},
        {"id": "c#1", "name": "c", "version": "2.0.0", "license": "ISC"},
        {"id": "d#1", "name": "d", "version": "3.0.0", "license": "ISC"}],
      "workspace_members": ["a#1"],
      "resolve": {"nodes": [
        {"id": "a#1", "deps": [
          {"pkg": "b#1", "dep_kinds": [{"kind": null}]},
          {"pkg": "d#1", "dep_kinds": [{"kind": "dev"}]}]},
        {"id": "b#1", "deps": [
          {"pkg": "c#1", "dep_kinds": [{"kind": "build"}, {"kind": null}]},
          {"pkg": "d#1", "dep_kinds": [{"kind": "build"}]}]}]}}"#;

    #[test]
    fn the_tree_follows_normal_edges_and_says_the_way() {
        let graph = Packages::parse(METADATA).unwrap();
        let ways: Vec<String> = graph.tree("rejoinder-a").into_iter().map(|(_, way)| way).collect();
        assert_eq!(ways, ["rejoinder-a", "rejoinder-a > b", "rejoinder-a > b > c"]);
        let member = graph.members().next().unwrap();
        assert_eq!(graph.normal_needs(member), BTreeSet::from(["b"]));
        assert_eq!(graph.dev_needs(member), BTreeSet::from(["d"]));
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        assert_eq!(Packages::parse("{}").unwrap_err(), "no list `packages`");
        assert!(Packages::parse("cargo: not found").unwrap_err().starts_with("no JSON"));
    }
}
