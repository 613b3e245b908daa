//! What a workitem wants tested.

use imaging::{BaseUrl, ImageType, NotAWord, TestRequest};
use participant_core::Workitem;
use serde_json::Value;

/// Reads the fields, or says in a sentence what is wrong with them.
pub(crate) fn read(item: &Workitem, base_url: &BaseUrl) -> Result<TestRequest, String> {
    let text = |path| item.text(path).filter(|text| !text.is_empty());
    let [kind, url] = item.mandatory(["image.image_type", "image.image_url"])?;
    let image_type: ImageType = kind.parse().map_err(|error: NotAWord| error.to_string())?;
    let image = base_url.path(&url);
    let image = image.map_err(|reason| format!("image.image_url {reason}"))?;
    let stem = image.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(TestRequest {
        name: text("image.name").unwrap_or(stem),
        image,
        image_type,
        arch: text("image.arch").unwrap_or_default(),
        packages: packages(item.field("qa.selected_test_packages"))?,
    })
}

/// Reads the packages of tests: the keys of an object, as those who choose them write it, or a list.
fn packages(value: Option<Value>) -> Result<Vec<String>, String> {
    let names: Vec<String> = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(packages)) => packages.keys().cloned().collect(),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
        }
        Some(_) => return Err("qa.selected_test_packages should be a list".into()),
    };
    let is_name = |name: &str| {
        let name = name.strip_prefix('@').unwrap_or(name);
        !name.is_empty()
            && name.len() < 200
            && !name.starts_with('-')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-:~".contains(c))
    };
    match names.iter().find(|name| !is_name(name)) {
        None => Ok(names),
        Some(name) => Err(format!("qa.selected_test_packages: {name:?} is no name of a package or @group")),
    }
}
