//! What is encrypted opens at its place, with its key, and nowhere else; keys come from a file or the environment.

use rejoinder_engine::id::Seed;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;

use super::*;

const OLD: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const NEW: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

fn keys(text: &str) -> Secrets {
    Secrets::load(&KeySource::Given(text.to_owned().into())).unwrap()
}

fn id(number: u8) -> Id {
    Seed::new([number; 32]).id("record", Timestamp::from_micros(0))
}

fn place(number: u8) -> Place<'static> {
    Place { root: "email_account", id: id(number), field: "password" }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rejoinder-secrets-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn dictionary() -> Dictionary {
    let user = "name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'";
    let account = "name='account'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'\n\
                   [[fields]]\nname='password'\nkind='string'\nsecret=true\nencrypted=true\nmax_length=8\n\
                   [[fields]]\nname='digest'\nkind='string'\nsecret=true";
    let mailbox = "name='mailbox'\nextends='account'\ndisplay='name'\nfields=[]";
    let tables = [user, account, mailbox].map(|text| toml::from_str(text).unwrap());
    Dictionary::new(tables.to_vec()).unwrap()
}

fn fields(values: &[(&str, &str)]) -> Fields {
    values.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect()
}

#[test]
fn a_secret_opens_at_its_place_alone() {
    let secrets = keys(NEW);
    let sealed = secrets.seal(&place(1), "hunter2 пароль", [9; NONCE_BYTES]).unwrap();
    assert_eq!(secrets.open(&place(1), &sealed).unwrap().expose(), "hunter2 пароль");
    let elsewhere = [place(2), Place { field: "token", ..place(1) }, Place { root: "user", ..place(1) }];
    for place in elsewhere {
        assert_eq!(secrets.open(&place, &sealed), Err(SecretError::Damaged));
    }
    let mut bytes = sealed.bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let changed = Sealed::new(sealed.key(), bytes).unwrap();
    assert_eq!(secrets.open(&place(1), &changed), Err(SecretError::Damaged));
}

#[test]
fn the_first_key_encrypts_and_the_others_still_read() {
    let sealed = keys(OLD).seal(&place(1), "hunter2", [1; NONCE_BYTES]).unwrap();
    let both = keys(&format!("# the new one\n{NEW}\n\n{OLD} # of 2025\n"));
    assert_eq!(both.open(&place(1), &sealed).unwrap().expose(), "hunter2");
    let again = both.seal(&place(1), "hunter2", [2; NONCE_BYTES]).unwrap();
    assert_eq!((again.key(), sealed.key()), (both.key_ids()[0], both.key_ids()[1]));
    assert_eq!(keys(NEW).open(&place(1), &again).unwrap().expose(), "hunter2");
}

#[test]
fn an_unknown_key_is_named_with_a_code_of_its_own() {
    let sealed = keys(OLD).seal(&place(1), "hunter2", [1; NONCE_BYTES]).unwrap();
    let error = keys(NEW).open(&place(1), &sealed).unwrap_err();
    assert_eq!(
        (error.code(), &error),
        ("secret_unknown_key", &SecretError::UnknownKey { key: sealed.key().to_owned() })
    );
    assert!(error.to_string().contains(sealed.key()) && !error.to_string().contains("hunter2"));
    let error = Secrets::default().seal(&place(1), "hunter2", [1; NONCE_BYTES]).unwrap_err();
    assert_eq!(error.code(), "secret_no_key");
    assert_eq!(SecretError::Damaged.code(), "secret_damaged");
}

#[test]
fn what_is_no_key_is_refused_with_its_place_and_not_shown() {
    for text in [
        "",
        " \n# nothing\n",
        "00ff",
        &format!("{NEW}00"),
        &NEW.replace('f', "x"),
        &format!("{NEW},nonsense"),
    ] {
        let error = Secrets::load(&KeySource::Given(text.to_owned().into())).unwrap_err();
        assert_eq!(error.code(), "secret_bad_keys", "{text}");
        assert!(
            error.to_string().contains("REJOINDER_SECRET_KEY") && !error.to_string().contains("nonsense")
        );
    }
}

