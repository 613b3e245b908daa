//! The headers of partclone's images: 0002, which every partclone since 0.3.0 writes, and 0001 of those before.

use crate::bytes::{at, le16, le32, le64, text, u8_at};
use crate::{FileSystem, LARGEST, Refused, Tool};

const MAGIC: &[u8] = b"partclone-image";
pub(crate) const V1_HEADER: usize = 4160;
pub(crate) const V2_HEADER: usize = 110;
/// What version 0001 writes after its bitmap.
pub(crate) const V1_BITMAP_END: &[u8; 8] = b"BiTmAgIc";
/// No file system has larger blocks; partclone's own default for dd is 1 MiB.
const LARGEST_BLOCK: u32 = 64 << 20;

/// What an image of partclone says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) filesystem: Option<FileSystem>,
    pub(crate) device_bytes: u64,
    pub(crate) block: u32,
    pub(crate) blocks: u64,
    /// How many blocks follow the bitmap.
    pub(crate) stored: u64,
    /// How many blocks partclone says are in use, which may differ from those it stored.
    pub(crate) in_use: u64,
    pub(crate) layout: Layout,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    V1,
    V2 { written_by: String, checksum: Checksum, bitmap: Bitmap },
}

/// How version 0002 says which blocks follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bitmap {
    /// All of them.
    None,
    Bit,
    Byte,
}

/// The checksums between the blocks of version 0002.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub(crate) kind: Kind,
    pub(crate) size: u16,
    /// How many blocks one covers.
    pub(crate) every: u32,
    /// Whether each begins anew, or goes on from the one before.
    pub(crate) reseed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    None,
    Crc32,
    /// XXH64 or XXH128 of newer builds; they are stepped over.
    Xxh,
}

impl Header {
    pub(crate) fn version(&self) -> &'static str {
        if self.layout == Layout::V1 { "0001" } else { "0002" }
    }

    /// Restoring writes so many bytes at most.
    pub(crate) fn restore_bytes(&self) -> u64 {
        self.blocks * u64::from(self.block)
    }

    /// How long the whole image is, unpacked; version 0001 may have 8-byte checksums and is then longer.
    pub(crate) fn image_bytes(&self) -> u64 {
        let data = self.stored * u64::from(self.block);
        let (head, map, sums) = match &self.layout {
            Layout::V1 => (V1_HEADER, self.blocks + 8, self.stored.saturating_mul(4)),
            Layout::V2 { checksum, bitmap, .. } => {
                let map = match bitmap {
                    Bitmap::None => 0,
                    Bitmap::Bit => self.blocks.div_ceil(8) + 4,
                    Bitmap::Byte => self.blocks + 8,
                };
                let strips =
                    if checksum.every == 0 { 0 } else { self.stored.div_ceil(checksum.every.into()) };
                (V2_HEADER, map, strips.saturating_mul(checksum.size.into()))
            }
        };
        (head as u64 + map).saturating_add(data).saturating_add(sums)
    }
}

/// Whether an image begins like one of partclone.
pub(crate) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// How many bytes [`read`] wants, as far as the first bytes tell.
pub(crate) fn header_len(head: &[u8]) -> usize {
    if version(head) == Some(b"0001") { V1_HEADER } else { V2_HEADER }
}

fn version(head: &[u8]) -> Option<&[u8]> {
    at(head, 30, 4)
}

pub(crate) fn read(head: &[u8]) -> Result<Header, Refused> {
    let need = header_len(head);
    if head.len() < need {
        return Err(Refused::Cut { tool: Tool::Partclone, have: head.len() as u64, need: need as u64 });
    }
    let header = match version(head) {
        Some(b"0001") => v1(head),
        Some(b"0002") => v2(head)?,
        Some(other) if other.iter().all(u8::is_ascii_digit) => {
            return Err(Refused::Future { tool: Tool::Partclone, version: text(other) });
        }
        _ => return Err(damaged("its version is no number")),
    };
    let header = header.ok_or_else(|| damaged("it is too short"))?;
    plausible(&header).map(|()| header)
}

