//! What a workitem says about the image, in any of the three forms there have been.

use imaging::{Arch, ImageId, ImageName, ImageType};
use participant_core::Workitem;
use serde_json::Value;

/// Everything `build_image` reads.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) image_id: ImageId,
    pub(crate) name: ImageName,
    pub(crate) image_type: ImageType,
    pub(crate) arch: Arch,
    pub(crate) kickstart: String,
    pub(crate) added_lines: Vec<usize>,
    pub(crate) prefix: String,
    pub(crate) outdir: Option<String>,
    pub(crate) tokens: Vec<(String, String)>,
    pub(crate) extra_opts: Vec<String>,
    pub(crate) release: Option<String>,
}

/// Where the fields of the image stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Under `image`.
    Image,
    /// The same keys directly under `fields`.
    Flat,
    /// The first version's: flat, with `id`, `type` and `email`.
    First,
}

/// The keys of an image, and what the first version called them.
const KEYS: [(&str, &str); 10] = [
    ("kickstart", "kickstart"),
    ("image_id", "id"),
    ("image_type", "type"),
    ("name", "name"),
    ("arch", "arch"),
    ("prefix", "prefix"),
    ("extra_opts", "extra_opts"),
    ("release", "release"),
    ("tokenmap", "tokenmap"),
    ("emails", "email"),
];

const MANDATORY: usize = 5; // the first five keys

impl Form {
    /// Tells which form a workitem has.
    pub(crate) fn of(item: &Workitem) -> Form {
        match item.field("image") {
            Some(Value::Object(_)) => Form::Image,
            _ if item.field("id").is_some() && item.field("image_id").is_none() => Form::First,
            _ if item.field("kickstart").is_some() || item.field("image_id").is_some() => Form::Flat,
            _ => Form::Image,
        }
    }

    /// Returns where each key stands, and where it belongs.
    pub(crate) fn moves(self) -> impl Iterator<Item = (String, String)> {
        KEYS.into_iter().map(move |(key, first)| (self.path_of(key, first), format!("image.{key}")))
    }

    fn path_of(self, key: &str, first: &str) -> String {
        match self {
            Form::Image => format!("image.{key}"),
            Form::Flat => key.to_owned(),
            Form::First => first.to_owned(),
        }
    }
}

impl Fields {
    /// Returns which image a workitem is about, if it says so, whatever else is wrong with it.
    pub(crate) fn image_id(item: &Workitem) -> Option<String> {
        let id = item.text("image.image_id").or_else(|| item.text(&Form::of(item).path_of("image_id", "id")));
        id.filter(|id| !id.is_empty())
    }

    /// Reads and checks the fields, or says in a sentence what is wrong with them.
    pub(crate) fn read(item: &Workitem) -> Result<Fields, String> {
        let form = Form::of(item);
        let path = |key: &str| {
            let first = KEYS.iter().find(|(known, _)| *known == key).map_or(key, |(_, first)| first);
            form.path_of(key, first)
        };
        let text = |key: &str| item.text(&path(key)).filter(|text| !text.is_empty());
        // the first version had no architecture: it built for its host
        let arch = text("arch").or_else(|| host_arch(form));
        let missing: Vec<_> = KEYS[..MANDATORY]
            .iter()
            .filter(|(key, _)| if *key == "arch" { arch.is_none() } else { text(key).is_none() })
            .map(|(key, _)| path(key))
            .collect();
        if !missing.is_empty() {
            return Err(format!("Missing mandatory fields: {}", missing.join(",")));
        }
        let said = |key| text(key).unwrap_or_default();
        let wrong = |error: imaging::NotAWord| error.0;
        Ok(Fields {
            image_id: ImageId::reduce(&said("image_id")).map_err(wrong)?,
            name: ImageName::parse(&said("name")).map_err(wrong)?,
            image_type: said("image_type").parse().map_err(wrong)?,
            arch: arch.unwrap_or_default().parse().map_err(wrong)?,
            kickstart: said("kickstart"),
            added_lines: item.read("image.added_lines").unwrap_or_default(),
            prefix: item.text(&path("prefix")).unwrap_or_else(|| "requests".into()),
            outdir: text("outdir"),
            tokens: tokens(&said("tokenmap"))?,
            release: text("release"),
            extra_opts: list(item.field(&path("extra_opts")), &path("extra_opts"))?,
        })
    }
}

