//! What a workitem wants converted.

use imaging::{BaseUrl, Conversion, ImageType, VirtualDisk};
use participant_core::Workitem;
use serde_json::Value;

/// What is wanted.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Nothing: `vboxmanage.process` is false.
    Nothing,
    Convert(Conversion),
}

impl Wish {
    /// Reads the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem, base_url: &BaseUrl) -> Result<Wish, String> {
        if matches!(item.field("vboxmanage.process"), Some(Value::Bool(false))) {
            return Ok(Wish::Nothing);
        }
        let [kind, url] = item.mandatory(["image.image_type", "image.image_url"])?;
        if kind != ImageType::Raw.as_str() {
            return Err(format!("Image type is not raw, but {kind}: only raw disks are converted"));
        }
        let word = |path: &str| match item.field(path) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text),
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
                Ok(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
            }
            Some(other) => Err(format!("{path} should be a text, not {other}")),
        };
        let (format, variant) = (word("vboxmanage.format")?, word("vboxmanage.variant")?);
        let form = VirtualDisk::parse(&format, &variant).map_err(|error| error.to_string())?;
        let image = base_url.path(&url).map_err(|reason| format!("image.image_url {reason}"))?;
        Ok(Wish::Convert(Conversion { image, form }))
    }
}
