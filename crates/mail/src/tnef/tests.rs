//! Containers, whole, hostile and at the limits.

use super::*;

/// Bytes of an attribute with its checksum.
fn attribute(id: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![if id == super::attribute::FILE_DATA { 2 } else { 1 }];
    bytes.extend(id.to_le_bytes());
    bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    bytes.extend(data);
    bytes.extend(data.iter().fold(0u16, |sum, &byte| sum.wrapping_add(u16::from(byte))).to_le_bytes());
    bytes
}

fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
    [SIGNATURE.to_le_bytes().to_vec(), vec![1, 0], attributes.concat()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// A property of one value of a kind without a fixed size.
fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn properties(list: &[Vec<u8>]) -> Vec<u8> {
    [u32::try_from(list.len()).unwrap().to_le_bytes().to_vec(), list.concat()].concat()
}

const WIDE: u16 = 0x1F;
const BINARY: u16 = 0x102;
const OBJECT: u16 = 0x0D;

fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    [
        attribute(attribute::FILE_BEGINS, &[1, 0, 0, 0]),
        attribute(attribute::FILE_TITLE, b"SHORT~1.TXT\0"),
        attribute(attribute::FILE_DATA, bytes),
        attribute(attribute::FILE_PROPERTIES, &properties(&[property(WIDE, tag::LONG_NAME, &wide(name))])),
    ]
    .concat()
}

fn read_all(bytes: &[u8]) -> Content {
    read(bytes, &mut Budget::default()).unwrap()
}