fn v1(head: &[u8]) -> Option<Header> {
    let stored = le64(head, 56)?;
    Some(Header {
        filesystem: FileSystem::named(&text(at(head, 15, 15)?)),
        block: le32(head, 36)?,
        device_bytes: le64(head, 40)?,
        blocks: le64(head, 48)?,
        stored,
        in_use: stored,
        layout: Layout::V1,
    })
}

fn v2(head: &[u8]) -> Result<Option<Header>, Refused> {
    match at(head, 34, 2) {
        Some([0xde, 0xc0]) => {}
        Some([0xc0, 0xde]) => return Err(Refused::OtherEndian { tool: Tool::Partclone }),
        _ => return Err(damaged("the mark of the byte order, at byte 34, is wrong")),
    }
    let crc = le32(head, V2_HEADER - 4);
    if crc != Some(!crc32fast::hash(&head[..V2_HEADER - 4])) {
        return Err(damaged("its checksum, at byte 106, is wrong"));
    }
    let future = |what: &str| Refused::Future { tool: Tool::Partclone, version: format!("0002 with {what}") };
    if le32(head, 88) != Some(18) || le16(head, 92) != Some(2) {
        return Err(future("other features"));
    }
    let kind = match le16(head, 96) {
        Some(0) => Kind::None,
        Some(0x20) => Kind::Crc32,
        Some(0x30 | 0x31) => Kind::Xxh,
        mode => return Err(future(&format!("checksums of kind {:#04x}", mode.unwrap_or_default()))),
    };
    let bitmap = match u8_at(head, 105) {
        Some(0) => Bitmap::None,
        Some(1) => Bitmap::Bit,
        Some(8) => Bitmap::Byte,
        mode => return Err(future(&format!("a bitmap of kind {}", mode.unwrap_or_default()))),
    };
    Ok((|| {
        let checksum =
            Checksum { kind, size: le16(head, 98)?, every: le32(head, 100)?, reseed: u8_at(head, 104)? != 0 };
        Some(Header {
            filesystem: FileSystem::named(&text(at(head, 36, 16)?)),
            device_bytes: le64(head, 52)?,
            blocks: le64(head, 60)?,
            in_use: le64(head, 68)?,
            stored: if bitmap == Bitmap::None { le64(head, 60)? } else { le64(head, 76)? },
            block: le32(head, 84)?,
            layout: Layout::V2 { written_by: text(at(head, 16, 14)?), checksum, bitmap },
        })
    })())
}

/// Holds the numbers against each other, so that nobody who computes with them can go wrong.
fn plausible(header: &Header) -> Result<(), Refused> {
    if let Err(refused) = sizes(header) {
        let swapped = Header {
            block: header.block.swap_bytes(),
            blocks: header.blocks.swap_bytes(),
            device_bytes: header.device_bytes.swap_bytes(),
            ..header.clone()
        };
        // version 0001 has no mark of the byte order
        return Err(if header.layout == Layout::V1 && sizes(&swapped).is_ok() {
            Refused::OtherEndian { tool: Tool::Partclone }
        } else {
            refused
        });
    }
    if header.stored > header.blocks {
        return Err(damaged(&format!("it stores {} of {} blocks", header.stored, header.blocks)));
    }
    if let Layout::V2 { checksum, .. } = &header.layout {
        let fits = match checksum.kind {
            Kind::None => checksum.size == 0 || checksum.every == 0,
            Kind::Crc32 => checksum.size == 4 && checksum.every > 0,
            Kind::Xxh => matches!(checksum.size, 8 | 16) && checksum.every > 0,
        };
        if !fits {
            return Err(damaged(&format!(
                "checksums of {} bytes for {} blocks do not exist",
                checksum.size, checksum.every
            )));
        }
    }
    Ok(())
}

fn sizes(header: &Header) -> Result<(), Refused> {
    if header.block == 0 || header.block > LARGEST_BLOCK {
        return Err(damaged(&format!("blocks of {} bytes do not exist", header.block)));
    }
    let bytes = u128::from(header.blocks) * u128::from(header.block);
    for bytes in [bytes, u128::from(header.device_bytes)] {
        if bytes == 0 || bytes > u128::from(LARGEST) {
            return Err(Refused::Size { what: format!("{bytes} bytes") });
        }
    }
    Ok(())
}

fn damaged(why: &str) -> Refused {
    Refused::Damaged { tool: Tool::Partclone, why: why.to_owned() }
}
