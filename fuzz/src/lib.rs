//! What targets share: the tables of the shipped packs, and a server that says what the fuzzer wants.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::pack::Pack;
use rejoinder_wire::endpoint::{Egress, Endpoint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// How long a conversation may take; nothing in it waits for a clock.
const PATIENCE: Duration = Duration::from_secs(5);

/// The tables of the packs `core` and `itsm`.
pub static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let packs = ["core", "itsm"].map(pack);
    let tables = packs.iter().flat_map(|pack| pack.tables().expect("shipped tables are tables")).collect();
    Dictionary::new(tables).expect("shipped tables fit together")
});

fn pack(name: &str) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("packs lie beside the targets") {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(&root).expect("it is inside");
                let text = fs::read_to_string(&path).expect("a file of a pack is a text");
                files.insert(inside.to_string_lossy().into_owned(), text);
            }
        }
    }
    Pack { name: name.to_owned(), files }
}

/// The one runtime of a target: on the thread of the fuzzer, so that a run is the same again.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
    })
}

/// Has a client speak with a server that says these bytes, whatever it is asked, and then ends the connection.
pub fn against<F: Future>(answers: &[u8], client: impl FnOnce(Endpoint) -> F) {
    // One for all inputs: a port that was listened on is not free again at once.
    static SOCKET: OnceLock<TcpListener> = OnceLock::new();
    let open = || runtime().block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port is free");
    let socket = SOCKET.get_or_init(open);
    let port = socket.local_addr().expect("it has an address").port();
    let endpoint = Endpoint::plain("127.0.0.1", port, PATIENCE, Egress::LoopbackOnly);
    runtime().block_on(async {
        let server = async {
            let Ok((stream, _)) = socket.accept().await else { return };
            let (mut from, mut to) = stream.into_split();
            drop(to.write_all(answers).await);
            drop(to.shutdown().await);
            // What the client says is read to its end: else its last words would break the connection before it has
            // read ours.
            let mut said = Vec::new();
            drop(from.read_to_end(&mut said).await);
        };
        let both = async { tokio::join!(server, client(endpoint)) };
        tokio::time::timeout(PATIENCE, both).await.expect("a conversation that has ended is over");
    });
}
