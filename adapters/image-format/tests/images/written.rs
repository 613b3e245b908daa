//! Small images, written field by field as the tools write them; no tool of today writes partclone's version 0001.

pub(crate) const BLOCK: usize = 512;
const BLOCKS: u64 = 64;
/// Blocks that are stored.
pub(crate) const STORED: [u64; 5] = [0, 1, 9, 31, 63];
pub(crate) const V2_HEADER: usize = 110;

fn block(number: u64) -> Vec<u8> {
    (0..BLOCK as u64).map(|byte| (number * 37 + byte * byte + 1) as u8).collect()
}

fn text(field: &str, len: usize) -> Vec<u8> {
    let mut bytes = field.as_bytes().to_vec();
    bytes.resize(len, 0);
    bytes
}

/// The header of an image of partclone, 0002, with its checksum put right after a change.
pub(crate) fn v2_header(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut header = text("partclone-image", 16);
    header.extend(text("0.3.23", 14));
    header.extend(b"0002\xde\xc0");
    header.extend(text("EXTFS", 16));
    for number in [BLOCKS * BLOCK as u64, BLOCKS, 5, 5] {
        header.extend(number.to_le_bytes());
    }
    header.extend((BLOCK as u32).to_le_bytes());
    header.extend(18u32.to_le_bytes());
    for number in [2u16, 64, 0x20, 4] {
        header.extend(number.to_le_bytes());
    }
    header.extend(2u32.to_le_bytes()); // a checksum for two blocks
    header.extend([1, 1]);
    change(&mut header);
    let crc = !crc32fast::hash(&header);
    header.extend(crc.to_le_bytes());
    header
}

pub(crate) fn partclone_v2() -> Vec<u8> {
    let mut image = v2_header(|_| ());
    let mut bitmap = [0u8; 8];
    for number in STORED {
        bitmap[number as usize / 8] |= 1 << (number % 8);
    }
    image.extend(bitmap);
    image.extend((!crc32fast::hash(&bitmap)).to_le_bytes());
    for strip in STORED.chunks(2) {
        let blocks: Vec<u8> = strip.iter().flat_map(|&number| block(number)).collect();
        image.extend(&blocks);
        image.extend((!crc32fast::hash(&blocks)).to_le_bytes());
    }
    image
}

/// Version 0001, with checksums in so many bytes.
pub(crate) fn partclone_v1(slot: usize) -> Vec<u8> {
    let mut image = b"partclone-image".to_vec();
    image.extend(text("EXTFS", 15));
    image.extend(b"0001\0\0");
    image.extend((BLOCK as u32).to_le_bytes());
    for number in [BLOCKS * BLOCK as u64, BLOCKS, 5] {
        image.extend(number.to_le_bytes());
    }
    image.resize(4160, 0);
    image.extend((0..BLOCKS).map(|number| u8::from(STORED.contains(&number))));
    image.extend(b"BiTmAgIc");
    let mut crc = crc32fast::Hasher::new();
    for number in STORED {
        let block = block(number);
        crc.update(&[block[0]; BLOCK]);
        image.extend(&block);
        image.extend((!crc.clone().finalize()).to_le_bytes());
        image.extend(vec![0; slot - 4]);
    }
    image
}

pub(crate) fn ntfsclone() -> Vec<u8> {
    let mut image = b"\0ntfsclone-image\x0a\x01".to_vec();
    image.extend((BLOCK as u32).to_le_bytes());
    for number in [(BLOCKS + 1) * BLOCK as u64, BLOCKS, 5] {
        image.extend(number.to_le_bytes());
    }
    image.extend(56u32.to_le_bytes());
    image.resize(56, 0);
    let mut next = 0;
    for number in STORED {
        if number > next {
            image.push(0);
            image.extend((number - next).to_le_bytes());
        }
        image.push(1);
        image.extend(block(number));
        next = number + 1;
    }
    image
}

/// Swap of 64 KiB, with bytes in it that do not pack well.
pub(crate) fn swap() -> Vec<u8> {
    let mut state = 1u32;
    let mut image: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8 & 0x3f
    })
    .take(64 << 10)
    .collect();
    image[..1024].fill(0);
    image[1024..1032].copy_from_slice(&[1, 0, 0, 0, 15, 0, 0, 0]);
    image[4086..4096].copy_from_slice(b"SWAPSPACE2");
    image
}

/// One of each, as their tools leave them.
pub(crate) fn all() -> [Vec<u8>; 5] {
    [partclone_v2(), partclone_v1(4), partclone_v1(8), ntfsclone(), swap()]
}
