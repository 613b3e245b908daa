//! partimage's own volumes, each with a header, and the number of the volume that the image ends in.

use std::io;
use std::os::unix::fs::FileExt;

use image_format::Obstacle;
use imaging::RepositoryError;

use super::{Volume, format};

/// The volumes of partimage begin with this.
pub(super) const PARTIMAGE: &[u8] = b"PaRtImAgE-VoLuMe";
/// The header that each of them has.
const HEADER: u64 = 512;
/// How far from the end of the image the number of the volume stands that it ends in; in one piece, that is volume 0.
pub(super) const LAST_VOLUME: u64 = 16384 - 8;

/// Leaves out the headers of partimage's own volumes, after a look whether they belong together; tells whether they are its.
pub(super) fn strip(volumes: &mut [Volume]) -> io::Result<Result<bool, RepositoryError>> {
    let head = |volume: &Volume| {
        let mut head = vec![0; 128];
        let count = volume.file.read_at(&mut head, 0)?;
        head.truncate(count);
        io::Result::Ok(head.starts_with(PARTIMAGE).then_some(head))
    };
    let word = |head: &[u8], at: usize| head.get(at..at + 12).map(<[u8]>::to_owned).unwrap_or_default();
    let Some(first) = head(&volumes[0])? else {
        return Ok(unpacked(&mut volumes[1]).map(|()| false));
    };
    for (at, volume) in volumes.iter_mut().enumerate().skip(1) {
        let path = volume.path.display();
        let Some(head) = head(volume)? else {
            return Ok(Err(format(format!("{path} is no volume of partimage, as the first one is"))));
        };
        let (this, its) = (word(&head, 96), word(&first, 96));
        if this.len() < 12 || this[4..] != its[4..] {
            return Ok(Err(format(format!(
                "{path} is a volume of another image: its identification differs"
            ))));
        }
        let number = u32::from_le_bytes([this[0], this[1], this[2], this[3]]);
        if usize::try_from(number) != Ok(at) {
            let sentence = format!("{path} says that it is volume {number}, and should be {at}");
            return Ok(Err(format(sentence)));
        }
        volume.skip = HEADER;
    }
    Ok(Ok(true))
}

/// Refuses volumes of partimage that are packed each for itself, which no joining makes one image of.
fn unpacked(second: &mut Volume) -> Result<(), RepositoryError> {
    let Ok(image_format::Image { obstacle: Some(Obstacle::Volume(_)), compressor, .. }) =
        image_format::recognise(&second.file, None)
    else {
        return Ok(());
    };
    Err(format(format!(
        "{} is a volume of partimage that is packed by itself: unpack each volume by {compressor} -d, then name the first again",
        second.path.display()
    )))
}
