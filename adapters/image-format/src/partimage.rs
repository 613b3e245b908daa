//! The two headers of partimage's images: one of the volume, one of the image.

use crate::bytes::{at, le32, le64, text};
use crate::{FileSystem, LARGEST, Refused, Tool};

const MAGIC: &[u8] = b"PaRtImAgE-VoLuMe";
pub(crate) const VOLUME: usize = 512;
/// The second header, which has a checksum after it.
pub(crate) const MAIN: usize = 16384;
/// How many bytes [`read`] wants.
pub(crate) const HEADER: usize = VOLUME + MAIN + 4;
pub(crate) const FORMAT: &str = "0.6.1";

/// What an image of partimage says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) volume: u32,
    /// Nothing else is known of a volume that is not the first.
    pub(crate) first: Option<First>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct First {
    /// As it was written, `ext3fs` for one: OpenGnsys repeats it.
    pub(crate) name: String,
    pub(crate) filesystem: Option<FileSystem>,
    pub(crate) restore_bytes: u64,
}

pub(crate) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

pub(crate) fn read(head: &[u8]) -> Result<Header, Refused> {
    let cut =
        |need: usize| Refused::Cut { tool: Tool::Partimage, have: head.len() as u64, need: need as u64 };
    let (Some(format), Some(volume)) = (at(head, 32, 64), le32(head, 96)) else { return Err(cut(HEADER)) };
    let format = text(format);
    if format != FORMAT {
        let numbers =
            |version: &str| version.split('.').map(|n| n.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
        return Err(match numbers(&format) {
            Some(version) if version > vec![0, 6, 1] => {
                Refused::Future { tool: Tool::Partimage, version: format }
            }
            _ => damaged(format!("its format is \"{format}\", not {FORMAT}")),
        });
    }
    if volume != 0 {
        return Ok(Header { volume, first: None });
    }
    let main = at(head, VOLUME, MAIN).ok_or_else(|| cut(HEADER))?;
    let sum = le32(head, VOLUME + MAIN).ok_or_else(|| cut(HEADER))?;
    if sum != signed_sum(main) {
        return Err(damaged("its checksum, at byte 16896, is wrong".to_owned()));
    }
    let restore_bytes = le64(head, 10104).ok_or_else(|| cut(HEADER))?;
    if restore_bytes == 0 || restore_bytes > LARGEST {
        return Err(Refused::Size { what: format!("{restore_bytes} bytes") });
    }
    let name = text(&main[..512]);
    Ok(Header { volume, first: Some(First { filesystem: FileSystem::named(&name), name, restore_bytes }) })
}

/// partimage's checksum of its headers: the sum of their bytes, each with a sign.
pub(crate) fn signed_sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, &byte| sum.wrapping_add(i32::from(byte.cast_signed()).cast_unsigned()))
}

fn damaged(why: String) -> Refused {
    Refused::Damaged { tool: Tool::Partimage, why }
}
