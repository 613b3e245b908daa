//! A whole image read again.

use imaging::{ImagePath, RepositoryError, Sums, Verified};
use metainfo::PIECE;

use crate::beside::Beside;
use crate::examine::read_all;
use crate::known::{self, Known};
use crate::place::{Place, reading};
use crate::recognise;
use crate::reports::Reports;

pub(crate) fn verify(
    place: &Place,
    image: &ImagePath,
    reports: &Reports,
) -> Result<Verified, RepositoryError> {
    let folder = place.folder_of(image)?;
    let file = image.file_name();
    let disk = |source| reading(image, source);
    let (key, mut was) = read_all(&folder, file, image, ("reading and checking", true), reports)?;
    let checked = recognise::checked(was.checked.take().expect("it was wanted"));
    let (mut held, mut faults) = (checked.held, Vec::new());
    match checked.fault {
        Some(_) if checked.is_unknown => held.push("image: not covered (nobody knows what it is)".into()),
        fault => faults.extend(fault),
    }
    let known = Known::of(&folder, file, key).map_err(disk)?;
    if known.is_some_and(|known| known.sums != was.sums) {
        faults.push(
            "its bytes are not those that were published, though nobody wrote it since: look after the disk, and add the image once more or restore a backup"
                .into(),
        );
        // what lies beside it is of the bytes there were
        return Ok(Verified {
            recognised: checked.recognised,
            held,
            sums: was.sums,
            read_bytes: was.length,
            faults,
        });
    }
    let Sums { tail_md5, full_md5 } = &was.sums;
    for (beside, sum) in [(Beside::Sum, tail_md5), (Beside::FullSum, full_md5)] {
        let name = beside.of(file);
        let shown = name.to_string_lossy().into_owned();
        match known::sum(&folder, &name).map_err(disk)? {
            None => held.push(format!("{shown}: not there")),
            Some(said) if said == *sum => held.push(format!("{shown}: MD5: right")),
            Some(_) => faults.push(format!("{shown} is of other bytes: `img repo watch` makes it anew")),
        }
    }
    let shown = Beside::Torrent.of(file).to_string_lossy().into_owned();
    match known::torrent(&folder, file).map_err(disk)? {
        None => held.push(format!("{shown}: not there, or no torrent of a file")),
        Some(torrent) if torrent.piece_length != PIECE => {
            held.push(format!("{shown}: of other pieces than 4 MiB"))
        }
        Some(torrent) => {
            let wrong =
                torrent.pieces.chunks(20).zip(was.pieces.chunks(20)).filter(|(one, other)| one != other);
            let wrong = wrong.count();
            if torrent.length != was.length || torrent.name != file.as_encoded_bytes() || wrong > 0 {
                faults.push(format!(
                    "{shown} is of another file: remove it, and `img repo watch` makes it anew"
                ));
            } else {
                held.push(format!("{shown}: SHA-1 of each piece: {} right", was.pieces.len() / 20));
            }
        }
    }
    Ok(Verified { recognised: checked.recognised, held, sums: was.sums, read_bytes: was.length, faults })
}
