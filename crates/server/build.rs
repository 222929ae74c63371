//! The web application is built beside cargo (`scripts/build-web`). Where it was not, an empty folder stands for it, so
//! that the program can be built all the same; its page then says what to do.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let built = Path::new(&here).join("../../web/dist");
    fs::create_dir_all(&built)?;
    println!("cargo::rerun-if-changed={}", built.display());
    Ok(())
}
