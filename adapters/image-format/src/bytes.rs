//! Numbers inside bytes. Asking beyond the end gives none, so nothing here can panic.

pub(crate) fn at(bytes: &[u8], start: usize, len: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(len)?)
}

fn array<const N: usize>(bytes: &[u8], start: usize) -> Option<[u8; N]> {
    at(bytes, start, N)?.try_into().ok()
}

pub(crate) fn u8_at(bytes: &[u8], start: usize) -> Option<u8> {
    bytes.get(start).copied()
}

pub(crate) fn le16(bytes: &[u8], start: usize) -> Option<u16> {
    array(bytes, start).map(u16::from_le_bytes)
}

pub(crate) fn le32(bytes: &[u8], start: usize) -> Option<u32> {
    array(bytes, start).map(u32::from_le_bytes)
}

pub(crate) fn le64(bytes: &[u8], start: usize) -> Option<u64> {
    array(bytes, start).map(u64::from_le_bytes)
}

pub(crate) fn be16(bytes: &[u8], start: usize) -> Option<u16> {
    array(bytes, start).map(u16::from_be_bytes)
}

pub(crate) fn be32(bytes: &[u8], start: usize) -> Option<u32> {
    array(bytes, start).map(u32::from_be_bytes)
}

pub(crate) fn be64(bytes: &[u8], start: usize) -> Option<u64> {
    array(bytes, start).map(u64::from_be_bytes)
}

/// A text that ends at its first NUL or with the field; what cannot be printed becomes `?`.
pub(crate) fn text(field: &[u8]) -> String {
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    let printable = |&byte: &u8| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '?' };
    field[..end].iter().map(printable).collect()
}