impl Fields {
    /// Returns the options of the builder: those of the workitem, those of every build, what it is a release of, and how
    /// an `fs` image is packed, if that is configured.
    pub(crate) fn options(&self, fs_pack: Option<&str>, of_all: &[String]) -> Vec<String> {
        let mut options = [&self.extra_opts, of_all].concat();
        let says_itself = options.iter().any(|option| option.starts_with("--pack-to"));
        if let Some(pack) = fs_pack.filter(|_| self.image_type == ImageType::Fs && !says_itself) {
            let is_ending =
                ["tar", "zip"].iter().any(|ending| pack.trim_start_matches('.').starts_with(ending));
            let file =
                if is_ending { format!("@NAME@.{}", pack.trim_start_matches('.')) } else { pack.into() };
            options.push(format!("--pack-to={file}"));
        }
        let says_itself = options.iter().any(|option| option.starts_with("--release"));
        if let Some(release) = self.release.as_ref().filter(|_| !says_itself) {
            options.push(format!("--release={release}"));
        }
        options
    }
}

fn host_arch(form: Form) -> Option<String> {
    (form == Form::First).then(Arch::host).flatten().map(|arch| arch.as_str().to_owned())
}

/// Reads `K:V,K2:V2`.
fn tokens(tokenmap: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = tokenmap.split(',').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once(':') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => {
                Err(format!("image.tokenmap should be KEY:VALUE,KEY2:VALUE2; `{pair}` has no key and colon"))
            }
        })
        .collect()
}

fn list(value: Option<Value>, path: &str) -> Result<Vec<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            Ok(list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
        }
        Some(_) => Err(format!("{path} should be a list")),
    }
}

#[cfg(test)]
mod tests {
    use participant_core::testing::workitem;
    use serde_json::json;

    use super::Fields;

    #[test]
    fn a_release_is_an_option_of_the_builder() {
        for (release, said, expected) in [
            (json!("4.5"), json!([]), vec!["--release=4.5"]),
            (json!(""), json!([]), vec![]),
            (json!("4.5"), json!(["--release=5"]), vec!["--release=5"]),
        ] {
            let image = json!({ "kickstart": "part /", "image_id": "i", "image_type": "raw", "name": "n",
                "arch": "x86_64", "extra_opts": said, "release": release });
            let fields = Fields::read(&workitem(&json!({ "image": image }))).unwrap();
            assert_eq!(fields.options(None, &[]), expected, "{release} {said}");
        }
    }

    #[test]
    fn options_of_every_build_follow_those_of_the_workitem() {
        let image = json!({ "kickstart": "part /", "image_id": "i", "image_type": "fs", "name": "n",
            "arch": "x86_64", "extra_opts": ["--record-pkgs=name", "a b;$(c)"] });
        let fields = Fields::read(&workitem(&json!({ "image": image }))).unwrap();
        let of_all = ["--copy-kernel".to_owned(), "--pack-to=x.tar".to_owned()];

        assert_eq!(
            fields.options(Some("tar.bz2"), &of_all),
            ["--record-pkgs=name", "a b;$(c)", "--copy-kernel", "--pack-to=x.tar"]
        );
    }

    #[test]
    fn how_fs_images_are_packed_may_be_configured() {
        for (image_type, said, configured, expected) in [
            ("fs", json!([]), None, vec![]),
            ("fs", json!([]), Some("@NAME@.tar.zst"), vec!["--pack-to=@NAME@.tar.zst"]),
            ("fs", json!([]), Some("image.tar"), vec!["--pack-to=image.tar"]),
            ("fs", json!([]), Some("tar.bz2"), vec!["--pack-to=@NAME@.tar.bz2"]),
            ("fs", json!(["--pack-to=x.tar"]), Some("tar.bz2"), vec!["--pack-to=x.tar"]),
            ("raw", json!([]), Some("tar.bz2"), vec![]),
        ] {
            let image = json!({ "kickstart": "part /", "image_id": "i", "image_type": image_type, "name": "n",
                "arch": "x86_64", "extra_opts": said });
            let fields = Fields::read(&workitem(&json!({ "image": image }))).unwrap();
            assert_eq!(fields.options(configured, &[]), expected, "{image_type} {said} {configured:?}");
        }
    }
}
