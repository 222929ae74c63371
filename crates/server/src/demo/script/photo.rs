//! A picture for the caller's mail: a small PNG (RFC 2083), drawn here so that each seed attaches another file.

/// The first bytes of every PNG (12.11).
pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// The most bytes of one stored block of deflate (RFC 1951, 3.2.4).
const BLOCK_BYTES: usize = 65_535;

/// A picture of `width` by `height` pixels that fades from `colour` into black.
pub(super) fn draw(width: u16, height: u16, colour: [u8; 3]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&u32::from(width).to_be_bytes());
    header.extend_from_slice(&u32::from(height).to_be_bytes());
    // 8 bits a sample, RGB, no interlace.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut rows = Vec::new();
    for row in 0..height {
        rows.push(0);
        for column in 0..width {
            let light =
                255 - (u32::from(row) + u32::from(column)) * 255 / (u32::from(width) + u32::from(height));
            rows.extend(colour.map(|part| u8::try_from(u32::from(part) * light / 255).unwrap_or(u8::MAX)));
        }
    }
    let mut file = SIGNATURE.to_vec();
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"IDAT", &stored(&rows));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let mut covered = kind.to_vec();
    covered.extend_from_slice(data);
    file.extend_from_slice(&covered);
    file.extend_from_slice(&crc32(&covered).to_be_bytes());
}

/// Zlib (RFC 1950) around blocks that are not compressed.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks = bytes.len().div_ceil(BLOCK_BYTES);
    for (place, block) in bytes.chunks(BLOCK_BYTES).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(place + 1 == blocks));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&adler32(bytes).to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % BASE;
        (low, (high + low) % BASE)
    });
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }

    #[test]
    fn the_file_is_a_png_of_the_size_asked_for() {
        let file = draw(40, 30, [200, 10, 0]);
        assert!(file.starts_with(&SIGNATURE) && file.ends_with(b"IEND\xae\x42\x60\x82"));
        assert_eq!(file[16..24], [0, 0, 0, 40, 0, 0, 0, 30]);
        assert_ne!(file, draw(40, 30, [200, 10, 1]));
    }

    #[test]
    fn what_fills_more_than_one_block_is_divided_at_the_limit() {
        for (size, blocks) in [(BLOCK_BYTES, 1), (BLOCK_BYTES + 1, 2)] {
            let packed = stored(&vec![7; size]);
            assert_eq!(packed.len(), 2 + blocks * 5 + size + 4);
            assert_eq!(packed[2], u8::from(blocks == 1), "the first block is the last one");
        }
    }
}
