//! A database of a test's own on the PostgreSQL server that the environment names.

use std::process::Command;

/// Makes the database `name` anew and gives its address. Uses `psql`, which comes with the server.
pub fn database(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("the address names a database");
    let name = format!("rejoinder_{name}_{}", std::process::id());
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        let done =
            Command::new("psql").args(["-q", "-c", &sql, server]).status().expect("psql can be started");
        assert!(done.success(), "{sql}");
    }
    format!("{base}/{name}")
}