fn names(content: &Content) -> Vec<&str> {
    content.files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn files_have_their_long_names_types_and_ids() {
    let described = [
        attribute(attribute::FILE_BEGINS, &[]),
        attribute(
            attribute::FILE_PROPERTIES,
            &properties(&[
                // Kinds of fixed size, several values, and a name of its own are passed over.
                [&[3, 0, 5, 0x37, 1, 0, 0, 0][..]].concat(),
                [&[0x40, 0, 7, 0x30][..], &[0; 8]].concat(),
                [&[3, 0x10, 1, 0x66, 2, 0, 0, 0][..], &[0; 8]].concat(),
                [&[0x0B, 0, 0, 0x80][..], &[9; 16], &[0; 4], &[1, 0x85, 0, 0], &[1, 0, 0, 0]].concat(),
                [
                    &[0x0B, 0, 1, 0x80][..],
                    &[9; 16],
                    &[1, 0, 0, 0, 6, 0, 0, 0],
                    b"a\0b\0c\0\0\0",
                    &[1, 0, 0, 0],
                ]
                .concat(),
                property(WIDE, tag::LONG_NAME, &wide("Скриншот.png")),
                property(WIDE, tag::MEDIA_TYPE, &wide("image/PNG")),
                property(0x1E, tag::CONTENT_ID, b"<logo@x>\0"),
                property(BINARY, tag::FILE_DATA, b"picture"),
            ]),
        ),
    ]
    .concat();
    let content = read_all(&stream(&[file("Отчёт за год.txt", b"report"), described]));
    assert!(content.whole);
    let file = |name: &str, kind: &str, id: Option<&str>, bytes: &[u8]| File {
        name: name.into(),
        media_type: kind.into(),
        content_id: id.map(str::to_owned),
        bytes: bytes.to_vec(),
    };
    assert_eq!(
        content.files,
        [
            file("Отчёт за год.txt", "text/plain", None, b"report"),
            file("Скриншот.png", "image/png", Some("logo@x"), b"picture"),
        ]
    );
}

#[test]
fn narrow_text_is_in_the_code_page_of_the_stream() {
    let (name, _, _) = encoding_rs::WINDOWS_1251.encode("Отчёт.txt");
    let (body, _, _) = encoding_rs::WINDOWS_1251.encode("Привет\0rest");
    let content = read_all(&stream(&[
        attribute(attribute::OEM_CODE_PAGE, &[0xE3, 4, 0, 0, 0, 0, 0, 0]),
        attribute(attribute::BODY, &body),
        attribute(attribute::FILE_BEGINS, &[]),
        attribute(attribute::FILE_TITLE, &name),
    ]));
    assert_eq!((content.text.as_deref(), names(&content)), (Some("Привет"), vec!["Отчёт.txt"]));
}

#[test]
fn the_body_is_there_in_every_form() {
    let content = read_all(&stream(&[attribute(
        attribute::MESSAGE_PROPERTIES,
        &properties(&[
            [&[3, 0, 0xDE, 0x3F][..], &65001u32.to_le_bytes()].concat(),
            property(WIDE, tag::BODY, &wide("Привет")),
            property(BINARY, tag::HTML, "<p>Привет</p>".as_bytes()),
            property(BINARY, tag::RTF_COMPRESSED, b"packed"),
        ]),
    )]));
    assert_eq!(
        (content.text.as_deref(), content.html.as_deref(), content.rtf.as_deref(), content.whole),
        (Some("Привет"), Some("<p>Привет</p>"), Some(&b"packed"[..]), true)
    );
}

/// A stream with `inner` as a message that is a file of it.
fn around(inner: &[u8]) -> Vec<u8> {
    let object = [&MESSAGE_OBJECT[..], inner].concat();
    let list = properties(&[property(OBJECT, tag::FILE_DATA, &object)]);
    stream(&[attribute(attribute::FILE_BEGINS, &[]), attribute(attribute::FILE_PROPERTIES, &list)])
}

#[test]
fn a_message_inside_gives_its_text_and_its_files() {
    let inner = stream(&[
        attribute(attribute::SUBJECT, b"In/side\0"),
        attribute(attribute::BODY, b"text\0"),
        file("deep.txt", b"deep"),
    ]);
    let content = read_all(&around(&inner));
    assert_eq!((names(&content), content.whole), (vec!["In_side.txt", "deep.txt"], true));
    assert_eq!(content.files.first().map(|file| file.bytes.as_slice()), Some(&b"text"[..]));
}

#[test]
fn other_bytes_are_no_container() {
    for bytes in [&b""[..], b"x", b"PK\x03\x04 zip", &[0x78, 0x9F, 0x3E]] {
        assert_eq!(read(bytes, &mut Budget::default()), None);
    }
}

#[test]
fn every_prefix_is_told_to_be_broken_or_ends_between_attributes() {
    let first = stream(&[file("a.txt", b"aaaa")]);
    let whole = [first.clone(), file("b.txt", b"bbbb")].concat();
    let mut ends = 0;
    for end in 4..whole.len() {
        let content = read_all(whole.get(..end).unwrap());
        assert!(content.files.len() <= 2);
        ends += usize::from(content.whole);
    }
    // After the key, and after each of the attributes but the last.
    assert_eq!(ends, 8);
}

#[test]
fn lying_lengths_counts_and_checksums_are_told() {
    let huge = [
        SIGNATURE.to_le_bytes().to_vec(),
        vec![0, 0, 1],
        attribute::BODY.to_le_bytes().to_vec(),
        vec![0xFF; 4],
        b"x".to_vec(),
    ]
    .concat();
    assert!(!read_all(&huge).whole);
    let mut wrong_sum = stream(&[file("a.txt", b"aaaa")]);
    *wrong_sum.last_mut().unwrap() ^= 1;
    let content = read_all(&wrong_sum);
    assert_eq!((names(&content), content.whole), (vec!["a.txt"], false));
    let lists: [&[u8]; 6] = [
        b"",
        &[0xFF; 4],
        &[1, 0, 0, 0, 0x1F, 0, 7, 0x37, 0xFF, 0xFF, 0xFF, 0xFF],
        &[1, 0, 0, 0, 0x1F, 0, 7, 0x37, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0],
        &[1, 0, 0, 0, 0x77, 0, 7, 0x37, 0, 0, 0, 0],
        // As many values as one likes, none of which takes room.
        &[1, 0, 0, 0, 1, 0x10, 7, 0x37, 0xFF, 0xFF, 0xFF, 0xFF],
    ];
    for list in lists {
        let bytes = stream(&[
            attribute(attribute::FILE_BEGINS, &[]),
            attribute(attribute::FILE_TITLE, b"kept"),
            attribute(attribute::FILE_PROPERTIES, list),
        ]);
        let content = read_all(&bytes);
        assert_eq!((names(&content), content.whole), (vec!["kept"], false), "{list:?}");
    }
}

#[test]
fn every_changed_byte_is_survived() {
    let inner = stream(&[attribute(attribute::BODY, b"text\0"), file("deep.txt", b"deep")]);
    let bytes = [around(&inner), file("a.txt", b"aaaa")].concat();
    for at in 0..bytes.len() {
        for change in [0u8, 1, 0x7F, 0x80, 0xFF] {
            let mut changed = bytes.clone();
            changed[at] = change;
            if let Some(content) = read(&changed, &mut Budget::default()) {
                let total: usize = content.files.iter().map(|file| file.bytes.len()).sum();
                assert!(total <= bytes.len());
            }
        }
    }
}

#[test]
fn at_the_limit_of_files() {
    let with = |count: usize| stream(&vec![attribute(attribute::FILE_BEGINS, &[]); count]);
    let content = read_all(&with(MAX_TNEF_FILES));
    assert_eq!((content.files.len(), content.whole), (MAX_TNEF_FILES, true));
    let content = read_all(&with(MAX_TNEF_FILES + 1));
    assert_eq!((content.files.len(), content.whole), (MAX_TNEF_FILES, false));
}

#[test]
fn at_the_limit_of_items() {
    let with = |count: usize| stream(&vec![attribute(1, &[]); count]);
    assert!(read_all(&with(MAX_TNEF_ITEMS)).whole);
    assert!(!read_all(&with(MAX_TNEF_ITEMS + 1)).whole);
    let list = |count: usize| {
        stream(&[attribute(attribute::MESSAGE_PROPERTIES, &properties(&vec![vec![1, 0, 0, 0]; count]))])
    };
    assert!(read_all(&list(MAX_TNEF_ITEMS - 1)).whole);
    assert!(!read_all(&list(MAX_TNEF_ITEMS)).whole);
}

#[test]
fn at_the_limit_of_depth() {
    let nested =
        |levels: usize| (1..levels).fold(stream(&[file("deep.txt", b"deep")]), |inner, _| around(&inner));
    let content = read_all(&nested(MAX_TNEF_DEPTH));
    assert_eq!((names(&content), content.whole), (vec!["deep.txt"], true));
    let content = read_all(&nested(MAX_TNEF_DEPTH + 1));
    assert_eq!((names(&content), content.whole), (vec![], false));
}