#[test]
fn the_file_of_keys_is_made_once_and_only_its_owner_reads_it() {
    let folder = folder("file");
    let source = KeySource::or_in(None, &folder);
    assert_eq!(source, KeySource::File(folder.join(KEY_FILE)));
    assert!(Secrets::load(&source).unwrap().key_ids().is_empty());
    let made = Secrets::load_or_make(&source, &Env::machine()).unwrap();
    let mode = std::fs::metadata(folder.join(KEY_FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = Secrets::load_or_make(&source, &Env::machine()).unwrap();
    assert_eq!((made.key_ids(), made.key_ids().len()), (again.key_ids(), 1));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing else is left behind: {files:?}");
    assert_eq!(again.exposed(), None);
    std::fs::set_permissions(folder.join(KEY_FILE), std::fs::Permissions::from_mode(0o640)).unwrap();
    let exposed = Secrets::load(&source).unwrap();
    assert_eq!(exposed.exposed(), Some(folder.join(KEY_FILE).as_path()), "others may read it: that is said");
    std::fs::write(folder.join(KEY_FILE), "").unwrap();
    let error = Secrets::load_or_make(&source, &Env::machine()).unwrap_err();
    assert_eq!(error.code(), "secret_bad_keys", "an emptied file is not made anew: secrets would be lost");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn changes_are_encrypted_before_anything_else_and_bound_to_their_record() {
    let (secrets, dictionary, env) = (keys(NEW), dictionary(), Env::machine());
    let seal = |change| secrets.seal_changes(&dictionary, vec![change], &env).unwrap().remove(0);
    let values = fields(&[("name", "Help"), ("password", "hunter2"), ("digest", "d1")]);
    let insert = Change::Insert { table: "mailbox".to_owned(), id: None, fields: values };
    let Change::Insert { id: Some(id), fields: kept, .. } = seal(insert) else { panic!("an id is chosen") };
    assert_eq!((&kept["name"], &kept["digest"]), (&Value::text("Help"), &Value::text("d1")));
    let sealed = Sealed::parse(kept["password"].as_text().unwrap()).unwrap();
    let place = Place { root: "account", id, field: "password" };
    assert_eq!(secrets.open(&place, &sealed).unwrap().expose(), "hunter2");
    // Asked by the table that it extends, the record is the same.
    let key = RecordKey { table: "account".to_owned(), id };
    let Change::Update { fields: again, .. } =
        seal(Change::Update { key: key.clone(), fields: fields(&[("password", "hunter2")]) })
    else {
        panic!()
    };
    assert_ne!(again["password"], kept["password"], "equal texts are encrypted to different ones");
    let again = Sealed::parse(again["password"].as_text().unwrap()).unwrap();
    assert_eq!(secrets.open(&place, &again).unwrap().expose(), "hunter2");
    // What looks encrypted already is a text like any other.
    let looks = fields(&[("password", "x1:a")]);
    let Change::Update { fields: looks, .. } = seal(Change::Update { key: key.clone(), fields: looks })
    else {
        panic!()
    };
    assert!(Sealed::parse(looks["password"].as_text().unwrap()).is_some());
    let cleared = Change::Update { key, fields: fields(&[("password", "")]) };
    assert_eq!(seal(cleared.clone()), cleared);
}

#[test]
fn length_and_line_ends_of_a_secret_are_checked_while_it_is_still_known() {
    let seal = |text: &str| {
        let key = RecordKey { table: "account".to_owned(), id: id(1) };
        let update = Change::Update { key, fields: fields(&[("password", text)]) };
        keys(NEW).seal_changes(&dictionary(), vec![update], &Env::machine())
    };
    assert!(seal("пароль12").is_ok());
    let error = seal("пароль123").unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("too_long", "`account.password`: at most 8 characters fit")
    );
    let error = seal("a\r\nQUIT").unwrap_err();
    assert_eq!(error.code(), "bad_value");
    assert!(!error.to_string().contains("QUIT"), "{error}");
}

#[test]
fn secrets_and_keys_are_shown_nowhere() {
    let secrets = keys(NEW);
    let sealed = secrets.seal(&place(1), "hunter2", [1; NONCE_BYTES]).unwrap();
    let secret = secrets.open(&place(1), &sealed).unwrap();
    let source = KeySource::Given(NEW.to_owned().into());
    let shown = format!("{secret:?} {secrets:?} {source:?} {sealed:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(NEW), "{shown}");
}
