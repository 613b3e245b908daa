//! One archive of all files: what an `fs` image is, since folders of other users' files are of use to root only.

use std::ffi::OsString;

use crate::halt::Halt;
use crate::plan::Pack;
use crate::steps::publish::Finished;
use crate::workshop::Workshop;

/// Packs all files with their owners, modes and capabilities.
pub(crate) async fn pack(shop: &Workshop<'_>, pack: &Pack) -> Result<Vec<Finished>, Halt> {
    shop.step("packing", None);
    let file = shop.work.join("image/archive");
    let mut words: Vec<OsString> =
        ["--numeric-owner", "--xattrs", "--xattrs-include=security.capability", "--sparse", "--sort=name"]
            .map(Into::into)
            .into();
    words.extend(pack.compress.map(OsString::from));
    words.extend(["-C".into(), shop.root.clone().into(), "-cf".into(), file.clone().into(), ".".into()]);
    shop.tool("tar", words).await?;
    Ok(vec![Finished { file, name: pack.file.clone() }])
}
